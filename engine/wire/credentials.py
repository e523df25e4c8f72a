"""Access tokens from google-auth's credentials, over the engine's own connections.

google-auth knows every kind of credentials, but its transports block, bring their own TLS trust, and one of
them sends POSTs again by itself.  So its credentials refresh in a worker thread, and each HTTP exchange of
theirs comes back to the event loop.  Only `refresh` is called: `before_request` would also start calls to
iamcredentials.googleapis.com in the background.
"""

import asyncio
import math
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from typing import Any

import google.auth
from google.auth import credentials as google_credentials
from google.auth import exceptions as google_exceptions
from google.auth import transport as google_transport

from engine.clock import Clock
from engine.errors import CredentialsRefused, SlidesError, TokenUnreachable, Unreachable, Untrusted
from engine.wire.connections import Answer, GoogleSlidesConnectionManager, Progress
from engine.wire.headers import attempt_headers

SCOPE = "https://www.googleapis.com/auth/presentations"
TOKEN_IDENTITY = "token"  # noqa: S105 - a name, not a secret
KEY_FILE_VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS"
EXCHANGE_SECONDS = 30.0
RENEW_AT_SHARE = 0.5  # of a token's life: get the next one without waiting for it
WAIT_AT_SHARE = 0.95  # of a token's life: it may end on the way, so wait for the next one
CLOSING_SECONDS = 1.0
PAUSE_AFTER_FAILURE_SECONDS = 10.0  # between refreshes that nobody waits for


def default_credentials() -> google_credentials.Credentials:
    """Return the credentials that Google's libraries would use here.

    Raises:
        CredentialsRefused: there are none, or their file makes no sense.
    """
    try:
        credentials, _ = google.auth.default(scopes=[SCOPE])
    except (google_exceptions.GoogleAuthError, OSError, ValueError) as error:
        what = error.args[0] if error.args else error  # google-auth adds the parser's error as it is
        raise CredentialsRefused(f"{what} ({KEY_FILE_VARIABLE} names the key file)") from error
    return credentials


class AccessTokens:
    """The current access token; however many ask, one refresh runs at a time, and its failure is not kept.

    Args:
        credentials: of google-auth; scoped here if they need it.
        connections: carry the exchanges with the token endpoint.
        clock: its wall time is held against the token's expiry.
    """

    def __init__(
        self,
        credentials: google_credentials.Credentials,
        connections: GoogleSlidesConnectionManager,
        clock: Clock,
    ) -> None:
        self._credentials = google_credentials.with_scopes_if_required(  # type: ignore[no-untyped-call]  # google-auth
            credentials, [SCOPE]
        )
        self._connections = connections
        self._clock = clock
        self._token: str | None = self._credentials.token
        self._renew_at, self._wait_at = self._milestones()
        self._refresh: asyncio.Task[str] | None = None
        self._courier: _Courier | None = None
        self._is_given_up = False
        self._numbers = count(1)

    async def current(self) -> str:
        """Return a token that is good for a while yet.

        Raises:
            CredentialsRefused: the token endpoint refused the credentials.
            TokenUnreachable, Untrusted: the token endpoint gave no answer that can be used.
        """
        now = self._clock.wall()
        if self._token is None or now >= self._wait_at:
            return await asyncio.shield(self._refresh_once())
        if now >= self._renew_at:
            self._refresh_once()
        return self._token

    def reject(self, token: str) -> None:
        """Forget `token`, which the server did not accept; a newer one stays."""
        if token == self._token:
            self._token = None

    async def close(self) -> None:
        """End a refresh under way: its exchange at once, and what else google-auth does after a second."""
        refresh = self._refresh
        if self._courier is not None:
            self._courier.stop()
        if refresh is None:
            return
        try:
            async with self._clock.timeout(CLOSING_SECONDS):
                await asyncio.wait([refresh])
        except TimeoutError:
            self._is_given_up = True
            refresh.cancel()
            await asyncio.wait([refresh])

    def _refresh_once(self) -> "asyncio.Task[str]":
        if self._refresh is None:
            self._refresh = asyncio.create_task(self._renew())
            self._refresh.add_done_callback(self._forget_refresh)
        return self._refresh

    def _forget_refresh(self, refresh: "asyncio.Task[str]") -> None:
        self._refresh = None
        if refresh.cancelled() or refresh.exception() is not None:
            # Whoever waits hears of it.  In the background another call begins the next one, but not each.
            self._renew_at = self._clock.wall() + PAUSE_AFTER_FAILURE_SECONDS

    async def _renew(self) -> str:
        loop = asyncio.get_running_loop()
        self._courier = _Courier(self._connections, self._clock, loop, self._numbers)
        try:
            await self._refresh_in_a_thread(self._courier)
        except asyncio.CancelledError:
            if not self._is_given_up:
                raise
            raise TokenUnreachable(
                "no access token: the engine closed"
            ) from None  # its thread goes on, unheard
        except google_exceptions.TransportError as error:
            if isinstance(error.__cause__, Untrusted):
                raise error.__cause__ from None
            raise TokenUnreachable(f"no access token: {error}") from error
        except Exception as error:  # some kinds of credentials call the caller's own code
            raise _refusal(error) from error
        finally:
            self._courier = None
        token: str = self._credentials.token
        self._token = token
        self._renew_at, self._wait_at = self._milestones()
        return token

    async def _refresh_in_a_thread(self, courier: "_Courier") -> None:
        # One of its own: the loop's threads resolve names, too, and none could if all waited for exchanges.
        thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="google-auth")
        try:
            await asyncio.get_running_loop().run_in_executor(thread, self._credentials.refresh, courier)
        finally:
            thread.shutdown(wait=False)

    def _milestones(self) -> tuple[float, float]:
        """Return the wall times at which to renew the token, and from which to wait for a new one."""
        expiry: datetime | None = self._credentials.expiry
        if expiry is None:
            return math.inf, math.inf
        now = self._clock.wall()
        life = max(0.0, expiry.replace(tzinfo=UTC).timestamp() - now)
        return now + RENEW_AT_SHARE * life, now + WAIT_AT_SHARE * life


