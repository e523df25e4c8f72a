from dataclasses import replace

import pytest

from loadtests.expectation import Difference
from loadtests.swarm.promises.edits import (
    BatchesAreNotTooLarge,
    EditsSettleInTime,
    EveryEditIsToldTruly,
    EveryEditSettlesOnce,
)
from tests.support.promises import (
    ONE,
    TWO,
    accepted,
    all_over,
    an_audit,
    settled,
    some_terms,
    watched,
    what_broke,
)
from tests.support.runs import a_document, an_entry, edits_in

TWO_EDITS = edits_in(a_document({"s1": "{{name}}", "s2": "{{name}}"}))


def test_an_audit_without_findings_is_the_truth() -> None:
    """Reports, ledger and decks say the same."""
    assert what_broke(watched(EveryEditIsToldTruly, all_over())) == []


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ({"lost": (ONE,)}, f"lost: {ONE} (1 in all)"),
        ({"duplicated": (ONE, TWO)}, f"landed more than once: {ONE}, {TWO} (2 in all)"),
        ({"wrong_reports": (ONE,)}, f"told wrongly: {ONE} (1 in all)"),
        ({"lost": tuple("abcdefg")}, "lost: a, b, c, d, e (7 in all)"),
    ],
)
def test_whatever_an_audit_finds_is_no_truth(found: dict[str, object], said: str) -> None:
    """The text names the edits, and not a hundred of them."""
    assert what_broke(watched(EveryEditIsToldTruly, all_over(audit=an_audit(**found)))) == [said]


def test_a_deck_that_is_not_as_told_is_no_truth() -> None:
    """Though each report may look right."""
    found = an_audit(deck_differences=(Difference("s1", "s1-body", "Ada", "{{name}}"),))

    (text,) = what_broke(watched(EveryEditIsToldTruly, all_over(audit=found)))

    assert "s1-body" in text
    assert "{{name}}" in text


def test_what_neighbours_were_told_is_held_against_the_truth_too() -> None:
    """Their edits were made and never looked at."""
    alone = some_terms()
    among_others = replace(alone, engines_count=2)
    wrong = all_over(told_to_neighbours=("a", "b", "c", "d"))

    assert what_broke(watched(EveryEditIsToldTruly, wrong, terms=among_others)) == ["a; b; c"]
    assert what_broke(watched(EveryEditIsToldTruly, all_over(), terms=among_others)) == []


def test_one_fate_for_each_edit_is_right() -> None:
    """Also for one that is asked for again when it has its fate."""
    happenings = [accepted(ONE), accepted(TWO), settled(TWO), settled(ONE), accepted(ONE), settled(ONE)]

    assert what_broke(watched(EveryEditSettlesOnce, *happenings, all_over())) == []


@pytest.mark.parametrize(
    ("happenings", "said"),
    [
        ([accepted(ONE), settled(ONE), settled(ONE)], f"{ONE} settled, though it was not open"),
        ([settled(ONE)], f"{ONE} settled, though it was not open"),
        ([accepted(ONE), accepted(ONE), settled(ONE)], f"{ONE} was taken on twice"),
        ([accepted(ONE), accepted(TWO), settled(TWO)], f"never settled: {ONE} (1 in all)"),
    ],
)
def test_no_fate_and_two_fates_are_wrong(happenings: list[object], said: str) -> None:
    """A caller would wait for ever, or hear two stories."""
    assert what_broke(watched(EveryEditSettlesOnce, *happenings, all_over())) == [said]


def test_a_batch_as_large_as_allowed_is_right_and_one_larger_is_wrong() -> None:
    """`slides_api_batch_size` is an operator's word."""
    entry = an_entry(TWO_EDITS, ended_at_seconds=4.0)

    right = watched(BatchesAreNotTooLarge, entry, terms=some_terms(slides_api_batch_size=2))
    wrong = watched(
        BatchesAreNotTooLarge, entry, terms=some_terms(slides_api_batch_size=1, started_at_seconds=100.0)
    )

    assert what_broke(right) == []
    assert what_broke(wrong) == ["deck/s1/0 holds 2 requests, 1 are allowed"]
    assert wrong.broken[0].at_seconds == 104.0


def test_a_collaborator_may_make_as_many_changes_as_they_like() -> None:
    """They were blamed for what the engine's settings say, wherever somebody edited beside it."""
    theirs = an_entry(TWO_EDITS, method="collaborator.edit", identity=None, attempt=None)

    watcher = watched(BatchesAreNotTooLarge, theirs, terms=some_terms(slides_api_batch_size=1))

    assert watcher.broken == []


def test_a_fate_by_the_deadline_is_in_time_and_one_long_after_it_is_not() -> None:
    """The loop may need a moment for the last timer, and no more."""
    right = watched(EditsSettleInTime, accepted(deadline=10.0), settled(at=10.4))
    wrong = watched(EditsSettleInTime, accepted(deadline=10.0), settled(at=11.0))

    assert what_broke(right) == []
    assert what_broke(wrong) == [f"{ONE} settled 1.000 s after its deadline"]
