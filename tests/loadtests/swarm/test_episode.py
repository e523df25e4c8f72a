import asyncio

import pytest

from engine import SlidesEngine
from engine.admission.locks import PresentationLock
from loadtests.mutants.trying import EVERY_MUTANT
from loadtests.simulation.replaced import replaced
from loadtests.simulation.trace import Trace
from loadtests.swarm.episode import THE_WORLD_HOLDS, live_through
from loadtests.swarm.profile import Whims
from loadtests.swarm.promises import EVERY_PROMISE
from tests.support.swarms import RESET, a_profile

STORMY = a_profile(RESET)


def test_a_seed_that_holds_was_looked_at_by_every_promise_that_had_cause() -> None:
    """And its story is there to be told."""
    episode = live_through(STORMY)

    assert episode.broken == []
    assert set(episode.checked_counts) == {promise.__name__ for promise in EVERY_PROMISE} | {THE_WORLD_HOLDS}
    assert episode.checked_counts["EveryEditIsToldTruly"] > 0
    assert episode.strikes == {"reset": 4}
    assert episode.virtual_seconds > STORMY.storm_seconds
    assert {entry.rule_id for entry in episode.ledger} == {None, "reset"}
    assert {"OperationSettled", "AttemptSettled"} <= {fact["event"] for fact in episode.facts}


def test_a_profile_comes_to_the_same_each_time() -> None:
    """To the last event."""
    traces = [Trace(keeps_lines=True), Trace(keeps_lines=True)]

    one, other = (live_through(STORMY, trace) for trace in traces)

    assert traces[0].lines == traces[1].lines
    assert (one.digest, one.virtual_seconds) == (other.digest, other.virtual_seconds)
    assert one.digest == traces[0].digest()


def test_what_breaks_is_told_in_order_of_time() -> None:
    """The first is what a hunt names."""
    with EVERY_MUTANT["fate told twice"].planted():
        episode = live_through(STORMY)

    assert episode.broken[0].promise == "EveryEditSettlesOnce"
    assert len(episode.broken) > 1
    moments = [broken.at_seconds for broken in episode.broken]
    assert moments == sorted(moments)


def test_an_error_that_ends_the_world_is_a_broken_promise_like_any() -> None:
    """A hunt goes on to the next seed, and what was told until then is kept."""

    def broken(self: SlidesEngine) -> None:
        raise ZeroDivisionError("no sockets today")

    with replaced(SlidesEngine, "in_use", property(broken)):
        episode = live_through(STORMY)

    (found,) = [each for each in episode.broken if each.promise == THE_WORLD_HOLDS]
    assert found.text == "ZeroDivisionError: no sockets today"
    assert found.at_seconds > episode.began_at_seconds
    assert episode.strikes == {"reset": 4}


def test_a_lock_that_nobody_ever_gets_does_not_keep_the_world_going_for_ever() -> None:
    """Deadlines end the calls, and those after the storm."""

    async def never(_locks: PresentationLock, _presentation_id: str) -> None:
        await asyncio.Event().wait()

    with replaced(PresentationLock, "take", never):
        episode = live_through(STORMY)

    assert {broken.promise for broken in episode.broken} == {"TheStormIsSurvived"}


@pytest.mark.parametrize(
    ("whims", "told"),
    [
        (Whims(cancels_at_seconds={0: 0.05}), "cancelled by its caller"),
        (Whims(closes_at_seconds=0.05), "the engine was closed"),
    ],
)
def test_callers_and_closings_have_their_moment(whims: Whims, told: str) -> None:
    """Their calls end, in words, and nothing is left behind."""
    episode = live_through(a_profile(RESET, whims=whims))

    assert episode.broken == []
    assert told in {fact.get("error_text") for fact in episode.facts}
