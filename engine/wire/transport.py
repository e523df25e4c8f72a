"""One attempt: a call of ours goes out once, and comes back as a reply or as an error of ours."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from engine.clock import Clock
from engine.errors import AnswerTimedOut, TokenUnreachable, Unauthenticated, Unreachable
from engine.plan.operations import Batch
from engine.policy.pacing import CallKind
from engine.wire.connections import GoogleSlidesConnectionManager, Progress
from engine.wire.credentials import AccessTokens
from engine.wire.headers import attempt_headers
from engine.wire.replies import read_reply

BATCH_UPDATE = "presentations.batchUpdate"


@dataclass(frozen=True, slots=True)
class Call:
    """An HTTP request in Google's terms, the same bytes however often it is tried.

    Attributes:
        method: Google's name of it, such as presentations.batchUpdate.
        kind: the quota it counts for.
        presentation_id: what it is about.
        verb: of HTTP.
        path: below the endpoint, with its query.
        batch: what it applies; None for a read.
        fence: the revision it requires; None for none.
    """

    method: str
    kind: CallKind
    presentation_id: str
    verb: str
    path: str
    batch: Batch | None = None
    fence: str | None = None

    @property
    def body(self) -> bytes | None:
        """JSON, None for none.

        Made anew each time: kept, it would be much of what a call takes up while it waits.
        """
        if self.batch is None:
            return None
        return json.dumps(self.batch.body(self.fence), ensure_ascii=False).encode()


def get_presentation(presentation_id: str, fields: str) -> Call:
    """Return the call that reads `fields` of a presentation."""
    query = urlencode({"fields": fields}, safe="/,()")
    path = f"/v1/presentations/{quote(presentation_id, safe='')}?{query}"
    return Call("presentations.get", CallKind.READ, presentation_id, "GET", path)


def batch_update(batch: Batch, fence: str | None) -> Call:
    """Return the call that applies a batch to its presentation, if `fence` is its latest revision or None."""
    path = f"/v1/presentations/{quote(batch.presentation_id, safe='')}:batchUpdate"
    return Call(BATCH_UPDATE, CallKind.WRITE, batch.presentation_id, "POST", path, batch, fence)


class Transport:
    """Sends calls to one endpoint with the current access token."""

    def __init__(
        self,
        connections: GoogleSlidesConnectionManager,
        tokens: AccessTokens,
        clock: Clock,
        endpoint: str,
    ) -> None:
        self._connections = connections
        self._tokens = tokens
        self._clock = clock
        self._endpoint = endpoint.rstrip("/")

    async def attempt(
        self, call: Call, *, identity: str, number: int, timeout_seconds: float, on_sent: Callable[[], None]
    ) -> dict[str, Any]:
        """Try `call` once.

        Args:
            call: what to send.
            identity: names the batch to the server.
            number: of this try, from 1.
            timeout_seconds: for all of it, the access token included.
            on_sent: called when the request begins to leave.

        Returns:
            Google's reply.

        Raises:
            SlidesError: of the branch that says whether the call may have had an effect.
        """
        progress, token = Progress(on_sent), None
        try:
            async with self._clock.timeout(timeout_seconds):
                token = await self._tokens.current()
                return await self._send(call, token, attempt_headers(identity, number), progress)
        except TimeoutError:
            span = f"{max(timeout_seconds, 0.0):.3g} s"  # a deadline may have passed before the try began
            if progress.was_sent:
                raise AnswerTimedOut(f"no answer within {span}") from None
            if token is None:
                raise TokenUnreachable(f"no access token within {span}") from None
            raise Unreachable(f"no connection within {span}") from None

    async def _send(
        self, call: Call, token: str, headers: Mapping[str, str], progress: Progress
    ) -> dict[str, Any]:
        answer = await self._connections.exchange(
            call.verb,
            self._endpoint + call.path,
            headers={**headers, "Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            body=call.body,
            progress=progress,
        )
        try:
            return read_reply(answer.status, answer.headers, answer.body, wall_now=self._clock.wall())
        except Unauthenticated:
            self._tokens.reject(token)
            raise
