import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from loadtests.simulation.errors import Refused
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from tests.support.transports import Remembering

Ask = Callable[[VirtualLoop], Awaitable[object]]


async def _a_process(_: VirtualLoop) -> None:
    await asyncio.create_subprocess_exec(sys.executable, "--version")


async def _a_shell(_: VirtualLoop) -> None:
    await asyncio.create_subprocess_shell("true")


async def _a_signal(loop: VirtualLoop) -> None:
    loop.add_signal_handler(signal.SIGTERM, os.abort)


async def _a_connection(loop: VirtualLoop) -> None:
    await loop.create_connection(Remembering, "127.0.0.1", 80)


async def _a_real_thread(loop: VirtualLoop) -> None:
    reached = asyncio.Event()
    errors: list[BaseException] = []

    def reach() -> None:
        try:
            loop.call_soon_threadsafe(reached.set)
        except Refused as refused:
            errors.append(refused)

    thread = _REAL_THREADS.pop()
    thread.ask(reach)
    raise errors[0]


class _RealThread:
    """A thread of before the world, that does what it is asked."""

    def __init__(self) -> None:
        self._asked, self._done = threading.Semaphore(0), threading.Semaphore(0)
        self._what: Callable[[], None] = lambda: None
        self.thread = threading.Thread(target=self._serve, name="of before")
        self.thread.start()

    def ask(self, what: Callable[[], None]) -> None:
        self._what = what
        self._asked.release()
        self._done.acquire()

    def _serve(self) -> None:
        self._asked.acquire()
        self._what()
        self._done.release()


_REAL_THREADS: list[_RealThread] = []


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (_a_process, r"a process was to be started in a simulated world, by _a_process"),
        (_a_shell, r"a process was to be started in a simulated world, by _a_shell"),
        (_a_signal, r"a handler for signal 15 was asked for in a simulated world, by _a_signal"),
        (_a_connection, r"socket\.socket was called in a simulated world, .* by .*connect_sock"),
    ],
)
def test_refuses_what_only_the_real_world_has_and_names_who_asked(ask: Ask, text: str) -> None:
    """Whoever writes a client for this world must find the line that reaches out of it."""

    async def main(loop: VirtualLoop) -> None:
        await ask(loop)

    with pytest.raises(Refused, match=text):
        run_in_virtual_time(main, seed=1)


def test_refuses_a_thread_of_the_real_world() -> None:
    """When it comes is not in the seed."""
    real = _RealThread()
    _REAL_THREADS.append(real)

    with pytest.raises(Refused, match="thread of before of the real world reached into a simulated one"):
        run_in_virtual_time(_a_real_thread, seed=1)

    real.thread.join()


@pytest.mark.parametrize("use", ["connect", "serve", "stream"])
def test_refuses_a_socket_of_the_kernel(use: str) -> None:
    """Time would jump over whatever it waits for."""
    with socket.socket() as kernels:

        async def main(loop: VirtualLoop) -> None:
            if use == "connect":
                await loop.sock_connect(kernels, ("127.0.0.1", 80))
            elif use == "serve":
                await loop.create_server(Remembering, sock=kernels)
            else:
                await loop.create_connection(Remembering, sock=kernels)

        with pytest.raises(Refused, match="a socket of the real world was used in a simulated one: <socket"):
            run_in_virtual_time(main, seed=1)


def test_names_are_those_of_the_network() -> None:
    """A real look-up would take real time in a real thread, and need the Internet."""

    async def main(loop: VirtualLoop) -> list[Any]:
        known = await loop.getaddrinfo("localhost", 443)
        with pytest.raises(socket.gaierror) as caught:
            await loop.getaddrinfo("slides.example", 443)
        return [known, caught.value.errno, await loop.getnameinfo(("127.0.0.1", 443))]

    known, errno, name = run_in_virtual_time(main, seed=1)

    assert known == [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 443))]
    assert (errno, name) == (socket.EAI_NONAME, ("127.0.0.1", "443"))


def test_a_server_that_stopped_serving_refuses() -> None:
    """The fake's port does so for a while under one of its faults."""

    async def main(loop: VirtualLoop) -> list[str]:
        address = ("127.0.0.1", 4000)
        server = await loop.create_server(Remembering, sock=loop.network.create_server(address))
        server.close()
        with pytest.raises(ConnectionRefusedError) as caught:
            await loop.sock_connect(loop.network.socket(), address)
        return [str(caught.value)]

    assert run_in_virtual_time(main, seed=1) == ["[Errno 111] Connect call failed ('127.0.0.1', 4000)"]


def test_asyncios_debug_mode_finds_nothing_amiss() -> None:
    """It checks who calls the loop: threads of the stage do, while the loop stands still."""

    async def main(loop: VirtualLoop) -> str:
        loop.set_debug(enabled=True)
        return await asyncio.to_thread(_from_a_thread, loop)

    async def answer() -> str:
        await asyncio.sleep(1)
        return "answer"

    def _from_a_thread(loop: VirtualLoop) -> str:
        loop.stage.sleep(1)
        return asyncio.run_coroutine_threadsafe(answer(), loop).result()

    assert run_in_virtual_time(main, seed=1) == "answer"
