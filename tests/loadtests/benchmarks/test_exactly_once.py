from collections import Counter
from dataclasses import replace

import pytest
from click.testing import CliRunner

from loadtests.benchmarks.exactly_once import HEAD, Result, decks_count, lines_of, main, objections, weather
from tests.support.promises import an_audit

FATES = Counter({"applied": 9_999, "indeterminate": 1})
GOOD = Result(an_audit(), FATES, {"deck/s1/0": "lost"}, {"reset": 3})
BLIND = Result(an_audit(duplicated=("deck/s1/0",)), Counter({"applied": 10}), {}, {"reset": 3})


def test_the_weather_has_all_that_can_befall_a_write() -> None:
    """Lost requests and answers, late copies, collaborators, poison, and both kinds of storms."""
    assert {rule.id for rule in weather().faults} == {
        "poison", "lost-request", "lost-answer", "late-copy", "collaborator", "storm-429", "storm-503",
    }  # fmt: skip


def test_the_engine_must_be_without_a_flaw_and_the_blind_client_must_not() -> None:
    """An audit that finds nothing anywhere proves nothing."""
    [unseen] = objections(GOOD, replace(BLIND, found=an_audit()))

    assert objections(GOOD, BLIND) == []
    assert unseen == "blind retries doubled nothing, so that the audit may be blind"


@pytest.mark.parametrize(
    "found",
    [
        an_audit(lost=("a",)),
        an_audit(duplicated=("a",)),
        an_audit(wrong_reports=("a",)),
        an_audit(unsettled=("a",)),
        an_audit(indeterminate=tuple("abcdefghijk")),
    ],
    ids=["lost", "duplicated", "wrong", "no fate", "too many in doubt"],
)
def test_any_flaw_is_one_too_many(found: object) -> None:
    """One edit in twenty thousand is somebody's deck."""
    assert len(objections(replace(GOOD, found=found), BLIND)) == 1  # type: ignore[arg-type] # an audit


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"fates": Counter({"not_sent": 10_000}), "unsure": {}}, "too few edits were applied"),
        (
            {"fates": Counter({"applied": 8_999, "not_sent": 1_001}), "unsure": {}},
            "too few edits were applied",
        ),
        (
            {"strikes": {"reset": 3, "stall": 0, "storm": 0}},
            "stall, storm never struck, which more edits would mend",
        ),
    ],
    ids=["nothing sent", "too little applied", "a fault never struck"],
)
def test_nothing_is_proven_by_what_was_not_tried(changes: dict[str, object], said: str) -> None:
    """A client that sends nothing doubles nothing, and no safeguard is shown by weather that never came."""
    assert objections(replace(GOOD, **changes), BLIND) == [said]  # type: ignore[arg-type] # fields of a result


def test_each_edit_that_nobody_can_know_of_is_named() -> None:
    """It has to be looked at by a person."""
    row, named = lines_of("engine", GOOD)

    assert len(row) == len(HEAD)
    assert named == "  indeterminate: deck/s1/0: lost"


def test_there_are_decks_enough() -> None:
    """Forty edits each."""
    assert [decks_count(count) for count in (1, 40, 41, 20_000)] == [1, 1, 2, 500]


def test_no_edits_are_refused() -> None:
    """They prove nothing; that was a traceback."""
    result = CliRunner().invoke(main, ["--operations", "0"])

    assert (result.exit_code, "0 is not in the range x>=1" in result.output) == (2, True)
