"""What each event adds to the metrics."""

from collections.abc import Callable

import pytest

from engine.events import (
    AttemptAdmitted,
    AttemptOutcome,
    AttemptSettled,
    BreakerChanged,
    BreakerControlled,
    BreakerMode,
    CallTurnedAway,
    Event,
    Fate,
    LimitChanged,
    OperationAccepted,
    OperationSettled,
    RetryHeldBack,
    TurnAwaited,
    TurnEnded,
    TurnTaken,
)
from engine.monitoring.prometheus import PrometheusMetrics
from engine.settings import EngineSettings
from tests.support.manual_clock import ManualClock

WRITE = "presentations.batchUpdate"
ACCEPTED = OperationAccepted("p/s/0", "p", "s", "a", "b", 1.0, 9.0)
Sample = Callable[..., float | None]


@pytest.fixture
def clock() -> ManualClock:
    """The engine's clock."""
    return ManualClock(0.0)


@pytest.fixture
def metrics(clock: ManualClock) -> PrometheusMetrics:
    """The listener."""
    return PrometheusMetrics(settings=EngineSettings(writes_per_minute=50), clock=clock)


@pytest.fixture
def sample(metrics: PrometheusMetrics) -> Sample:
    """Read a sample, as a scrape would."""

    def read(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(f"deckstorm_{name}", {"engine": "default", **labels})

    return read


def _settled(fate: Fate = Fate.APPLIED, **facts: object) -> OperationSettled:
    return OperationSettled("p/s/0", "p", "s", fate, 3.5, **facts)


def _admitted(**facts: object) -> AttemptAdmitted:
    usual = {"method": WRITE, "is_trial": False, "in_flight": 1, "limit": 3, "at_seconds": 1.0}
    return AttemptAdmitted("p/s/0", "p", **{**usual, **facts})


def _ended(outcome: AttemptOutcome = AttemptOutcome.ANSWERED, **facts: object) -> AttemptSettled:
    return AttemptSettled("p/s/0", 1, "p", WRITE, ("p/s/0",), 1.0, 0.4, outcome, **facts)


def _tell(metrics: PrometheusMetrics, *events: Event) -> None:
    for event in events:
        metrics(event)


class TestEdits:
    def test_are_counted_by_fate_and_by_what_ended_them(
        self, metrics: PrometheusMetrics, sample: Sample
    ) -> None:
        """The first thing anybody asks."""
        _tell(metrics, ACCEPTED, ACCEPTED, _settled(Fate.REJECTED, error_class="NotFound"))

        assert sample("operations_accepted_total") == 2
        assert sample("operations_settled_total", fate="rejected") == 1
        assert sample("operations_not_applied_total", fate="rejected", error_class="NotFound") == 1
        assert sample("operations_open") == 1

    def test_are_timed_from_taking_on_to_fate(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """What a customer waits."""
        _tell(metrics, ACCEPTED, _settled())

        assert sample("operation_duration_seconds_sum", fate="applied") == 2.5
        assert sample("operation_duration_seconds_count", fate="applied") == 1

    def test_of_one_name_are_timed_apart(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """Two calls for one deck name their edits alike."""
        later = OperationAccepted("p/s/0", "p", "s", "a", "b", 3.0, 9.0)
        sums = []
        _tell(metrics, ACCEPTED, later)

        for _ in range(2):
            _tell(metrics, _settled())
            sums.append(sample("operation_duration_seconds_sum", fate="applied"))

        assert sums == [2.5, 2.5 + 0.5]
        assert metrics._first._accepted_at == {}

    def test_whose_beginning_was_not_heard_are_counted_all_the_same(
        self, metrics: PrometheusMetrics, sample: Sample
    ) -> None:
        """A listener must not raise."""
        _tell(metrics, _settled())

        assert sample("operations_settled_total", fate="applied") == 1
        assert sample("operation_duration_seconds_count", fate="applied") is None

    def test_that_met_an_open_breaker_are_counted(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """Their share is one of the success metrics."""
        _tell(metrics, ACCEPTED, ACCEPTED, _settled(met_open_breaker=True), _settled())

        assert sample("operations_met_open_breaker_total") == 1


class TestTries:
    def test_are_counted_by_how_they_ended(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """A class of statuses is enough; the class of the error says the rest."""
        failed = _ended(AttemptOutcome.UNKNOWN, http_status=503, error_class="ServerFailed")

        _tell(metrics, _admitted(), _ended(http_status=200), _admitted(), failed)

        good = {"outcome": "answered", "status_class": "2xx", "error_class": "none"}
        bad = {"outcome": "unknown", "status_class": "5xx", "error_class": "ServerFailed"}
        assert sample("attempts_total", method=WRITE, **good) == 1
        assert sample("attempts_total", method=WRITE, **bad) == 1

    def test_without_an_answer_have_no_status(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """An empty label would be an absent one."""
        _tell(metrics, _admitted(), _ended(AttemptOutcome.UNKNOWN, error_class="ConnectionLost"))

        labels = {"outcome": "unknown", "status_class": "none", "error_class": "ConnectionLost"}
        assert sample("attempts_total", method=WRITE, **labels) == 1

    def test_are_timed_by_how_they_ended(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """Refusals are quick and losses are slow; one histogram would hide both."""
        _tell(metrics, _admitted(), _ended())

        labels = {"method": WRITE, "outcome": "answered"}
        assert sample("attempt_duration_seconds_bucket", le="0.3", **labels) == 0
        assert sample("attempt_duration_seconds_bucket", le="0.5", **labels) == 1

    def test_tell_what_they_waited_for(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """Slow because of the quota is cured otherwise than slow because of the lock."""
        _tell(metrics, _admitted(), _ended(waits_seconds={"quota": 12.0, "lock": 3.0}))

        assert sample("attempt_wait_seconds_sum", reason="quota") == 12.0
        assert sample("attempt_wait_seconds_sum", reason="lock") == 3.0

    def test_in_flight_go_up_and_down(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """A permit that leaks would be seen here."""
        _tell(metrics, _admitted(), _admitted(in_flight=2), _ended())

        assert sample("attempts_in_flight") == 1
        assert sample("attempts_in_flight_limit") == 3


class TestSuccess:
    @pytest.mark.parametrize("name", ["tls_failures_total", "cannot_be_applied_total"])
    @pytest.mark.parametrize("where", ["caller", "wire"])
    def test_the_counts_are_there_before_anything_fails(self, name: str, where: str, sample: Sample) -> None:
        """To an alert, a series that begins at 1 has never increased."""
        assert sample(name, where=where) == 0

    @pytest.mark.parametrize("fate", Fate)
    def test_so_is_every_fate(self, fate: Fate, sample: Sample) -> None:
        """The first edit whose fate is unknown must wake somebody too."""
        assert sample("operations_settled_total", fate=fate.value) == 0

    def test_an_edit_the_caller_gave_up_has_no_error(
        self, metrics: PrometheusMetrics, sample: Sample
    ) -> None:
        """Cancelling is no failure, and an applied edit is none either."""
        _tell(metrics, ACCEPTED, _settled(Fate.NOT_SENT), ACCEPTED, _settled())

        assert sample("operations_not_applied_total", fate="not_sent", error_class="none") == 1
        assert sample("operations_not_applied_total", fate="applied", error_class="none") is None

    def test_what_was_absorbed_is_on_the_wire_only(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """The engine's whole point is that these differ."""
        failures = [
            _ended(AttemptOutcome.UNKNOWN, is_tls_failure=True, error_class="RecordLayerFailure"),
            _ended(AttemptOutcome.REJECTED, error_class="CannotBeApplied"),
        ]

        _tell(metrics, ACCEPTED, *(event for one in failures for event in (_admitted(), one)), _settled())

        assert [sample("tls_failures_total", where=where) for where in ("caller", "wire")] == [0, 1]
        assert [sample("cannot_be_applied_total", where=where) for where in ("caller", "wire")] == [0, 1]

    def test_what_surfaced_is_counted_per_edit(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """That is what the caller was told."""
        tls = _settled(Fate.INDETERMINATE, is_tls_failure=True, error_class="RecordLayerFailure")
        refused = _settled(Fate.REJECTED, error_class="CannotBeApplied")

        _tell(metrics, ACCEPTED, tls, ACCEPTED, refused)

        assert sample("tls_failures_total", where="caller") == 1
        assert sample("cannot_be_applied_total", where="caller") == 1


class TestSafeguards:
    def test_no_label_holds_the_id_of_a_presentation(
        self, metrics: PrometheusMetrics, sample: Sample
    ) -> None:
        """A series for each deck is what brings a Prometheus down."""
        _tell(
            metrics,
            BreakerChanged("presentation:a", "closed", "open", 3.0),
            BreakerChanged("presentation:b", "closed", "open", 3.0),
            BreakerControlled("presentation:c", BreakerMode.AUTO, BreakerMode.FORCED_OPEN, 3.0),
        )

        opened = {"key": "presentation", "before": "closed", "after": "open"}
        assert sample("breaker_changes_total", **opened) == 2
        assert sample("breaker_controls_total", kind="presentation", mode="forced_open") == 1
        assert sample("breaker_state", key="presentation", state="open") is None

    def test_calls_that_are_turned_away_are_counted(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """They have no edits to count, and would be seen nowhere else."""
        assert sample("calls_turned_away_total") == 0

        _tell(metrics, CallTurnedAway("p", 61.0, 3.0))

        assert sample("calls_turned_away_total") == 1

    def test_retries_that_wait_are_counted(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """Where they pile up the server is sick, and the budget is what keeps calls from it."""
        assert sample("retries_held_back_total") == 0

        _tell(metrics, RetryHeldBack("p/s/0", "p", 3.0))

        assert sample("retries_held_back_total") == 1

    def test_exactly_one_state_of_a_breaker_is_on(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """A sum over states that is not 1 is a picture nobody can read."""
        key = "host:slides.googleapis.com"

        _tell(
            metrics,
            BreakerChanged(key, "closed", "open", 3.0),
            BreakerChanged(key, "open", "half-open", 18.0),
        )

        states = {
            state: sample("breaker_state", key=key, state=state) for state in ("closed", "open", "half-open")
        }
        assert states == {"closed": 0, "open": 0, "half-open": 1}
        assert sample("breaker_changes_total", key=key, before="closed", after="open") == 1

    def test_a_new_limit_is_told_with_its_reason(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """Why it is slow now."""
        _tell(metrics, LimitChanged(4, 1, "breaker opened", 3.0))

        assert sample("attempts_in_flight_limit") == 1
        assert sample("limit_changes_total", reason="breaker opened") == 1

    def test_presentations_are_held_and_waited_for(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """Contention for one deck is no lack of quota."""
        _tell(metrics, TurnAwaited("a", "p", 1.0), TurnTaken("a", "p", 1.0), TurnAwaited("b", "p", 2.0))
        during = (sample("presentations_held"), sample("presentations_waited_for"))
        _tell(metrics, TurnEnded("b", "p", 3.0), TurnEnded("a", "p", 4.0))

        assert during == (1, 1)
        assert (sample("presentations_held"), sample("presentations_waited_for")) == (0, 0)


class TestQuota:
    async def test_calls_leave_the_minute_as_time_goes_by(
        self, metrics: PrometheusMetrics, sample: Sample, clock: ManualClock
    ) -> None:
        """An engine at rest must not look as if it used its quota up."""
        _tell(metrics, _admitted(), _ended())
        used = []

        for seconds in (2.0, 58.5, 0.5):
            await clock.advance(seconds)
            used.append(sample("quota_used_calls", kind="write"))

        assert used == [1, 1, 0]

    def test_the_estimate_is_what_the_pacer_thought_last(
        self, metrics: PrometheusMetrics, sample: Sample
    ) -> None:
        """When others use the account, it falls, and no setting says so."""
        trial = _admitted(is_trial=True, quota_allowed_count=540)

        _tell(metrics, _admitted(quota_allowed_count=54), _admitted(quota_allowed_count=37), trial)

        assert sample("quota_allowed_calls", kind="write") == 37
        assert sample("quota_allowed_calls", kind="read") == 540

    def test_without_a_pacer_there_is_no_estimate(self, metrics: PrometheusMetrics, sample: Sample) -> None:
        """Nought would say that nothing is allowed."""
        _tell(metrics, _admitted())

        assert sample("quota_allowed_calls", kind="write") is None

    def test_the_quota_to_compare_with_is_that_of_the_settings(self, sample: Sample) -> None:
        """Google raises it for some."""
        assert sample("quota_calls", kind="write") == 50
        assert sample("quota_calls", kind="read") == 600
