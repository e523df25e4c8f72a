import asyncio
from contextlib import suppress
from typing import Any

import pytest

from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.process import Process, process_of
from loadtests.simulation.running import run_in_virtual_time
from tests.support.memory_sockets import ADDRESS


def test_what_a_process_begins_is_its_own() -> None:
    """Tasks of tasks, timers and threads die with whoever began them."""

    async def main(loop: VirtualLoop) -> list[object]:
        process, found = Process(loop), list[object]()

        async def work() -> None:
            loop.call_later(1.0, lambda: found.append(process_of()))
            await loop.create_task(deeper())
            found.append(await asyncio.to_thread(process_of))

        async def deeper() -> None:
            found.append(process_of())

        await process.begin(work())
        await asyncio.sleep(2.0)
        return [each is process for each in found] + [process_of()]

    assert run_in_virtual_time(main, seed=1) == [True, True, True, None]


def test_a_killed_process_does_nothing_more_not_even_in_a_finally() -> None:
    """A `finally` that tidies up is what a killed process never comes to."""

    async def main(loop: VirtualLoop) -> list[str]:
        process, done = Process(loop), list[str]()

        async def work() -> None:
            try:
                loop.call_later(3.0, lambda: done.append("timer"))
                await asyncio.sleep(5.0)
                done.append("work")
            finally:
                done.append("finally")

        task = process.begin(work())
        await asyncio.sleep(1.0)
        process.kill()
        task.cancel()
        await asyncio.sleep(60.0)
        seen = list(done)
        process.bury()
        with suppress(asyncio.CancelledError):
            await task
        return [*seen, "buried", *done]

    assert run_in_virtual_time(main, seed=1) == ["buried", "finally", "timer"]


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_it_can_be_killed_before_any_of_its_steps(number: int) -> None:
    """Each `await` that waits ends a step."""

    async def main(loop: VirtualLoop) -> tuple[int, bool]:
        process, steps = Process(loop), list[int]()
        process.kill_before_step(number)

        async def work() -> None:
            for step in range(1, 4):
                steps.append(step)
                await asyncio.sleep(0)

        process.begin(work())
        await asyncio.sleep(1.0)
        return len(steps), process.died.is_set()

    assert run_in_virtual_time(main, seed=1) == (number - 1, True)


def test_who_is_not_killed_counts_on() -> None:
    """A fuse can be taken out."""

    async def main(loop: VirtualLoop) -> tuple[int, bool]:
        process = Process(loop)
        process.kill_before_step(2)
        process.kill_before_step(None)
        await process.begin(asyncio.sleep(0))
        return process.steps_count, process.is_dead

    assert run_in_virtual_time(main, seed=1) == (2, False)


@pytest.mark.parametrize(("unread", "end"), [(b"", b""), (b"never read", None)])
def test_the_kernel_closes_its_sockets(unread: bytes, end: bytes | None) -> None:
    """The server hears FIN, or RST where bytes were left unread; nothing that was written is lost."""

    async def main(loop: VirtualLoop) -> list[bytes | None]:
        accepted: list[Any] = []
        listening: Any = loop.network.create_server(ADDRESS)
        loop.network.listen(listening, accepted.append)
        process = Process(loop)

        async def work() -> None:
            client: Any = loop.network.socket()
            await loop.sock_connect(client, ADDRESS)
            client.send(b"hello")
            await asyncio.sleep(1.0)
            process.kill()
            with pytest.raises(OSError, match="Bad file descriptor"):
                client.send(b"from the grave")

        process.begin(work())
        await asyncio.sleep(0.5)
        (server,) = accepted
        if unread:
            server.send(unread)
        await asyncio.sleep(1.0)
        return [server.recv(100), _end_of(server)]

    assert run_in_virtual_time(main, seed=1) == [b"hello", end]


def test_a_socket_that_the_dead_make_is_closed() -> None:
    """The step that was under way runs to its end, and reaches nobody."""

    async def main(loop: VirtualLoop) -> int:
        process, made = Process(loop), list[Any]()

        async def work() -> None:
            process.kill()
            made.append(loop.network.socket())

        process.begin(work())
        await asyncio.sleep(1.0)
        return int(made[0].fileno())

    assert run_in_virtual_time(main, seed=1) == -1


def test_what_comes_to_a_socket_is_a_step_of_its_process() -> None:
    """Or nobody could die between an answer's arrival and its reading."""

    async def main(loop: VirtualLoop) -> tuple[list[str], bool]:
        accepted: list[Any] = []
        listening: Any = loop.network.create_server(ADDRESS)
        loop.network.listen(listening, accepted.append)
        process, heard = Process(loop), list[str]()

        async def work() -> None:
            client: Any = loop.network.socket()
            await loop.sock_connect(client, ADDRESS)
            client.on_readable = lambda: heard.append("answer")

        await process.begin(work())
        process.kill_before_step(process.steps_count + 2)
        for _ in range(2):
            accepted[0].send(b"answer")
            await asyncio.sleep(0.1)
        return list(heard), process.is_dead

    assert run_in_virtual_time(main, seed=1) == (["answer"], True)


def test_tasks_of_the_dead_are_not_waited_for() -> None:
    """They wait for ever, which is no leak of the living."""

    async def main(loop: VirtualLoop) -> list[str]:
        process = Process(loop)
        process.begin(asyncio.sleep(1e9)).set_name("forgotten")
        await asyncio.sleep(1.0)
        before = [task.get_name() for task in loop.tasks_left()][1:]
        process.kill()
        after = [task.get_name() for task in loop.tasks_left()][1:]
        return [*before, *after]

    assert run_in_virtual_time(main, seed=1) == ["forgotten"]


def _end_of(server: Any) -> bytes | None:  # noqa: ANN401 - a socket of memory
    """Return b"" for an orderly end, None for a reset."""
    try:
        end: bytes = server.recv(100)
    except ConnectionResetError:
        return None
    return end
