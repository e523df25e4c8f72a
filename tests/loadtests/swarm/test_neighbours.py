from collections import Counter

import pytest

from engine.quota.calls import Calls
from loadtests.swarm.episode import Episode, live_through
from loadtests.swarm.neighbours import decks_of_neighbours
from loadtests.swarm.whims import Kill, Point, Whims
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


def test_neighbours_have_decks_of_their_own_and_nobody_is_told_what_they_do() -> None:
    """What is promised of an engine is held against one."""
    profile = a_profile(whims=WITH_OTHERS)
    others = {deck.presentation_id for deck in decks_of_neighbours(profile)}

    episode = live_through(profile)

    seen = Counter(entry.presentation_id in others for entry in episode.ledger if entry.presentation_id)
    assert len(others) == 2
    assert min(seen[True], seen[False]) > 5
    assert {fact["presentation_id"] for fact in episode.facts if "presentation_id" in fact}.isdisjoint(others)
