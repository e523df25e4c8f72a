"""One table says what the end of an attempt means."""

import pytest

from engine import errors
from engine.events import AttemptOutcome
from engine.policy.verdicts import (
    BreakerSignal,
    LimitSignal,
    Retry,
    Signals,
    judge,
    outcome_of,
    signals_of,
)

REJECTED = (
    errors.QuotaExceeded,
    errors.RevisionConflict,
    errors.CannotBeApplied,
    errors.InvalidRequest,
    errors.Unauthenticated,
    errors.PermissionDenied,
    errors.NotFound,
    errors.Rejected,
)
UNKNOWN = (
    errors.ConnectionLost("reset"),
    errors.RecordLayerFailure("record layer failure"),
    errors.AnswerTimedOut("30 s"),
    errors.ServerFailed("502", http_status=502),
    errors.OutcomeUnknown("200 without JSON"),
)


def test_a_good_answer_is_good_news_for_all() -> None:
    """The limit grows and the breaker closes on these only."""
    verdict = judge(None)

    assert verdict.breaker is BreakerSignal.SUCCESS
    assert verdict.limit is LimitSignal.SUCCESS


@pytest.mark.parametrize("kind", REJECTED)
def test_no_refusal_is_ever_a_failure_of_the_server(kind: type[errors.Rejected]) -> None:
    """Three bad template keys must not stop every user's work."""
    verdict = judge(kind("no", http_status=400))

    assert verdict.breaker is not BreakerSignal.FAILURE
    assert verdict.limit is LimitSignal.IGNORED


@pytest.mark.parametrize("error", UNKNOWN)
def test_a_lost_answer_is_reconciled_never_plainly_repeated(error: errors.SlidesError) -> None:
    """The write may have been applied; a plain repeat would double it."""
    verdict = judge(error)

    assert verdict.retry is Retry.RECONCILE
    assert verdict.breaker is BreakerSignal.FAILURE
    assert verdict.limit is LimitSignal.DECREASE


def test_what_never_left_is_simply_sent() -> None:
    """A refused connection may be tried again at any time, but says that the server is not well."""
    verdict = judge(errors.Unreachable("refused"))

    assert verdict.retry is Retry.PLAIN
    assert verdict.breaker is BreakerSignal.FAILURE


def test_a_token_endpoint_that_is_down_speaks_to_the_credentials_breaker_alone() -> None:
    """It is another host, and once opened the breaker of the API's, which had not been asked."""
    error = errors.TokenUnreachable("no access token: refused")

    assert signals_of(error) == Signals(credentials=BreakerSignal.FAILURE)
    assert judge(error).limit is LimitSignal.IGNORED
    assert judge(error).retry is Retry.PLAIN


def test_a_certificate_that_is_not_trusted_is_no_outage() -> None:
    """It once opened the breaker, and a command with a wrong authority waited for a quarter of an hour."""
    verdict = judge(errors.Untrusted("unable to get local issuer certificate"))

    assert verdict.retry is Retry.PLAIN
    assert verdict.breaker is BreakerSignal.IGNORED


@pytest.mark.parametrize("error", [errors.CircuitOpen(3.0), errors.DeadlinePassed("quota")])
def test_waiting_in_vain_says_nothing_about_the_server(error: errors.SlidesError) -> None:
    """A breaker that fed on its own refusals would never close."""
    verdict = judge(error)

    assert verdict.retry is Retry.NEVER
    assert verdict.breaker is BreakerSignal.IGNORED
    assert verdict.limit is LimitSignal.IGNORED


def test_a_refusal_for_quota_speaks_to_the_pacer_alone() -> None:
    """Fewer calls at once do not make more calls per minute."""
    verdict = judge(errors.QuotaExceeded("slow down", http_status=429))

    assert verdict.retry is Retry.PACED
    assert verdict.breaker is BreakerSignal.IGNORED
    assert verdict.is_throttled


@pytest.mark.parametrize(
    ("kind", "retry"),
    [
        (errors.RevisionConflict, Retry.REBASE),
        (errors.CannotBeApplied, Retry.REBASE),
        (errors.InvalidRequest, Retry.ISOLATE),
        (errors.Unauthenticated, Retry.REFRESH),
        (errors.PermissionDenied, Retry.NEVER),
        (errors.NotFound, Retry.NEVER),
        (errors.Rejected, Retry.NEVER),
    ],
)
def test_each_refusal_has_its_own_way_on(kind: type[errors.Rejected], retry: Retry) -> None:
    """To repeat a refusal unchanged only spends quota."""
    assert judge(kind("no", http_status=400)).retry is retry


def test_every_error_of_the_engine_has_a_verdict() -> None:
    """A new error without one would end an attempt in an exception of another kind."""
    classes, todo = list[type[errors.SlidesError]](), [*errors.SlidesError.__subclasses__()]
    while todo:
        classes.append(kind := todo.pop())
        todo.extend(kind.__subclasses__())

    assert [judge(kind.__new__(kind)) for kind in classes]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (errors.Unreachable("refused"), AttemptOutcome.NOT_SENT),
        (errors.NotFound("404", http_status=404), AttemptOutcome.REJECTED),
        (errors.ConnectionLost("reset"), AttemptOutcome.UNKNOWN),
    ],
)
def test_the_outcome_says_whether_it_may_have_had_an_effect(
    error: errors.SlidesError, outcome: AttemptOutcome
) -> None:
    """That is what a reader of the log needs to know first."""
    assert outcome_of(error) is outcome
