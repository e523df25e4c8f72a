from engine.admission.admission import Admission
from engine.admission.breaker import PASS
from engine.admission.breakers import Permits
from engine.admission.limiter import Slot
from engine.errors import ConnectionLost, ServerFailed, Unauthenticated, Unreachable
from engine.policy.circuit_breaker import Permit
from engine.policy.verdicts import BreakerSignal, Signals

TRIAL = Permit(epoch=0, trial=1)
FAILED = ServerFailed("503", http_status=503)
REFUSED = Unauthenticated("401", http_status=401)


def _admission(permits: Permits, **facts: bool) -> Admission:
    return Admission(permits, Slot(epoch=0), reservation=None, in_flight=1, limit=1, **facts)


def test_learns_from_how_its_attempt_ended() -> None:
    """The dispatcher settles permits, slot and quota by it."""
    admission = _admission(Permits(TRIAL, PASS))

    admission.ended(ConnectionLost("gone"))

    assert admission.is_trial
    assert admission.signals == Signals(host=BreakerSignal.FAILURE)


def test_nothing_is_learned_from_what_never_ended() -> None:
    """A cancellation is no sign of anything."""
    assert _admission(Permits(PASS, PASS)).signals == Signals()


def test_a_trial_of_a_presentation_that_fails_says_nothing_of_the_host() -> None:
    """One sick presentation that is asked now and then must not stop the others in the end."""
    admission = _admission(Permits(TRIAL, PASS), is_trial_of_presentation=True)

    admission.ended(FAILED)

    assert admission.signals == Signals(presentation=BreakerSignal.FAILURE)


def test_a_trial_of_a_presentation_that_finds_no_host_says_so() -> None:
    """Nobody else would learn of it, and a host that is down would be tried every second."""
    signals = []
    for error in (ConnectionLost("reset"), Unreachable("refused")):
        admission = _admission(Permits(PASS, PASS), is_trial_of_presentation=True)
        admission.ended(error)
        signals.append(admission.signals)

    assert signals == [Signals(host=BreakerSignal.FAILURE)] * 2


def test_a_first_401_asks_for_another_token_and_a_second_one_is_a_failure() -> None:
    """Tokens are revoked every day; credentials that get none that is good are dead."""
    signals = []
    for permits, is_second_token in (
        (Permits(PASS, PASS), False),
        (Permits(PASS, PASS), True),
        (Permits(PASS, TRIAL), False),
    ):
        admission = _admission(permits, is_second_token=is_second_token)
        admission.ended(REFUSED)
        signals.append(admission.signals.credentials)

    assert signals == [BreakerSignal.IGNORED, BreakerSignal.FAILURE, BreakerSignal.FAILURE]
