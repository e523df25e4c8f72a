"""An episode as a story that a person can follow.  A thinking room."""

from collections.abc import Iterator

from loadtests.swarm.episode import Episode
from loadtests.swarm.profile import Profile
from loadtests.timeline.scene import scene_of
from loadtests.timeline.story import Remark, Story, story_of


def story_of_episode(name: str, episode: Episode) -> Story:
    """Return the story of an episode.

    Args:
        name: of the scenario whose swarm it is of.
        episode: what happened.
    """
    scene = scene_of(name, episode.profile.scenario, episode.profile.seed, _details(episode.profile))
    return story_of(
        scene,
        episode.facts,
        episode.ledger,
        server_started_at_seconds=episode.began_at_seconds,
        remarks=tuple(_remarks(episode)),
    )


def _details(profile: Profile) -> dict[str, str]:
    workload = profile.scenario.workload
    return {
        "strategy": profile.setting.strategy,
        "concurrency": str(profile.setting.concurrency),
        "decks": f"{workload.presentations} of {workload.slides} slides, {workload.replacements} keys each",
        **{name: str(value) for name, value in profile.engine.items()},
    }


def _remarks(episode: Episode) -> Iterator[Remark]:
    began, whims = episode.began_at_seconds, episode.profile.whims
    for broken in episode.broken:
        yield Remark(broken.at_seconds, f"{broken.promise}: {broken.text}", is_broken=True)
    for place, at in whims.cancels_at_seconds.items():
        yield Remark(began + at, f"the caller of deck {place + 1} changes their mind")
    for place, allowed in whims.deadlines_seconds.items():
        yield Remark(began, f"the caller of deck {place + 1} allows {allowed:.1f} s")
    if whims.closes_at_seconds is not None:
        yield Remark(
            began + whims.closes_at_seconds,
            "the engine is closed" if whims.drain_seconds is None else "the engine is drained",
        )
