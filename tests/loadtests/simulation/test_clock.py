import pytest

from loadtests.simulation.clock import EPOCH_SECONDS, VirtualClock
from loadtests.simulation.jumping import STARTS_AT_SECONDS
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time


def test_wall_time_goes_along_with_the_loops() -> None:
    """Tokens expire by wall time, deadlines by the loop's: in one world both are one time."""

    async def main(loop: VirtualLoop) -> tuple[float, float]:
        clock = VirtualClock(loop)
        await clock.sleep(12.5)
        return clock.now(), clock.wall()

    now, wall = run_in_virtual_time(main, seed=1)

    assert now == STARTS_AT_SECONDS + 12.5
    assert wall == EPOCH_SECONDS + now


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_who_asks_again_and_again_sees_time_pass(seconds: float) -> None:
    """The engine asks so whether its sockets are closed; time that stood still would be a livelock."""

    async def main(loop: VirtualLoop) -> float:
        clock = VirtualClock(loop)
        ends_at = clock.now() + 1
        while clock.now() < ends_at:
            await clock.sleep(seconds)
        return clock.now() - ends_at

    assert 0 <= run_in_virtual_time(main, seed=1) < 0.001


def test_a_timeout_ends_what_takes_too_long() -> None:
    """Each call of the engine and each stall of the fake stands under one."""

    async def main(loop: VirtualLoop) -> float:
        clock = VirtualClock(loop)
        with pytest.raises(TimeoutError):
            async with clock.timeout(3):
                await clock.sleep(60)
        async with clock.timeout(None):
            await clock.sleep(60)
        return clock.now()

    assert run_in_virtual_time(main, seed=1) == STARTS_AT_SECONDS + 63
