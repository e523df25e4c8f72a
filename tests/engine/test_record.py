"""What is told of one attempt."""

from engine.errand import Errand
from engine.errors import RecordLayerFailure
from engine.events import AttemptOutcome
from engine.record import Record
from engine.wire.transport import get_presentation


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
