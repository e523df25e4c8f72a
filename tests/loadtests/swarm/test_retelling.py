from loadtests.swarm.asks import Ask
from loadtests.swarm.promises import Broken
from loadtests.swarm.retelling import story_of_episode
from loadtests.swarm.whims import Whims
from tests.support.runs import an_entry
from tests.support.swarms import a_profile, an_episode

PROFILE = a_profile(whims=Whims({0: 4.0}, {1: 2.5}, 9.0), batch_retry_attempts=8)


def test_whims_and_what_broke_are_remarks_at_their_moment() -> None:
    """Without them nobody could see why a call ended."""
    broken = Broken("NothingIsLeft", 1010.0, "a lock")

    story = story_of_episode("calm", an_episode(PROFILE, broken, ledger=(an_entry(),)))

    assert [(round(remark.at_seconds, 3), remark.text) for remark in story.remarks] == [
        (0.0, "the caller of deck 1 allows 4.0 s"),
        (2.5, "the caller of deck 2 changes their mind"),
        (9.0, "the engine is closed"),
        (10.0, "NothingIsLeft: a lock"),
    ]
    assert [remark.text for remark in story.broken] == ["NothingIsLeft: a lock"]


def test_the_scene_says_what_the_seed_chose() -> None:
    """Setting, decks, and what differs from the defaults."""
    scene = story_of_episode("calm", an_episode(PROFILE)).scene

    assert (scene.scenario, scene.seed) == ("calm", 7)
    assert scene.details == {
        "strategy": "per_slide",
        "concurrency": "2",
        "decks": "2",
        "slides each": "2",
        "keys each": "1",
        "batch_retry_attempts": "8",
    }


def test_what_else_callers_do_and_each_death_are_remarks() -> None:
    """A call that begins late or is taken up again is nothing that the engine tells of."""
    profile = a_profile(
        whims=Whims(
            begins_at_seconds={0: 4.0},
            shared=(1,),
            asks=(Ask(1, 1, "box"), Ask(1, 2, "text")),
            atomic=(1,),
            shares_quota=True,
            tenants={0: "acme"},
        )
    )
    killed = {"event": "ProcessKilled", "at_seconds": 1003.0, "text": "the client is killed before line 2"}

    story = story_of_episode("calm", an_episode(profile, facts=(killed,), ledger=(an_entry(),)))

    assert {remark.text for remark in story.remarks} == {
        "the caller of deck 1 begins after 4.0 s",
        "deck 2 has two callers, each for half of its slides",
        "the caller of deck 2 asks for box (request 1), text (request 2, about 1)",
        "the caller of deck 2 asks for all or nothing",
        "the caller of deck 1 calls for acme",
        "the quota is shared through a file, with 0 other engines",
        "the client is killed before line 2",
    }
