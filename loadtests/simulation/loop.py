"""An event loop whose time jumps to the next timer, over sockets of memory.

It stands on asyncio's own `BaseEventLoop`, not on one with a selector: where that asks for a socket of the
kernel, a signal or a process, there is nothing to answer, and the refusal names who asked.
"""

import asyncio
import socket
from asyncio import base_events, sslproto
from collections.abc import Callable, Coroutine, Iterable
from random import Random
from typing import Any, cast

from loadtests.simulation.errors import Deadlock, Horizon, Livelock, Refused, who_waits
from loadtests.simulation.network import Network
from loadtests.simulation.sockets import MemorySocket
from loadtests.simulation.stage import Stage
from loadtests.simulation.trace import Trace
from loadtests.simulation.transport import MemoryTransport

# Far from Unix time, whose floats are too coarse: there 1e-9 s more is no more, and asyncio would spin.
STARTS_AT_SECONDS = 1_000.0
RESOLUTION_SECONDS = 1e-6
DAY_SECONDS = 86_400.0
MOST_ROUNDS_AT_ONE_INSTANT = 100_000


class SteadyTask(asyncio.Task[Any]):
    """A task that sets hold in order of its making, and not of its address."""

    def __init__(self, coro: Any, *, loop: "VirtualLoop", **known: Any) -> None:
        self._number = loop.next_number()
        super().__init__(coro, loop=loop, **{"name": f"task-{self._number}", **known})

    def __hash__(self) -> int:
        return self._number


class SteadyFuture(asyncio.Future[Any]):
    """A future that sets hold in order of its making."""

    def __init__(self, *, loop: "VirtualLoop") -> None:
        self._number = loop.next_number()
        super().__init__(loop=loop)

    def __hash__(self) -> int:
        return self._number


class _Jump:
    """Stands where a selector would: instead of waiting, it lets time jump."""

    def __init__(self, loop: "VirtualLoop") -> None:
        self._loop = loop

    def select(self, timeout: float | None) -> tuple[()]:
        self._loop.pass_time(timeout)
        return ()

    def close(self) -> None:
        """There is nothing to close."""


