"""What is known of one attempt, and told of it in the end."""

from dataclasses import dataclass

from engine.errand import Errand
from engine.errors import SlidesError
from engine.events import AttemptOutcome, AttemptSettled
from engine.wire.transport import Call


@dataclass(slots=True)
class Record:
    """One attempt while it runs.

    Attributes:
        call: what is tried.
        errand: what for.
        number: of the try, from 1.
        sent_at_seconds: on the clock; until it is sent, when it began.
        was_in_doubt: an earlier try of the same may have been applied.
    """

    call: Call
    errand: Errand
    number: int
    sent_at_seconds: float
    was_in_doubt: bool

    def settled(self, outcome: AttemptOutcome, error: BaseException | None, now: float) -> AttemptSettled:
        """Return what is announced of an attempt that ended `now`; None is no error."""
        known = error if isinstance(error, SlidesError) else None
        return AttemptSettled(
            identity=self.errand.identity,
            attempt=self.number,
            presentation_id=self.errand.presentation_id,
            method=self.call.method,
            operation_ids=self.errand.operation_ids,
            sent_at_seconds=self.sent_at_seconds,
            duration_seconds=now - self.sent_at_seconds,
            outcome=outcome,
            http_status=known.http_status if known else None if error else 200,
            error_class=type(error).__name__ if error else None,
            error_text=str(error) if error else None,
            is_tls_failure=known is not None and known.is_tls_failure,
            waits_seconds=self.errand.waits_seconds,
        )
