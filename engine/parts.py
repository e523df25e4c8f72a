"""What an engine is made of, put together in one place and closed together."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlsplit

from engine.admission.assembly import dispatcher_for
from engine.admission.call_queue import CallQueue
from engine.admission.dispatcher import Dispatcher
from engine.admission.drain import Drain
from engine.admission.locks import PresentationLock
from engine.admission.waiting_room import WaitingRoom
from engine.attempts import Attempts
from engine.calls import Calls
from engine.clock import Clock
from engine.delivery import Delivery
from engine.events import Event
from engine.quota.sharing import QuotaShare, SharedQuota
from engine.quota.subject import subject_of
from engine.recovery import Recovery
from engine.results import InUse
from engine.settings import EngineSettings
from engine.wire.connections import GoogleSlidesConnectionManager
from engine.wire.credentials import AccessTokens
from engine.wire.headers import user_agent
from engine.wire.network import Network
from engine.wire.transport import Transport


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the API is, and how it is reached.

    Attributes:
        endpoint: base URL of the API.
        ca_file: a PEM file with an authority to trust beside the system's.
        network: what the connections stand on; None for the machine's own.
        quota: where processes share one quota, open; None where it is the engine's own.
    """

    endpoint: str
    ca_file: Path | None = None
    network: Network | None = None
    quota: SharedQuota | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """An engine's parts; each knows those it works with.

    Attributes:
        connections: to the API.
        tokens: what they are opened with.
        dispatcher: lets attempts start.
        drain: knows the calls under way.
        queue: has a place for each, or refuses it.
        recovery: reads, and judges failed writes.
        locks: the presentations' turns; None if writes to one may overlap.
        calls: carries calls out.
    """

    connections: GoogleSlidesConnectionManager
    tokens: AccessTokens
    dispatcher: Dispatcher
    drain: Drain
    queue: CallQueue
    recovery: Recovery
    locks: PresentationLock | None
    calls: Calls

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Hold the connections open; at the end nothing waits or is open any more."""
        async with AsyncExitStack() as closing:
            await closing.enter_async_context(self.connections)
            closing.push_async_callback(self.tokens.close)
            closing.callback(self.dispatcher.close)
            closing.callback(self.queue.room.close)
            yield

    async def drained(self, seconds: float, clock: Clock) -> None:
        """Let nothing new begin, wait for what is in flight, and cut short what has not ended in time.

        Nothing that is cut short takes longer than a second more, which is what a refresh of the access token
        has, whatever google-auth does in its thread.

        Args:
            seconds: the longest wait; cancelled, it is over.
            clock: for that.
        """
        self.drain.begin()
        self.queue.room.close()
        try:
            async with clock.timeout(seconds):
                await self.drain.emptied()
        except TimeoutError:
            pass  # what is in flight had its time
        finally:
            self.dispatcher.close()
            self.connections.cut_short()
        await self.tokens.close()
        await self.drain.emptied()

    @property
    def in_use(self) -> InUse:
        """What calls hold or wait for now."""
        return InUse(
            presentations=0 if self.locks is None else len(self.locks),
            calls=self.queue.calls_count,
            calls_waiting=len(self.queue.room),
            waiting=self.dispatcher.waiting_count,
            in_flight=self.dispatcher.in_flight_count,
            sockets=self.connections.open_sockets_count,
        )


def put_together(
    settings: EngineSettings,
    credentials: Any,  # noqa: ANN401 - google-auth's classes have no common type that holds
    where: Whereabouts,
    clock: Clock,
    jitter: Random,
    announce: Callable[[Event], None],
) -> Parts:
    """Return the parts of an engine, none of them open yet.

    Args:
        settings: of the engine.
        credentials: any google-auth credentials; scopes are added where they need some.
        where: the API is.
        clock: source of time.
        jitter: spreads retries.
        announce: told of every event.
    """
    locks = PresentationLock() if settings.lock_enabled else None
    connections = GoogleSlidesConnectionManager(
        settings.http_connection_pool_size if settings.pool_limit_enabled else None,
        clock=clock,
        user_agent=user_agent(),
        ca_file=where.ca_file,
        network=where.network,
    )
    tokens = AccessTokens(credentials, connections, clock)
    host = urlsplit(where.endpoint).netloc
    share = None if where.quota is None else QuotaShare(where.quota, subject_of(credentials, host))
    dispatcher = dispatcher_for(settings, host, clock, jitter, announce, share)
    transport = Transport(connections, tokens, clock, where.endpoint)
    drain = Drain()
    attempts = Attempts(transport, dispatcher, drain, settings, clock=clock, announce=announce)
    recovery = Recovery(attempts, settings, clock=clock, jitter=jitter)
    calls = Calls(Delivery(attempts, recovery, locks, clock, announce), settings, clock)
    room = WaitingRoom(settings.max_calls_under_way, clock)
    queue = CallQueue(settings.max_queued_calls, dispatcher, clock, announce, room)
    return Parts(connections, tokens, dispatcher, drain, queue, recovery, locks, calls)