class VirtualLoop(base_events.BaseEventLoop):
    """The loop of one simulated world.

    Args:
        seed: of how long bytes and threads take.
        trace: told of every byte that arrives, and of whatever the world adds.
        horizon_seconds: how long the world may last.
        hears_bytes: whether the trace holds the content of what travels, or its size only.

    Attributes:
        network: of this world.
        stage: where functions run that would block.
    """

    def __init__(
        self,
        seed: int,
        trace: Trace | None = None,
        *,
        horizon_seconds: float = DAY_SECONDS,
        hears_bytes: bool = True,
    ) -> None:
        super().__init__()
        self._now = STARTS_AT_SECONDS
        self._ends_at = self._now + horizon_seconds
        self._rounds_count = 0
        self._numbers_count = 0
        self._trace = trace or Trace()
        inner: Any = self
        inner._clock_resolution, inner._selector = RESOLUTION_SECONDS, _Jump(self)
        self.network = Network(self, Random(f"network {seed}"), hears_bytes=hears_bytes)  # noqa: S311 - a simulation
        self.stage = Stage(self, Random(f"threads {seed}"))  # noqa: S311 - likewise
        self.set_task_factory(cast("Any", _steady_task))

    # Time.

    def time(self) -> float:
        """Return the seconds of the world's clock."""
        return self._now

    def pass_time(self, timeout: float | None) -> None:
        """Let time jump to the next timer, if nothing is to be done before.

        Raises:
            Deadlock: there is nothing to wait for.
            Livelock: time has stood still for too long.
            Horizon: the world's time is up.
        """
        if timeout == 0:
            self._rounds_count += 1
            if self._rounds_count > MOST_ROUNDS_AT_ONE_INSTANT:
                raise Livelock(f"time stands still at {self._now:.6f} s\n{self._who_waits()}")
            return
        if timeout is None:
            raise Deadlock(f"nothing can happen any more after {self._now:.6f} s\n{self._who_waits()}")
        when: float = (
            cast("Any", self)._scheduled[0]._when
        )  # exactly: a sum would round, and might never get there
        if when > self._ends_at:
            raise Horizon(f"the world's time was up at {self._ends_at:.6f} s\n{self._who_waits()}")
        self._now, self._rounds_count = max(self._now, when), 0

    def note(self, what: str) -> None:
        """Add what happened now to the trace."""
        self._trace.note(self._now, what)

    def next_number(self) -> int:
        """Return a number for a task or future, in order of their making."""
        self._numbers_count += 1
        return self._numbers_count

    def tasks_left(self) -> list[asyncio.Task[object]]:
        """Return the tasks that are not done, oldest first."""
        return sorted(asyncio.all_tasks(self), key=hash)

    # What asyncio leaves to each kind of loop.

    def create_future(self) -> asyncio.Future[Any]:
        """Return a future that sets hold in order of its making."""
        return SteadyFuture(loop=self)

    async def sock_connect(self, sock: Any, address: Any) -> None:
        """Connect a socket of the world's network."""
        self._must_be_of_memory(sock)
        await self.network.connect(sock, address)

    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> Any:
        """Look a name up in the world's network.

        Raises:
            socket.gaierror: there is no such name.
        """
        address = self.network.resolve(host)
        if address is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port))]

    async def getnameinfo(self, sockaddr: Any, flags: int = 0) -> tuple[str, str]:
        """Return an address as it is."""
        del flags
        return sockaddr[0], str(sockaddr[1])

    def run_in_executor(  # type: ignore[override]  # typed by position
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        """Run a function on the stage: a thread that runs only while the loop waits for it."""
        del executor
        return self.stage.run(func, *args)

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Do nothing: there is none."""

    def call_soon_threadsafe(  # type: ignore[override]  # typed by position
        self, callback: Any, *args: Any, context: Any = None
    ) -> Any:
        """Call soon; only threads of the stage may ask, and they run alone.

        Raises:
            Refused: a thread of the real world asked.
        """
        self.stage.must_be_here()
        return self.call_soon(callback, *args, context=context)

    def add_signal_handler(  # type: ignore[override]  # typed by position
        self, sig: int, callback: Any, *args: Any
    ) -> None:
        """Refuse: signals come from the real world."""
        del callback, args
        raise Refused(f"a handler for signal {sig} was asked for in a simulated world")

    async def subprocess_exec(self, *command: Any, **_: Any) -> Any:
        """Refuse: processes live in the real world."""
        raise Refused(f"a process was to be started in a simulated world: {command[1:2]}")

    subprocess_shell = subprocess_exec

    def _make_socket_transport(
        self, sock: Any, protocol: asyncio.BaseProtocol, waiter: Any = None, **_: Any
    ) -> asyncio.Transport:
        self._must_be_of_memory(sock)
        return MemoryTransport(self, sock, protocol, waiter)

    def _make_ssl_transport(  # noqa: PLR0913 - as asyncio calls it
        self,
        sock: Any,
        protocol: asyncio.BaseProtocol,
        sslcontext: Any,
        waiter: Any = None,
        *,
        server_side: bool = False,
        server_hostname: str | None = None,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
        **_: Any,
    ) -> asyncio.Transport:
        self._must_be_of_memory(sock)
        make: Any = sslproto.SSLProtocol
        limits = {
            "ssl_handshake_timeout": ssl_handshake_timeout,
            "ssl_shutdown_timeout": ssl_shutdown_timeout,
        }
        tls = make(self, protocol, sslcontext, waiter, server_side, server_hostname, **limits)
        MemoryTransport(self, sock, tls)
        transport: asyncio.Transport = tls._get_app_transport()
        return transport

    def _start_serving(
        self, protocol_factory: Callable[[], asyncio.BaseProtocol], sock: Any, sslcontext: Any = None, *_: Any
    ) -> None:
        self._must_be_of_memory(sock)

        def accept(accepted: MemorySocket) -> None:
            protocol = protocol_factory()
            if sslcontext:
                self._make_ssl_transport(accepted, protocol, sslcontext, server_side=True)
            else:
                self._make_socket_transport(accepted, protocol)

        self.network.listen(sock, accept)

    def _stop_serving(self, sock: Any) -> None:
        sock.close()

    def _process_events(self, event_list: Iterable[object]) -> None:
        """There are no events but timers."""

    def _write_to_self(self) -> None:
        """Nobody sleeps who would have to be woken."""

    def _must_be_of_memory(self, sock: object) -> None:
        if not isinstance(sock, MemorySocket):
            raise Refused(f"a socket of the real world was used in a simulated one: {sock!r}")

    def _who_waits(self) -> str:
        return who_waits(self.tasks_left())


def _steady_task(loop: VirtualLoop, coro: Coroutine[Any, Any, Any], **known: Any) -> SteadyTask:
    return SteadyTask(coro, loop=loop, **known)
