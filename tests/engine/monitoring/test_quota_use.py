"""How much of a quota is used."""

import pytest

from engine.events import AttemptAdmitted, AttemptOutcome, AttemptSettled
from engine.monitoring.quota_use import QuotaUse, kind_admitted
from engine.policy.pacing import CallKind

WRITE, READ = "presentations.batchUpdate", "presentations.get"


def _admitted(method: str = WRITE, *, is_trial: bool = False) -> AttemptAdmitted:
    return AttemptAdmitted("a", "p", method, is_trial=is_trial, in_flight=1, limit=1, at_seconds=0.0)


def _settled(
    sent_at: float, outcome: AttemptOutcome = AttemptOutcome.ANSWERED, method: str = WRITE
) -> AttemptSettled:
    return AttemptSettled("a", 1, "p", method, (), sent_at, 0.5, outcome)


def test_a_call_counts_from_its_admission_on() -> None:
    """The pacer takes the place then, so an operator must see it taken."""
    use = QuotaUse()

    use.admitted(_admitted())

    assert use.used_count(CallKind.WRITE, 0.0) == 1


def test_a_call_counts_for_a_minute_after_it_was_sent() -> None:
    """Google's window slides, and its users read the number with nothing happening in between."""
    use = QuotaUse()
    use.admitted(_admitted())
    use.settled(_settled(sent_at=10.0))

    counts = [use.used_count(CallKind.WRITE, now) for now in (10.5, 69.9, 70.0)]

    assert counts == [1, 1, 0]


@pytest.mark.parametrize(
    ("outcome", "count"),
    [
        (AttemptOutcome.ANSWERED, 1),
        (AttemptOutcome.REJECTED, 1),
        (AttemptOutcome.UNKNOWN, 1),
        (AttemptOutcome.NOT_SENT, 0),
    ],
)
def test_what_never_left_the_machine_used_nothing(outcome: AttemptOutcome, count: int) -> None:
    """Connections that are refused cost no quota."""
    use = QuotaUse()
    use.admitted(_admitted())

    use.settled(_settled(10.0, outcome))

    assert use.used_count(CallKind.WRITE, 11.0) == count


def test_reads_and_writes_are_counted_apart() -> None:
    """They have quotas of their own."""
    use = QuotaUse()
    for method in (READ, READ, WRITE):
        use.admitted(_admitted(method))
        use.settled(_settled(1.0, method=method))

    assert [use.used_count(kind, 2.0) for kind in (CallKind.READ, CallKind.WRITE)] == [2, 1]


def test_a_trial_is_a_read_whatever_was_wished_for() -> None:
    """The admission names the write, and what is sent in its place is a read."""
    use = QuotaUse()
    use.admitted(_admitted(WRITE, is_trial=True))
    use.settled(_settled(1.0, method=READ))

    assert kind_admitted(_admitted(WRITE, is_trial=True)) is CallKind.READ
    assert [use.used_count(kind, 2.0) for kind in (CallKind.READ, CallKind.WRITE)] == [1, 0]


def test_calls_of_the_past_are_forgotten() -> None:
    """A service runs for months."""
    use = QuotaUse()
    for minute in range(100):
        use.admitted(_admitted())
        use.settled(_settled(sent_at=60.0 * minute))

    assert len(use._sent_at[CallKind.WRITE]) <= 2
