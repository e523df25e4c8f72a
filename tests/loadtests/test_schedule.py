from itertools import pairwise

import pytest

from engine.settings import EngineSettings
from fakeslides.decks import workload_decks
from fakeslides.scenario.model import Workload
from fakeslides.scenario.server import Server
from loadtests.schedule import Schedule, schedule

WRITE = "presentations.batchUpdate"


def planned(
    *, presentations: int = 3, latency: str = "400ms", quota: object = None, **settings: object
) -> Schedule:
    """Return the calls for decks of two slides and two keys; a call costs nothing but its latency."""
    decks = workload_decks(Workload(presentations=presentations, slides=2, replacements=2), 1)
    return schedule(
        decks, EngineSettings(**settings), Server(latency={"fixed": latency}, quota=quota or {}), 1e9
    )


@pytest.mark.parametrize(
    ("strategy", "writes"), [("sequential", 4), ("per_slide", 2), ("semaphore", 2), ("coalesced", 1)]
)
def test_makes_the_writes_that_the_engine_would_make(strategy: str, writes: int) -> None:
    """Each presentation is read once, and the strategy decides how its edits are grouped."""
    calls = planned(batch_strategy=strategy).calls

    methods = [call.method for call in calls]
    assert methods.count("presentations.get") == 3
    assert methods.count(WRITE) == 3 * writes
    assert methods.count("token") == 1


def test_names_writes_by_their_first_edit() -> None:
    """Draws go by these names, so a dry run strikes the very calls that the run will make."""
    write = next(call for call in planned(presentations=1).calls if call.method == WRITE)

    assert write.identity.startswith(f"{write.presentation_id}/")
    assert write.identity.endswith("/0")


def test_calls_of_one_presentation_follow_one_another() -> None:
    """The engine has one writer per presentation."""
    calls = planned(batch_strategy="per_slide", max_concurrent_slides=3).calls

    for deck in {call.presentation_id for call in calls if call.presentation_id}:
        offsets = [call.offset_seconds for call in calls if call.presentation_id == deck]
        assert all(later - earlier >= 0.4 - 1e-9 for earlier, later in pairwise(offsets))


def test_another_connection_is_opened_as_the_limit_rises_and_no_more_than_the_pool_holds() -> None:
    """The engine begins with one call at a time."""
    calls = planned(
        presentations=90, writes_per_minute=9999, max_concurrent_slides=8, http_connection_pool_size=3
    ).calls

    assert {call.lane for call in calls} == {0, 1, 2}
    assert {call.lane for call in calls if call.offset_seconds < 1} == {0}


def test_writes_are_spaced_to_fit_the_quota() -> None:
    """Phases are met or missed by it."""
    calls = planned(presentations=30, latency="10ms", writes_per_minute=10, quota_use_share=1.0).calls
    offsets = sorted(call.offset_seconds for call in calls if call.method == WRITE)

    assert all(offsets[n + 10] - offsets[n] >= 60 - 1e-9 for n in range(20))


@pytest.mark.parametrize(
    "quota",
    [
        {"writes_per_user": 10},
        {"writes_per_project": 40, "used_by_others": "75%"},
        {"writes_per_project": 40, "others": {"writes_per_minute": 30}},
    ],
)
def test_what_the_server_allows_spaces_writes_too(quota: object) -> None:
    """A client that believes in more is refused until it has learnt."""
    calls = planned(presentations=30, latency="10ms", quota=quota).calls
    offsets = sorted(call.offset_seconds for call in calls if call.method == WRITE)

    assert all(offsets[n + 10] - offsets[n] >= 60 - 1e-9 for n in range(20))


def test_a_clock_that_runs_fast_makes_the_real_cost_of_a_call_long() -> None:
    """A millisecond of the machine is twenty of the scenario then."""
    decks = workload_decks(Workload(presentations=1, slides=1, replacements=1), 1)
    still = Server(latency={"fixed": "0ms"})

    slow, fast = (schedule(decks, EngineSettings(), still, scale).latency_seconds for scale in (1, 1 / 20))

    assert fast == pytest.approx(20 * slow)


def test_the_mean_of_a_long_tailed_latency_lies_above_its_middle() -> None:
    """With the median, everything would seem to be over too soon."""
    decks = workload_decks(Workload(presentations=1, slides=1, replacements=1), 1)
    tailed = Server(latency={"lognormal": {"p50": "320ms", "p99": "1.4s"}})

    mean = schedule(decks, EngineSettings(), tailed, 1e9).latency_seconds

    # exp(mu + sigma**2 / 2) is 391 ms; twenty steps cut the tail's end off.
    assert mean == pytest.approx(0.391, rel=0.05)
