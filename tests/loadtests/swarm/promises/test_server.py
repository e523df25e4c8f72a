from typing import Any

import pytest

from loadtests.swarm.promises.server import DecksAreWhole, RevisionsFollowOneAnother, TheServerKeepsItsWord
from loadtests.swarm.survey import EXPECTED
from tests.support.promises import all_over, watched, what_broke
from tests.support.runs import an_entry


def _commit(before: str, after: str, presentation_id: str = "deck") -> Any:  # noqa: ANN401 # an entry
    return an_entry(revision_before=before, revision_after=after, presentation_id=presentation_id)


def test_each_batch_on_the_revision_before_it_is_a_history() -> None:
    """Whatever else happened, and each deck for itself."""
    ledger = [
        _commit("a", "b"), an_entry(committed=False), _commit("b", "c"), _commit("x", "y", "other"),
    ]  # fmt: skip

    assert what_broke(watched(RevisionsFollowOneAnother, all_over(ledger))) == []


@pytest.mark.parametrize(
    ("ledger", "said"),
    [
        ([_commit("a", "b"), _commit("x", "y")], "deck has 2 histories"),
        ([_commit("a", "b"), _commit("b", "c"), _commit("b", "d")], "two batches follow one revision"),
        ([_commit("a", "a")], "deck has 0 histories"),
    ],
)
def test_a_history_that_forks_or_has_a_gap_breaks_it(ledger: list[Any], said: str) -> None:
    """A fence on such a revision would keep nobody out."""
    assert what_broke(watched(RevisionsFollowOneAnother, all_over(ledger))) == [said]


def _deck(*pieces: tuple[str, int, int]) -> dict[str, Any]:
    runs = [
        {"startIndex": start, "endIndex": end, "textRun": {"content": content}}
        for content, start, end in pieces
    ]
    return {"slides": [{"shape": {"text": {"textElements": [{"paragraphMarker": {}}, *runs]}}}]}


@pytest.mark.parametrize(
    "pieces", [[("Ada\n", 0, 4)], [("🙂", 0, 2), ("a\n", 2, 4)], [("e\u0301\n", 0, 3)], []]
)
def test_a_text_whose_pieces_are_as_long_as_utf16_makes_them_is_whole(
    pieces: list[tuple[str, int, int]],
) -> None:
    """Google counts in UTF-16 code units."""
    assert what_broke(watched(DecksAreWhole, all_over(documents={"deck": _deck(*pieces)}))) == []


@pytest.mark.parametrize(
    "pieces",
    [[("🙂", 0, 1), ("a\n", 1, 3)], [("a", 0, 1), ("b\n", 2, 4)], [("a", 0, 2)], [("a", 1, 2)]],
)
def test_a_gap_and_a_wrong_length_break_it(pieces: list[tuple[str, int, int]]) -> None:
    """An engine that trusted such an index would cut a letter in two."""
    (text,) = what_broke(watched(DecksAreWhole, all_over(documents={"deck": _deck(*pieces)})))

    assert text.startswith("a text of deck: ")


def test_an_automatic_text_takes_one_unit_whatever_it_shows() -> None:
    """Such as a slide's number."""
    number = {"endIndex": 1, "autoText": {"type": "SLIDE_NUMBER", "content": "12"}}
    deck = {"slides": [{"shape": {"text": {"textElements": [number]}}}]}

    assert what_broke(watched(DecksAreWhole, all_over(documents={"deck": deck}))) == []


def test_every_question_has_the_answer_that_is_known() -> None:
    """One that is not answered is answered wrongly."""
    right = watched(TheServerKeepsItsWord, all_over(survey=EXPECTED))
    wrong = watched(TheServerKeepsItsWord, all_over(survey={**EXPECTED, "and changes nothing": False}))
    silent = watched(TheServerKeepsItsWord, all_over())

    assert what_broke(right) == []
    assert what_broke(wrong) == ["and changes nothing: False instead of True"]
    assert len(what_broke(silent)) == len(EXPECTED)
