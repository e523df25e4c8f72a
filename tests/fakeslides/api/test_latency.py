from random import Random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.api.latency import ServiceQueue, service_seconds
from fakeslides.scenario.server import Latency

LONG_TAILED = Latency.model_validate({"lognormal": {"p50": "320ms", "p99": "1.4s"}})


@pytest.mark.parametrize(("share", "seconds"), [(0.5, 0.32), (0.99, 1.4)])
def test_a_lognormal_latency_has_the_percentiles_it_was_told(share: float, seconds: float) -> None:
    """Scenarios speak in percentiles because that is what people measure."""
    assert service_seconds(LONG_TAILED, share) == pytest.approx(seconds)


@given(share=st.floats(0, 1))
def test_no_draw_gives_a_latency_without_end(share: float) -> None:
    """The ends of the distribution lie at infinity."""
    assert 0 < service_seconds(LONG_TAILED, share) < 60


def test_a_fixed_latency_is_the_same_for_every_draw() -> None:
    """Tests want to know how long a call takes."""
    fixed = Latency.model_validate({"fixed": "300ms"})

    assert {service_seconds(fixed, share) for share in (0.0, 0.5, 0.999)} == {0.3}


def test_one_percentile_can_equal_the_other() -> None:
    """A distribution without spread is a fixed latency."""
    flat = Latency.model_validate({"lognormal": {"p50": "1s", "p99": "1s"}})

    assert service_seconds(flat, 0.9) == pytest.approx(1.0)


class TestServiceQueue:
    def test_nobody_waits_while_a_worker_is_free(self) -> None:
        """A server that is not loaded takes as long as the work takes."""
        queue = ServiceQueue(workers=3)

        assert [queue.enter(now, 2.0) for now in (0.0, 0.5, 1.0, 2.0)] == [2.0] * 4

    def test_calls_beyond_the_workers_wait_for_the_first_who_is_free(self) -> None:
        """Latency at twice the capacity is what an overloaded server shows."""
        queue = ServiceQueue(workers=2)

        assert [queue.enter(0.0, seconds) for seconds in (3.0, 1.0, 1.0, 1.0)] == [3.0, 1.0, 2.0, 3.0]

    def test_the_queue_is_gone_once_it_was_worked_off(self) -> None:
        """What happened long ago does not slow down a call."""
        queue = ServiceQueue(workers=1)
        for _ in range(10):
            queue.enter(0.0, 1.0)

        assert queue.enter(10.0, 1.0) == 1.0

    @given(
        gaps=st.lists(st.floats(0, 5), min_size=1, max_size=40),
        work=st.lists(st.floats(0, 5), min_size=40, max_size=40),
        workers=st.integers(1, 5),
    )
    def test_never_more_calls_are_worked_on_than_there_are_workers(
        self, gaps: list[float], work: list[float], workers: int
    ) -> None:
        """This is what a worker is; and no call is done sooner than its own work takes."""
        queue, now, spans = ServiceQueue(workers), 0.0, []

        for gap, seconds in zip(gaps, work, strict=False):
            now += gap
            done = now + queue.enter(now, seconds)
            spans.append((done - seconds, done))
            assert done - seconds >= now - 1e-9

        busiest = max(
            sum(begin <= start + 1e-9 and start + 1e-9 < end - 1e-9 for begin, end in spans)
            for start, _ in spans
        )
        assert busiest <= workers

    def test_half_loaded_by_chance_it_waits_as_long_as_theory_says(self) -> None:
        """One worker, random arrivals, equal work: at half load the mean wait is half the work (M/D/1)."""
        queue, random, now, waits = ServiceQueue(workers=1), Random(1), 0.0, []

        for _ in range(20_000):
            now += random.expovariate(0.5)
            waits.append(queue.enter(now, 1.0) - 1.0)

        assert mean(waits) == pytest.approx(0.5, rel=0.1)
