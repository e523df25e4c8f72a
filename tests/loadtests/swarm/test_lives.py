from collections import Counter

import pytest

from loadtests.swarm.asks import Ask
from loadtests.swarm.episode import Episode, live_through
from loadtests.swarm.whims import Kill, Point, Whims
from tests.support.swarms import RESET, a_profile


def _lived(*kills: Kill, **whims: object) -> Episode:
    return live_through(a_profile(RESET, whims=Whims(keeps_journal=True, kills=kills, **whims)))  # type: ignore[arg-type]


def _events(episode: Episode) -> Counter[str]:
    return Counter(fact["event"] for fact in episode.facts)


@pytest.mark.parametrize("point", Point)
def test_a_killed_client_goes_on_and_every_promise_holds(point: Point) -> None:
    """The first answers are lost beside the kill."""
    episode = _lived(Kill(point, 6))

    assert episode.broken == []
    assert _events(episode)["ProcessKilled"] == _events(episode)["ProcessStarted"] == 1
    assert episode.checked_counts["TheJournalIsTrue"] == 4
    settled = {fact["operation_id"]: str(fact["fate"]) for fact in episode.facts if "fate" in fact}
    assert set(settled.values()) == {"applied"}


def test_it_may_be_killed_again_and_again() -> None:
    """The second death finds the journal of the first."""
    episode = _lived(Kill(Point.STEP, 90), Kill(Point.AFTER_LINE, 1), Kill(Point.STEP, 1, 5.0, 0.0))

    assert episode.broken == []
    assert _events(episode)["ProcessKilled"] == 3


def test_nothing_is_told_by_the_dead_and_the_next_is_started_after_its_rest() -> None:
    """What they were about to tell is lost with them."""
    episode = _lived(Kill(Point.WITHIN_LINE, 3, rest_seconds=7.0))

    events = [fact["event"] for fact in episode.facts]
    dead = events.index("ProcessKilled")
    assert events[dead + 1] == "ProcessStarted"
    moments = [fact["at_seconds"] for fact in episode.facts[dead : dead + 2]]
    assert moments[1] - moments[0] == pytest.approx(7.0)


def test_a_life_that_has_fewer_steps_is_not_cut_short() -> None:
    """And the calls after the storm are safe from it."""
    episode = _lived(Kill(Point.STEP, 1_000_000), Kill(Point.BEFORE_LINE, 12))

    assert episode.broken == []
    assert _events(episode)["ProcessKilled"] == 0


def test_a_kill_may_fall_into_the_end_of_the_engine() -> None:
    """Nobody may hang for that the closing was never finished."""
    episode = _lived(Kill(Point.STEP, 20), closes_at_seconds=0.01)

    assert episode.broken == []
    assert _events(episode)["ProcessKilled"] == 1


def test_two_callers_of_one_deck_come_back_together() -> None:
    """Each finds its own call in the journal, or begins it."""
    episode = _lived(Kill(Point.AFTER_LINE, 2), Kill(Point.STEP, 60), shared=(0, 1))

    assert episode.broken == []
    assert {fact["operation_id"].split("/")[1] for fact in episode.facts if "operation_id" in fact} == {
        "slide_001",
        "slide_002",
    }


@pytest.mark.parametrize("redacts", [False, True])
@pytest.mark.parametrize("atomic", [(), (0,)])
def test_requests_beside_the_texts_are_taken_up_as_they_are(
    *, redacts: bool, atomic: tuple[int, ...]
) -> None:
    """A journal without texts takes them again, as it takes the replacements."""
    asks = tuple(
        Ask(0, number, what) for number, what in enumerate(("box", "text", "description", "copy"), 1)
    )

    episode = _lived(
        Kill(Point.AFTER_LINE, 4), Kill(Point.STEP, 60), asks=asks, atomic=atomic, redacts_journal=redacts
    )

    assert episode.broken == []
    assert _events(episode)["ProcessKilled"] == 2
    assert episode.checked_counts["EveryRequestIsToldTruly"] == 1
    assert episode.checked_counts["AtomicCallsAreWhole"] == len(atomic)
    fates = {fact["operation_id"]: str(fact["fate"]) for fact in episode.facts if "fate" in fact}
    assert {fate for name, fate in fates.items() if "/requests/" in name} <= {"applied", "indeterminate"}
    assert sum("/requests/" in name for name in fates) == 4


def test_a_run_with_kills_comes_to_the_same_each_time() -> None:
    """To the byte, or no seed could be replayed."""
    kills = Kill(Point.STEP, 80), Kill(Point.WITHIN_LINE, 2, survives_share=0.3)

    assert _lived(*kills).digest == _lived(*kills).digest
