import pytest

from fakeslides.clock import ServerClock


def test_a_time_scale_of_a_twentieth_runs_twenty_times_as_fast() -> None:
    """The fake and its client must agree on what a scenario second is."""
    ratio = ServerClock(time_scale=1 / 20).now() / ServerClock().now()

    assert ratio == pytest.approx(20.0, rel=0.01)


async def test_waits_shrink_with_the_scale() -> None:
    """A second of latency costs a ten-thousandth here; unscaled, this test would last an hour."""
    clock = ServerClock(time_scale=1e-6)
    began = clock.now()

    await clock.sleep(3600.0)

    assert clock.now() - began >= 3600.0


@pytest.mark.parametrize("time_scale", [0.0, -0.5])
def test_a_scale_that_stops_time_is_refused(time_scale: float) -> None:
    """Every wait on it would be over before it began, or never."""
    with pytest.raises(ValueError, match="time_scale"):
        ServerClock(time_scale=time_scale)


async def test_another_pace_does_not_make_time_jump() -> None:
    """Quotas and phases count in this time; a jump would let a minute pass in an instant."""
    clock = ServerClock(time_scale=1.0)
    before = clock.now()

    clock.rescale(1e-6)
    after = clock.now()
    await clock.sleep(3600.0)

    assert before <= after < before + 3600.0
    assert clock.now() >= after + 3600.0
