"""The limit steps back in trouble and comes back slowly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.policy.concurrency_limit import AIMDLimit
from engine.policy.verdicts import LimitSignal


def _succeed(limit: AIMDLimit, *, times: int, at: float, in_flight: int | None = None) -> None:
    for _ in range(times):
        in_flight_now = limit.limit if in_flight is None else in_flight
        limit.on_sample(LimitSignal.SUCCESS, epoch=limit.epoch, in_flight=in_flight_now, now=at)


def _fail(limit: AIMDLimit, *, at: float, epoch: int | None = None) -> None:
    epoch_then = limit.epoch if epoch is None else epoch
    limit.on_sample(LimitSignal.DECREASE, epoch=epoch_then, in_flight=limit.limit, now=at)


class TestIncrease:
    def test_grows_by_one_after_four_times_its_size_in_successes(self) -> None:
        """Trust is earned per call in flight."""
        limit = AIMDLimit(8, start=2)

        _succeed(limit, times=7, at=0.0)
        before = limit.limit
        _succeed(limit, times=1, at=0.0)

        assert (before, limit.limit) == (2, 3)

    def test_waits_ten_seconds_between_steps(self) -> None:
        """A burst of quick answers is not a reason to race to the ceiling."""
        limit = AIMDLimit(8)

        _succeed(limit, times=100, at=0.0)
        at_once = limit.limit
        _succeed(limit, times=1, at=10.0)

        assert (at_once, limit.limit) == (2, 3)

    def test_holds_while_fewer_are_in_flight_than_allowed(self) -> None:
        """Success at one in flight says nothing about five."""
        limit = AIMDLimit(8, start=4)

        _succeed(limit, times=1_000, at=100.0, in_flight=3)

        assert limit.limit == 4

    def test_a_failure_ends_the_row_of_successes(self) -> None:
        """They must be in a row, or a flaky server would look well."""
        limit = AIMDLimit(8)

        for _ in range(50):
            _succeed(limit, times=3, at=0.0)
            _fail(limit, at=0.0)

        assert limit.limit == 1

    def test_never_rises_above_its_ceiling(self) -> None:
        """The ceiling is the operator's."""
        limit = AIMDLimit(2)

        for second in range(0, 1_000, 10):
            _succeed(limit, times=100, at=float(second))

        assert limit.limit == 2


class TestDecrease:
    def test_halves_on_failure_but_never_below_one(self) -> None:
        """At none in flight nothing would ever be learned again."""
        limit = AIMDLimit(8, start=5)

        seen = []
        for second in range(4):
            _fail(limit, at=float(second))
            seen.append(limit.limit)

        assert seen == [2, 1, 1, 1]

    def test_one_bad_moment_counts_once(self) -> None:
        """Eight calls lost with one connection are one event, not eight."""
        limit = AIMDLimit(8, start=8)
        epoch = limit.epoch

        for _ in range(8):
            _fail(limit, at=1.0, epoch=epoch)

        assert limit.limit == 4

    def test_successes_from_before_the_change_do_not_count_towards_the_next(self) -> None:
        """They ran under another limit."""
        limit = AIMDLimit(8, start=8)
        old = limit.epoch
        _fail(limit, at=0.0)

        for _ in range(100):
            limit.on_sample(LimitSignal.SUCCESS, epoch=old, in_flight=8, now=60.0)

        assert limit.limit == 4

    def test_falls_to_one_when_told(self) -> None:
        """An open breaker means sequential."""
        limit = AIMDLimit(8, start=8)

        assert limit.fall_to_one(now=0.0) == 1
        assert limit.limit == 1


def test_refusals_change_nothing() -> None:
    """A quota is a rate: fewer at once do not make it larger."""
    limit = AIMDLimit(8, start=4)

    for _ in range(100):
        limit.on_sample(LimitSignal.IGNORED, epoch=limit.epoch, in_flight=4, now=50.0)

    assert limit.limit == 4


@pytest.mark.parametrize(("ceiling", "start"), [(0, 1), (3, 4), (3, 0)])
def test_a_start_outside_its_bounds_is_refused(ceiling: int, start: int) -> None:
    """A limit of 0 would stop everything, silently."""
    with pytest.raises(ValueError, match="between 1 and its ceiling"):
        AIMDLimit(ceiling, start=start)


@given(
    st.integers(1, 10),
    st.lists(st.tuples(st.sampled_from(LimitSignal), st.integers(0, 3), st.integers(0, 12), st.floats(0, 9))),
)
def test_always_stays_within_bounds_and_moves_by_one_or_half(
    ceiling: int, samples: list[tuple[LimitSignal, int, int, float]]
) -> None:
    """Whatever comes in, in whatever order."""
    limit, now = AIMDLimit(ceiling), 0.0

    for signal, age, in_flight, pause in samples:
        now += pause
        before = limit.limit
        after = limit.on_sample(signal, epoch=limit.epoch - age, in_flight=in_flight, now=now)
        assert 1 <= after <= ceiling
        assert after in {before, before + 1, max(1, before // 2)}
