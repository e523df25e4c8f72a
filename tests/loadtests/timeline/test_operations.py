import pytest

from loadtests.timeline.operations import Refusal, operations_of, refusals_of
from tests.support.stories import FIRST, ZERO, entry, fate, small_ledger, small_run, wish


def test_an_operation_has_its_fate_and_its_commits() -> None:
    """What was told and what was done, side by side."""
    first, second = operations_of(small_run(), small_ledger(), ZERO)

    assert (first.operation_id, first.slide_id, first.fate) == (FIRST, "s1", "applied")
    assert (first.accepted_at_seconds, first.settled_at_seconds) == (1000.1 - ZERO, 1.5)
    assert [one.commit_count for one in (first, second)] == [1, 1]
    assert [one.flaw for one in (first, second)] == [None, None]


@pytest.mark.parametrize(
    ("told", "commits", "flaw"),
    [
        ("applied", 0, "lost"),
        ("applied", 2, "duplicated"),
        ("rejected", 1, "wrong report"),
        ("not_sent", 1, "wrong report"),
        ("indeterminate", 1, None),
        ("indeterminate", 0, None),
        ("rejected", 0, None),
    ],
)
def test_a_fate_is_held_against_the_ledger(told: str, commits: int, flaw: str | None) -> None:
    """Nobody should have to count commits by eye."""
    ledger = [entry(FIRST, 0.3 + number, 0.4 + number, slide_id="s1") for number in range(commits)]

    (operation,) = operations_of([wish(FIRST, 0.1), fate(FIRST, 9.0, fate=told)], ledger, ZERO)

    assert operation.flaw == flaw


def test_an_operation_without_a_fate_says_so() -> None:
    """It hangs, and the caller still waits."""
    (operation,) = operations_of([wish(FIRST, 0.1)], [], ZERO)

    assert (operation.fate, operation.settled_at_seconds, operation.flaw) == (None, None, "no fate")


def test_a_request_of_another_kind_is_known_by_its_place_and_not_held_against_the_ledger() -> None:
    """Its fate is told without what it says, so each was called lost."""
    box = {**wish("deck/requests/3", 0.1), "find": "", "replace": "", "slide_id": "", "kind": "createShape"}

    (operation,) = operations_of([box, fate("deck/requests/3", 1.0)], [], ZERO)

    assert (operation.words, operation.fate, operation.flaw) == ("createShape (requests[3])", "applied", None)


def test_two_calls_on_one_deck_are_kept_apart() -> None:
    """They name their operations alike, and wish for different things."""
    again = {**wish(FIRST, 5.0), "replace": "Bob"}
    ledger = [entry(FIRST, 0.3, 0.4, slide_id="s1")]
    facts = [wish(FIRST, 0.1), fate(FIRST, 1.0), again, fate(FIRST, 9.0, fate="rejected")]

    first, second = operations_of(facts, ledger, ZERO)

    assert (first.replace, first.fate, first.settled_at_seconds, first.commit_count) == (
        "Ada",
        "applied",
        1.0,
        1,
    )
    assert (second.replace, second.fate, second.commit_count, second.flaw) == ("Bob", "rejected", 0, None)


def test_what_was_wished_twice_may_be_committed_twice() -> None:
    """Nobody was wronged by it."""
    facts = [wish(FIRST, 0.1), fate(FIRST, 1.0), wish(FIRST, 5.0), fate(FIRST, 9.0)]
    ledger = [entry(FIRST, 0.3, 0.4, slide_id="s1"), entry(FIRST, 5.3, 5.4, slide_id="s1")]

    assert [one.flaw for one in operations_of(facts, ledger, ZERO)] == [None, None]


def test_a_second_fate_does_not_stop_the_story() -> None:
    """An engine that settles twice is one whose story is wanted."""
    facts = [wish(FIRST, 0.1), fate(FIRST, 1.0), fate(FIRST, 2.0, fate="rejected")]

    (operation,) = operations_of(facts, [], ZERO)

    assert (operation.fate, operation.settled_at_seconds) == ("applied", 1.0)


def test_a_call_that_came_to_nothing_is_told() -> None:
    """It has no operations that could tell of it."""
    refused = {
        "event": "CallRefused", "presentation_id": "deck-9", "fate": "not_sent", "error_class": "NotFound",
        "error_text": "404", "is_tls_failure": False, "at_seconds": ZERO + 3,
    }  # fmt: skip

    (refusal,) = refusals_of([refused], ZERO)

    assert (refusal.presentation_id, refusal.at_seconds, refusal.error_class) == ("deck-9", 3.0, "NotFound")


def test_a_call_that_was_cancelled_has_no_error() -> None:
    """It is told all the same."""
    cancelled = {"event": "CallRefused", "presentation_id": "d", "fate": "not_sent", "at_seconds": ZERO}

    assert refusals_of([cancelled], ZERO) == [Refusal(0.0, "d", "not_sent")]


def test_what_is_taken_on_again_after_a_kill_is_one_operation() -> None:
    """Its caller had one wish, and the last word on it is the one that counts."""
    killed = {"event": "ProcessKilled", "at_seconds": ZERO + 2.0}
    ledger = [entry(FIRST, 0.3, 0.4, slide_id="s1")]

    (operation,) = operations_of([wish(FIRST, 0.1), killed, wish(FIRST, 3.0), fate(FIRST, 9.0)], ledger, ZERO)

    assert (operation.accepted_at_seconds, operation.settled_at_seconds) == (pytest.approx(0.1), 9.0)
    assert (operation.fate, operation.flaw, operation.wish_count) == ("applied", None, 1)
