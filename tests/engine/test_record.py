import pytest

from engine.errand import Errand
from engine.errors import ConnectionLost, NotFound, RecordLayerFailure, SlidesError, Unreachable
from engine.events import AttemptOutcome
from engine.record import Record, outcome_of
from engine.wire.transport import get_presentation


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (Unreachable("refused"), AttemptOutcome.NOT_SENT),
        (NotFound("404", http_status=404), AttemptOutcome.REJECTED),
        (ConnectionLost("reset"), AttemptOutcome.UNKNOWN),
    ],
)
def test_the_outcome_says_whether_it_may_have_had_an_effect(
    error: SlidesError, outcome: AttemptOutcome
) -> None:
    """That is what a reader of the log needs to know first."""
    assert outcome_of(error) is outcome


def test_tells_what_was_tried_how_it_ended_and_what_was_waited_for() -> None:
    """Reports are made of these."""
    errand = Errand("deck/read", "deck", 9.0, waits_seconds={"quota": 2.0})
    record = Record(get_presentation("deck", "revisionId"), errand, 3, 10.0, was_in_doubt=False)
    error = RecordLayerFailure("bad record")

    told = record.settled(AttemptOutcome.UNKNOWN, error, 12.5)

    assert (told.identity, told.attempt, told.method) == ("deck/read", 3, "presentations.get")
    assert (told.sent_at_seconds, told.duration_seconds) == (10.0, 2.5)
    assert (told.error_class, told.error_text, told.http_status) == ("RecordLayerFailure", "bad record", None)
    assert told.is_tls_failure
    assert told.waits_seconds == {"quota": 2.0}
