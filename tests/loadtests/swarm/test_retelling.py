from loadtests.swarm.profile import Whims
from loadtests.swarm.promises import Broken
from loadtests.swarm.retelling import story_of_episode
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
        "decks": "2 of 2 slides, 1 keys each",
        "batch_retry_attempts": "8",
    }
