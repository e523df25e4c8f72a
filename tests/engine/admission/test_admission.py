from engine.admission.admission import Admission
from engine.admission.limiter import Slot
from engine.errors import ConnectionLost
from engine.policy.circuit_breaker import Permit
from engine.policy.verdicts import BreakerSignal


def test_learns_from_how_its_attempt_ended() -> None:
    """The dispatcher settles permit, slot and quota by it."""
    admission = Admission(Permit(epoch=0, trial=1), Slot(epoch=0), reservation=None, in_flight=1, limit=1)

    admission.ended(ConnectionLost("gone"))

    assert admission.is_trial
    assert admission.verdict is not None
    assert admission.verdict.breaker is BreakerSignal.FAILURE
