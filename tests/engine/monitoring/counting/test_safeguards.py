"""What the events of breakers, limits and turns add to the metrics."""

from engine.events import (
    BreakerChanged,
    BreakerControlled,
    BreakerMode,
    CallTurnedAway,
    LimitChanged,
    RetryHeldBack,
    TurnAwaited,
    TurnEnded,
    TurnTaken,
)
from engine.monitoring.prometheus import PrometheusMetrics
from tests.support.counted_events import Sample, tell


def test_no_label_holds_the_id_of_a_presentation(metrics: PrometheusMetrics, sample: Sample) -> None:
    """A series for each deck is what brings a Prometheus down."""
    tell(
        metrics,
        BreakerChanged("presentation:a", "closed", "open", 3.0),
        BreakerChanged("presentation:b", "closed", "open", 3.0),
        BreakerControlled("presentation:c", BreakerMode.AUTO, BreakerMode.FORCED_OPEN, 3.0),
    )

    opened = {"key": "presentation", "before": "closed", "after": "open"}
    assert sample("breaker_changes_total", **opened) == 2
    assert sample("breaker_controls_total", kind="presentation", mode="forced_open") == 1
    assert sample("breaker_state", key="presentation", state="open") is None


def test_calls_that_are_turned_away_are_counted(metrics: PrometheusMetrics, sample: Sample) -> None:
    """They have no edits to count, and would be seen nowhere else."""
    assert sample("calls_turned_away_total") == 0

    tell(metrics, CallTurnedAway("p", 61.0, 3.0))

    assert sample("calls_turned_away_total") == 1


def test_retries_that_wait_are_counted(metrics: PrometheusMetrics, sample: Sample) -> None:
    """Where they pile up the server is sick, and the budget is what keeps calls from it."""
    assert sample("retries_held_back_total") == 0

    tell(metrics, RetryHeldBack("p/s/0", "p", 3.0))

    assert sample("retries_held_back_total") == 1


def test_exactly_one_state_of_a_breaker_is_on(metrics: PrometheusMetrics, sample: Sample) -> None:
    """A sum over states that is not 1 is a picture nobody can read."""
    key = "host:slides.googleapis.com"

    tell(
        metrics,
        BreakerChanged(key, "closed", "open", 3.0),
        BreakerChanged(key, "open", "half-open", 18.0),
    )

    states = {
        state: sample("breaker_state", key=key, state=state) for state in ("closed", "open", "half-open")
    }
    assert states == {"closed": 0, "open": 0, "half-open": 1}
    assert sample("breaker_changes_total", key=key, before="closed", after="open") == 1


def test_a_new_limit_is_told_with_its_reason(metrics: PrometheusMetrics, sample: Sample) -> None:
    """Why it is slow now."""
    tell(metrics, LimitChanged(4, 1, "breaker opened", 3.0))

    assert sample("attempts_in_flight_limit") == 1
    assert sample("limit_changes_total", reason="breaker opened") == 1


def test_presentations_are_held_and_waited_for(metrics: PrometheusMetrics, sample: Sample) -> None:
    """Contention for one deck is no lack of quota."""
    tell(metrics, TurnAwaited("a", "p", 1.0), TurnTaken("a", "p", 1.0), TurnAwaited("b", "p", 2.0))
    during = (sample("presentations_held"), sample("presentations_waited_for"))
    tell(metrics, TurnEnded("b", "p", 3.0), TurnEnded("a", "p", 4.0))

    assert during == (1, 1)
    assert (sample("presentations_held"), sample("presentations_waited_for")) == (0, 0)
