from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from engine.events import Event, Fate, OperationSettled
from engine.quota.calls import Calls
from fakeslides.decks import Deck
from fakeslides.ledger import Entry
from loadtests.expectation import edits_of
from loadtests.measurements import Edit
from loadtests.swarm.episode import Episode, live_through
from loadtests.swarm.neighbours import Diary, decks_of_neighbours, untruths_of_neighbours
from loadtests.swarm.whims import Kill, Point, Whims
from tests.support.promises import settled
from tests.support.runs import a_document, an_entry, edits_in
from tests.support.swarms import a_profile


def _lived(whims: Whims) -> Episode:
    return live_through(a_profile(whims=whims, writes_per_minute=5, quota_use_share=0.8))


def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Calls, "taken_at", lambda *_: [])


WITH_OTHERS = Whims(shares_quota=True, neighbours=2)
WITH_THE_DEAD = Whims(
    keeps_journal=True, kills=(Kill(Point.AFTER_LINE, 9), Kill(Point.AFTER_LINE, 9)), shares_quota=True
)


@pytest.mark.parametrize("whims", [WITH_OTHERS, WITH_THE_DEAD], ids=["others", "the dead"])
def test_one_quota_is_enough_for_all_who_note_their_calls_in_one_file(whims: Whims) -> None:
    """In one world, at the server's count, and to the byte the same each time."""
    episode = _lived(whims)

    assert episode.broken == []
    assert episode.checked_counts["SharedQuotaIsKept"] > 0
    assert episode.digest == _lived(whims).digest


@pytest.mark.parametrize("whims", [WITH_OTHERS, WITH_THE_DEAD], ids=["others", "the dead"])
def test_a_file_in_which_nothing_is_found_is_noticed(whims: Whims, monkeypatch: pytest.MonkeyPatch) -> None:
    """A promise that no engine can break is none."""
    _forget(monkeypatch)

    assert {broken.promise for broken in _lived(whims).broken} >= {"SharedQuotaIsKept"}


def _history(batches: Sequence[Sequence[Edit]]) -> list[Entry]:
    """Return commits that follow one another, the last first."""
    revisions = [f"r{number}" for number in range(len(batches) + 1)]
    steps = zip(batches, pairwise(revisions), strict=True)
    return [an_entry(edits, revision_before=old, revision_after=new) for edits, (old, new) in steps][::-1]


@pytest.mark.parametrize(
    ("fates", "true_counts"),
    [
        ((), {0}),
        ((Fate.APPLIED,), {1}),
        ((Fate.APPLIED, Fate.APPLIED), {2}),
        ((Fate.NOT_SENT,), {0}),
        ((Fate.REJECTED, Fate.APPLIED), {1}),
        ((Fate.INDETERMINATE, Fate.APPLIED), {1, 2}),
    ],
)
@pytest.mark.parametrize("commits_count", range(3))
def test_each_call_of_a_neighbour_lands_as_often_as_it_was_told(
    fates: tuple[Fate, ...], true_counts: set[int], commits_count: int
) -> None:
    """They ask for the same edits again and again, so neither one fate nor one commit says it all."""
    before = {**a_document({"s1": "{{name}}"}), "revisionId": "r0"}
    (edit,) = edits_in(before)
    diary = Diary()
    for fate in fates:
        diary.tell(replace(settled(edit.operation_id), fate=fate))
    deck = Deck("deck", before, {edit.find: edit.replace})
    after = a_document({"s1": edit.replace if commits_count else edit.find})
    ledger = _history([[edit]] * commits_count)

    untruths = untruths_of_neighbours([deck], diary, ledger, {"deck": before}, {"deck": after})

    assert (list(untruths) == []) is (commits_count in true_counts)


def test_what_a_neighbours_deck_says_goes_by_the_order_of_the_commits() -> None:
    """One call applied a short key alone, which spoilt the long one for the next call; nobody lied."""
    before = {**a_document({"s1": "{{first_name}}"}), "revisionId": "r0"}
    replacements = {"{{first_name}}": "Zoë", "name": "nom"}
    long, short = edits_of(before, replacements)
    diary = Diary()
    for edit, fate in (
        (long, Fate.REJECTED),
        (short, Fate.APPLIED),
        (long, Fate.APPLIED),
        (short, Fate.APPLIED),
    ):
        diary.tell(replace(settled(edit.operation_id), fate=fate))
    ledger, deck = _history([[short], [long, short]]), Deck("deck", before, replacements)

    def said(text: str) -> list[str]:
        after = {"deck": a_document({"s1": text})}
        return list(untruths_of_neighbours([deck], diary, ledger, {"deck": before}, after))

    assert said("{{first_nom}}") == []
    assert len(said("Zoë")) == 1


def test_an_engine_that_lies_to_a_neighbour_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody held their reports against what happened."""
    told = Diary.tell

    def lie(self: Diary, event: Event) -> None:
        told(self, replace(event, fate=Fate.NOT_SENT) if isinstance(event, OperationSettled) else event)

    monkeypatch.setattr(Diary, "tell", lie)
    broken = _lived(WITH_OTHERS).broken

    assert [each.promise for each in broken] == ["EveryEditIsToldTruly"]
    assert "of a neighbour was told to be not_sent" in broken[0].text


def test_neighbours_have_decks_of_their_own_and_nobody_is_told_what_they_do() -> None:
    """What is promised of an engine is held against one."""
    profile = a_profile(whims=WITH_OTHERS)
    others = {deck.presentation_id for deck in decks_of_neighbours(profile)}

    episode = live_through(profile)

    seen = Counter(entry.presentation_id in others for entry in episode.ledger if entry.presentation_id)
    assert len(others) == 2
    assert min(seen[True], seen[False]) > 5
    assert {fact["presentation_id"] for fact in episode.facts if "presentation_id" in fact}.isdisjoint(others)