def _refusal(error: Exception) -> SlidesError:
    is_known = isinstance(error, google_exceptions.GoogleAuthError)
    text = f"no access token: {error if is_known else repr(error)}"
    return TokenUnreachable(text) if getattr(error, "retryable", False) else CredentialsRefused(text)


def _transport_error(text: str) -> Exception:
    error: Exception = google_exceptions.TransportError(text)  # type: ignore[no-untyped-call]  # google-auth
    return error


class _Reply(google_transport.Response):
    """An answer in google-auth's terms."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    @property
    def status(self) -> int:
        return self._answer.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._answer.headers

    @property
    def data(self) -> bytes:
        return self._answer.body


class _Courier(google_transport.Request):
    """Called by google-auth in its worker thread; carries the exchange out on the event loop."""

    def __init__(
        self,
        connections: GoogleSlidesConnectionManager,
        clock: Clock,
        loop: asyncio.AbstractEventLoop,
        numbers: Iterator[int],
    ) -> None:
        self._connections = connections
        self._clock = clock
        self._loop = loop
        self._numbers = numbers
        self._is_stopped = False
        self._exchanging: asyncio.Task[Any] | None = None

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - google-auth's signature; ours is fixed
        **_: Any,  # noqa: ANN401 - google-auth's signature
    ) -> _Reply:
        sent_headers = {**(headers or {}), **attempt_headers(TOKEN_IDENTITY, next(self._numbers))}
        exchange = self._exchange(method, url, sent_headers, body)
        try:
            return _Reply(asyncio.run_coroutine_threadsafe(exchange, self._loop).result())
        except (SlidesError, TimeoutError, CancelledError) as error:
            raise _transport_error(str(error) or type(error).__name__) from error

    def stop(self) -> None:
        """End the exchange under way, and allow no more.  Called on the event loop."""
        self._is_stopped = True
        if self._exchanging is not None:
            self._exchanging.cancel()

    async def _exchange(self, verb: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        if self._is_stopped:
            raise Unreachable("the engine closed")
        self._exchanging = asyncio.current_task()  # noted here, on the loop, so that `stop` cannot miss it
        async with self._clock.timeout(EXCHANGE_SECONDS):
            return await self._connections.exchange(
                verb, url, headers=headers, body=body, progress=Progress()
            )
