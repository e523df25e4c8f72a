"""The loop of a simulated world: sockets are of memory, names are the network's, threads take turns with it.

Where asyncio asks for a socket of the kernel, a signal or a process, it is refused, and the refusal says what
was asked for.
"""

import asyncio
import socket
from asyncio import sslproto
from collections.abc import Callable
from random import Random
from typing import Any

from loadtests.simulation.errors import caller
from loadtests.simulation.jumping import DAY_SECONDS, JumpingLoop
from loadtests.simulation.network import Network
from loadtests.simulation.sockets import MemorySocket
from loadtests.simulation.stage import Stage
from loadtests.simulation.trace import Trace
from loadtests.simulation.transport import MemoryTransport


class VirtualLoop(JumpingLoop):
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
        super().__init__(trace or Trace(), horizon_seconds)
        self.network = Network(self, Random(f"network {seed}"), hears_bytes=hears_bytes)  # noqa: S311 - a simulation
        self.stage = Stage(self, Random(f"threads {seed}"))  # noqa: S311 - likewise

    async def sock_connect(self, sock: Any, address: Any) -> None:
        """Connect a socket of the world's network."""
        self._must_be_of_memory(sock)
        await self.network.connect(sock, address)

    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> Any:
        """Look a name up in the world's network.

        Raises:
            socket.gaierror: there is no such name.
        """
        address = await self.network.look_up(host)
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
        inner: Any = self  # asyncio's own way past the check that the caller is the loop's thread
        return inner._call_soon(callback, args, context)

    def add_signal_handler(  # type: ignore[override]  # typed by position
        self, sig: int, callback: Any, *args: Any
    ) -> None:
        """Refuse: signals come from the real world."""
        del callback, args
        self.refuse(f"a handler for signal {sig} was asked for in a simulated world, by {caller()}")

    async def subprocess_exec(self, *command: Any, **_: Any) -> Any:
        """Refuse: processes live in the real world."""
        self.refuse(f"a process was to be started in a simulated world, by {caller(1)}: {command[1:2]}")

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

    def _must_be_of_memory(self, sock: object) -> None:
        if not isinstance(sock, MemorySocket):
            self.refuse(f"a socket of the real world was used in a simulated one: {sock!r}")
