from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.scenario.gates import Gate
from loadtests.capacity import Capacity, gain, needs_seconds, plan
from loadtests.measurements import Setting
from loadtests.metrics import Measurement
from loadtests.outcomes import SettingOutcome, conclude
from loadtests.statistics import Interval, percentiles
from tests.support.runs import a_measurement

NO_TLS = Gate(id="tls", metric="ssl_record_layer_failures", require="== 0")


def _measured(concurrency: int, *, seconds: float = 10.0, tls: int = 0, repeat: int = 1) -> Measurement:
    measured = a_measurement(setting=Setting("per_slide", concurrency, repeat))
    numbers = {"elapsed_seconds": seconds, "ssl_record_layer_failures": tls, "writes_committed": 80}
    return replace(
        measured,
        metrics={**measured.metrics, **numbers, "presentations": 20},
        attempt_latency_seconds=percentiles([0.4] * 80),
    )


def _outcome(measured: Measurement) -> SettingOutcome:
    return conclude(measured.setting, measured, [NO_TLS], None)


def _plan(*measured: Measurement, quota: int | None = 54) -> Capacity:
    (capacity,) = plan(map(_outcome, measured), writes_per_minute=quota, pool_size=3)
    return capacity


@pytest.mark.parametrize(
    ("presentations", "writes_each", "connections", "bound"),
    [(1, 200, 1, 188.0), (1, 20, 3, 8.0), (10, 20, 3, 182.8), (10, 4, 3, 5.6), (50, 30, 3, 1448.0)],
)
def test_the_bound_agrees_with_the_reference_figures(
    presentations: int, writes_each: int, connections: int, bound: float
) -> None:
    """At 0.4 s a write and 60 writes a minute."""
    needs = needs_seconds([writes_each] * presentations, 0.4, connections, 60)

    assert max(needs.values()) == pytest.approx(bound)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=20), st.integers(1, 8), st.integers(1, 60))
def test_more_connections_never_need_more_time(chains: list[int], connections: int, quota: int) -> None:
    """Otherwise the plan would advise against what can only help."""
    few = needs_seconds(chains, 0.4, connections, quota)
    many = needs_seconds(chains, 0.4, connections + 1, quota)

    assert max(many.values()) <= max(few.values())


class TestPlan:
    def test_stops_at_the_first_concurrency_that_failed(self) -> None:
        """A higher one that happened to pass is luck."""
        capacity = _plan(_measured(1), _measured(2), _measured(3, tls=1), _measured(5))

        assert capacity.concurrency == 2
        assert capacity.next_step is not None
        assert (capacity.next_step.concurrency, capacity.next_step.holds) == (3, False)

    def test_names_no_concurrency_when_none_held(self) -> None:
        """Then there is nothing to raise."""
        assert _plan(_measured(1, tls=1)).concurrency is None

    @pytest.mark.parametrize(("quota", "limit"), [(54, "quota"), (None, "pool")])
    def test_names_the_resource_that_alone_needs_longest(self, quota: int | None, limit: str) -> None:
        """80 writes do not fit one minute's quota; without one, three connections are what is left."""
        assert _plan(_measured(3), quota=quota).limit == limit

    def test_a_breaker_that_held_every_try_is_the_limit(self) -> None:
        """More connections would not have helped in an outage."""
        measured = replace(_measured(3), waits_seconds={"breaker": 80 * 30.0})

        capacity = _plan(measured, quota=None)

        assert capacity.limit == "breaker"
        assert capacity.bound_seconds < 30

    def test_tells_what_the_next_step_gained(self) -> None:
        """A quarter less time, from one run each: no interval."""
        step = _plan(_measured(1), _measured(2, tls=1, seconds=7.5)).next_step

        assert step is not None
        assert (step.gain_share, step.interval) == (0.25, None)

    def test_repeats_give_the_gain_an_interval(self) -> None:
        """Noise must not be sold as a gain."""
        runs = [_measured(1, seconds=s, repeat=r) for r, s in enumerate((10.0, 11.0, 9.0), 1)]
        runs += [_measured(2, seconds=s, repeat=r, tls=1) for r, s in enumerate((9.5, 10.5, 9.0), 1)]

        step = _plan(*runs).next_step

        assert step is not None
        assert step.interval is not None
        assert step.interval.low < 0 < step.gain_share < step.interval.high

    def test_foresees_the_step_that_was_not_measured(self) -> None:
        """The fourth slide cannot help where the pool has three connections."""
        step = _plan(_measured(3), quota=None).next_step

        assert step is not None
        assert (step.concurrency, step.gain_share, step.holds) == (4, 0.0, None)


@pytest.mark.parametrize("repeats", [(2, 2), (2, 5), (3, 3), (5, 5)])
@pytest.mark.parametrize("spreads", [(0.05, 0.05), (0.02, 0.08)])
def test_the_interval_holds_the_true_gain_as_often_as_it_says(
    repeats: tuple[int, int], spreads: tuple[float, float]
) -> None:
    """With the normal's 1.96 in place of Student's t it held it in 81 of 100 sweeps of two repeats."""
    random, true_gain, held = Random(9), 0.2, 0
    for _ in range(2_000):
        before = [100 * random.gauss(1, spreads[0]) for _ in range(repeats[0])]
        after = [80 * random.gauss(1, spreads[1]) for _ in range(repeats[1])]
        interval = gain(before, after)[1]
        assert interval is not None
        held += interval.low <= true_gain <= interval.high

    assert held / 2_000 > 0.93


def test_repeats_without_any_spread_leave_no_doubt() -> None:
    """Nothing is divided by their spread."""
    assert gain([10.0, 10.0], [9.0, 9.0])[1] == Interval(pytest.approx(0.1), pytest.approx(0.1))


def test_a_gain_of_equal_times_is_nothing() -> None:
    """The plainest check of the formula's sign."""
    assert gain([10.0], [10.0]) == (0.0, None)
