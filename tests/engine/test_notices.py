from engine.events import (
    AttemptOutcome,
    AttemptSettled,
    BreakerChanged,
    LimitChanged,
    QuotaServerFound,
    QuotaServerLost,
)
from engine.notices import notice


def _attempt(error_class: str | None, outcome: AttemptOutcome = AttemptOutcome.UNKNOWN) -> AttemptSettled:
    return AttemptSettled(
        identity="deck/read", attempt=2, presentation_id="deck", method="presentations.get", operation_ids=(),
        sent_at_seconds=0.0, duration_seconds=0.1, outcome=outcome,
        error_class=error_class, error_text="[Errno 104]" if error_class else None,
    )  # fmt: skip


def test_a_failed_try_is_told_with_its_reason() -> None:
    """Whoever waits wants to know what for."""
    assert notice(_attempt("ConnectionLost")) == "presentations.get, try 2: ConnectionLost: [Errno 104]"


def test_an_outage_is_told_when_it_begins_and_when_it_ends() -> None:
    """Between the two a silent command looks like a dead one."""
    began = notice(BreakerChanged("host", "closed", "open", 1.0))
    ended = notice(BreakerChanged("host", "half-open", "closed", 9.0))

    assert began == "the server fails; waiting before the next trial"
    assert ended == "the server answers again"


def test_a_presentation_that_fails_by_itself_is_named() -> None:
    """It is no outage, and another deck would go through."""
    told = notice(BreakerChanged("presentation:deck", "closed", "open", 1.0))

    assert told == "the server, where it is about presentation deck, fails; waiting before the next trial"


def test_a_quota_server_that_is_lost_is_told_of_and_that_it_is_back() -> None:
    """Nothing is sent in between, and it is not the API that fails."""
    lost = notice(QuotaServerLost("redis://cache", "redis://cache: refused", 1.0))
    found = notice(QuotaServerFound("redis://cache", 9.0))

    assert lost == "redis://cache: refused; nothing is sent until it is back"
    assert found == "redis://cache: the quota server is back"


def test_what_goes_well_needs_no_word() -> None:
    """A command that chatters hides what matters."""
    cancelled, refused = _attempt("CancelledError"), _attempt("NotFound", AttemptOutcome.REJECTED)
    changes = (LimitChanged(1, 2, "success", 1.0), BreakerChanged("h", "open", "half-open", 1.0))
    quiet = (_attempt(None), cancelled, refused, *changes)

    assert [notice(event) for event in quiet] == [None] * len(quiet)
