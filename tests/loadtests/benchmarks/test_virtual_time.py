import asyncio

from engine.clock import MonotonicClock
from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.benchmarks.virtual_time import (
    Figure,
    pace_of_a_plain_client,
    pace_of_one_world,
    seeds_a_minute,
    times_sooner,
    under_quota,
)


def test_a_figure_says_what_is_wanted_and_whether_it_is_met() -> None:
    """The exit code goes by it."""
    met, missed, free = Figure("pace", 2_000.0, 1_500.0), Figure("pace", 900.0, 1_500.0), Figure("ratio", 3.0)

    assert [figure.is_met for figure in (met, missed, free)] == [True, False, True]
    assert str(missed) == "pace: 900 (wanted: 1,500)"
    assert str(free) == "ratio: 3"


def test_virtual_time_passes_faster_than_real_time() -> None:
    """How much faster is the benchmark's word, and the machine's."""
    assert pace_of_one_world(MonotonicClock(), under_quota(4, 3), rounds_count=1) > 1
    assert pace_of_a_plain_client(MonotonicClock(), under_quota(4, 3), rounds_count=1) > 1


async def test_every_seed_is_tried_and_told() -> None:
    """A pace of seeds that were left out would be a fine one."""
    told: list[int] = []
    scenario = load_scenario(find_scenario("calm"))

    pace = await seeds_a_minute(MonotonicClock(), scenario, 3, told.append)

    assert pace > 0
    assert told == [1, 2, 3]


def test_a_small_world_ends_sooner_than_real_processes_do() -> None:
    """Both come to their record from nothing, the processes' start included."""
    assert asyncio.run(times_sooner(MonotonicClock(), under_quota(1, 2, latency="50ms"))) > 1
