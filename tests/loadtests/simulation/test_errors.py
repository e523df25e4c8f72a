import asyncio

from loadtests.simulation.errors import (
    Deadlock,
    Horizon,
    Livelock,
    Refused,
    SimulationError,
    caller,
    who_waits,
)


def test_every_way_to_break_is_an_error_of_its_own_kind() -> None:
    """A deadlock is a finding, a horizon perhaps a setting; whoever runs worlds must tell them apart."""
    kinds = (Deadlock, Livelock, Horizon, Refused)

    assert all(issubclass(kind, SimulationError) for kind in kinds)
    assert not any(issubclass(one, other) for one in kinds for other in kinds if one is not other)


def test_knows_who_called() -> None:
    """Whoever is refused must be found in code that is not ours."""

    def innermost() -> tuple[str, str]:
        return caller(), caller(1)

    def outer() -> tuple[str, str]:
        return innermost()

    direct, one_further = outer()

    assert "outer (test_errors.py:" in direct
    assert "test_knows_who_called (test_errors.py:" in one_further


async def test_names_each_task_that_waits_and_where() -> None:
    """The outermost place of a task is its start, which says nothing of what it waits for."""

    async def waits_deep_inside() -> None:
        await asyncio.get_running_loop().create_future()

    async def waits() -> None:
        await waits_deep_inside()

    async def is_done() -> None:
        """End at once."""

    tasks = [asyncio.create_task(waits(), name="the waiter"), asyncio.create_task(is_done(), name="done")]
    await asyncio.sleep(0)

    told = who_waits(tasks)

    here = test_names_each_task_that_waits_and_where.__qualname__
    assert told.startswith(
        f"  the waiter, {here}.<locals>.waits, in {here}.<locals>.waits_deep_inside (test_"
    )
    assert "done" not in told
    tasks[0].cancel()


async def test_does_not_list_a_crowd() -> None:
    """A message of a thousand lines hides its first one."""
    tasks = [asyncio.create_task(asyncio.sleep(60)) for _ in range(30)]
    await asyncio.sleep(0)

    lines = who_waits(tasks).splitlines()

    assert (len(lines), lines[-1]) == (13, "  and 18 more")
    for task in tasks:
        task.cancel()


def test_says_that_no_task_is_left() -> None:
    """An empty list would look like a fault of the message."""
    assert who_waits([]) == "  no task is left"
