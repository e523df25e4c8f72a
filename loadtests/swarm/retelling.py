"""An episode as a story that a person can follow.  A thinking room."""

from collections.abc import Iterator

from loadtests.swarm.account import PROCESS_KILLED, PROCESS_STARTED
from loadtests.swarm.episode import Episode
from loadtests.swarm.profile import Profile
from loadtests.swarm.whims import Whims
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
        "decks": f"{workload.presentations}",
        "slides each": f"{workload.slides}",
        "keys each": f"{workload.replacements}",
        **{name: str(value) for name, value in profile.engine.items()},
    }


def _remarks(episode: Episode) -> Iterator[Remark]:
    for broken in episode.broken:
        yield Remark(broken.at_seconds, f"{broken.promise}: {broken.text}", is_broken=True)
    for fact in episode.facts:
        if fact["event"] in {PROCESS_KILLED, PROCESS_STARTED}:
            yield Remark(fact["at_seconds"], fact["text"])
    for at_seconds, text in _whims_told(episode.profile.whims):
        yield Remark(episode.began_at_seconds + at_seconds, text)


def _whims_told(whims: Whims) -> Iterator[tuple[float, str]]:
    for place, at_seconds in whims.cancels_at_seconds.items():
        yield at_seconds, f"the caller of deck {place + 1} changes their mind"
    for text in _told_at_the_beginning(whims):
        yield 0.0, text
    if whims.closes_at_seconds is not None:
        how = "closed" if whims.drain_seconds is None else "drained"
        yield whims.closes_at_seconds, f"the engine is {how}"


def _told_at_the_beginning(whims: Whims) -> list[str]:
    told = [
        *((place, f"allows {allowed:.1f} s") for place, allowed in whims.deadlines_seconds.items()),
        *((place, f"begins after {at:.1f} s") for place, at in whims.begins_at_seconds.items()),
        *((place, f"asks for {asked}") for place, asked in whims.asked().items()),
        *((place, f"calls for {tenant}") for place, tenant in whims.tenants.items()),
        *((place, "asks for all or nothing") for place in whims.atomic),
    ]
    shared = [f"deck {place + 1} has two callers, each for half of its slides" for place in whims.shared]
    quota = f"the quota is shared through a file, with {whims.neighbours} other engines"
    callers = [f"the caller of deck {place + 1} {text}" for place, text in told]
    return [*callers, *shared, *([quota] if whims.shares_quota else [])]
