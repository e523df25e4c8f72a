"""The connections to Google: one session, a bounded and fair pool, verified TLS, drained on close."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Self

import aiohttp

from engine.clock import Clock
from engine.errors import EngineClosed
from engine.wire.explanation import NotResentError, closed, explain
from engine.wire.network import Network
from engine.wire.sockets import Sockets

KEEPALIVE_SECONDS = 15.0
DRAIN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Progress:
    """How far one exchange got, as far as can be seen from here.

    Args:
        on_sent: called once, when the first bytes of the request leave.
    """

    def __init__(self, on_sent: Callable[[], None] | None = None) -> None:
        self._on_sent = on_sent
        self.was_sent = False

    def mark_sent(self) -> None:
        """Note that the request leaves; from here on it may have an effect."""
        if not self.was_sent:
            self.was_sent = True
            if self._on_sent is not None:
                self._on_sent()


class GoogleSlidesConnectionManager:
    """One aiohttp session for everything the engine sends; an async context manager.

    Args:
        pool_size: most connections at once, in total and per host; None for no limit.
        clock: for the time that draining may take.
        user_agent: what the engine calls itself.
        ca_file: a PEM file with an authority to trust beside the system's.
        network: what the connections stand on.
    """

    def __init__(
        self,
        pool_size: int | None,
        *,
        clock: Clock,
        user_agent: str,
        ca_file: Path | None = None,
        network: Network | None = None,
    ) -> None:
        self._pool_size = pool_size
        self._user_agent = user_agent
        self._ca_file = ca_file
        self._network = network or Network()
        self._clock = clock
        # aiohttp hands a freed connection to whoever asks first, and not to whoever waits longest.
        self._line: AbstractAsyncContextManager[object] = (
            nullcontext() if pool_size is None else asyncio.Semaphore(pool_size)
        )
        self._session: aiohttp.ClientSession | None = None
        self._sockets = Sockets(self._network.make_socket)
        self._exchanges: dict[asyncio.Timeout, None] = {}
        self._is_cut_short = False
        self._at_rest = asyncio.Event()
        self._at_rest.set()

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=self._pooled_connector(),
            headers={"User-Agent": self._user_agent},
            timeout=aiohttp.ClientTimeout(total=None),
            cookie_jar=aiohttp.DummyCookieJar(),
            trace_configs=[_trace_of_sending()],
            middlewares=(_never_resend,),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def open_sockets_count(self) -> int:
        """How many sockets are open, those of idle connections included."""
        return self._sockets.open_count

    async def close(self) -> None:
        """Let exchanges under way end, for a while, and close every connection; start no new ones."""
        session, self._session = self._session, None
        if session is None:
            return
        try:
            async with self._clock.timeout(DRAIN_SECONDS):
                await self._at_rest.wait()
        except TimeoutError:
            self.cut_short()
        finally:
            await session.close()
            await self._sockets.end_all(self._clock)

    def cut_short(self) -> None:
        """End every exchange under way, as closing does when its patience is over, and start no new ones."""
        self._is_cut_short = True
        # Closing connections is not enough: aiohttp wakes nobody who waits for the rest of an answer.
        for until_closed in self._exchanges:
            until_closed.reschedule(asyncio.get_running_loop().time())

    async def exchange(
        self, verb: str, url: str, *, headers: Mapping[str, str], body: bytes | None, progress: Progress
    ) -> Answer:
        """Send one request, once, and read the answer whole.  Waiting is the caller's to bound.

        Raises:
            Unreachable: nothing of the request was sent.
            EngineClosed: `close` or `cut_short` was called first.
            ConnectionLost: the connection ended before the answer was whole.
            RecordLayerFailure: TLS broke before the answer was whole.
            OutcomeUnknown: whatever else went wrong after sending.
        """
        session = self._session
        if session is None or self._is_cut_short:
            raise EngineClosed
        with self._under_way() as until_closed:
            try:
                async with until_closed, self._line:
                    return await _exchange(session, verb, url, headers, body, progress)
            except (aiohttp.ClientError, OSError, NotResentError) as error:
                if until_closed.expired():
                    raise closed(was_sent=progress.was_sent) from error
                raise explain(error, was_sent=progress.was_sent) from error

    @contextmanager
    def _under_way(self) -> Iterator[asyncio.Timeout]:
        until_closed = asyncio.timeout(None)
        self._exchanges[until_closed] = None
        self._at_rest.clear()
        try:
            yield until_closed
        finally:
            del self._exchanges[until_closed]
            if not self._exchanges:
                self._at_rest.set()

    def _pooled_connector(self) -> aiohttp.BaseConnector:
        size = self._pool_size or 0  # aiohttp's word for no limit
        return aiohttp.TCPConnector(
            limit=size,
            limit_per_host=size,
            keepalive_timeout=KEEPALIVE_SECONDS,
            ssl=self._network.make_context(self._ca_file),
            socket_factory=self._sockets.make,
        )


async def _exchange(
    session: aiohttp.ClientSession,
    verb: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    progress: Progress,
) -> Answer:
    async with session.request(
        verb, url, headers=headers, data=body, trace_request_ctx=progress, allow_redirects=False
    ) as response:
        return Answer(response.status, response.headers, await response.read())


async def _never_resend(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from sending a GET again by itself: every try is counted, paced and announced."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise NotResentError(str(error)) from error


def _trace_of_sending() -> aiohttp.TraceConfig:
    async def mark(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        if isinstance(context.trace_request_ctx, Progress):
            context.trace_request_ctx.mark_sent()

    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(mark)
    return trace
