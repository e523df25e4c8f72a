from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from loadtests.swarm import hunt as hunting
from loadtests.swarm.failing_seeds import FILE_NAME, FailingSeeds
from loadtests.swarm.hunt import Order, first_unlike_event, hunt
from loadtests.swarm.tally import Tally
from tests.support.swarms import (
    RESET,
    a_scenario,
    all_is_well,
    dies_at_three,
    fails_at_three,
    never_the_same,
)

SCENARIO = a_scenario({**RESET, "often": {"rate": "30%"}})


def _order(seeds: int, **choices: Any) -> Order:  # noqa: ANN401 # an order's
    return Order(SCENARIO, **{"first_seed": 1, "seeds_count": seeds, "workers_count": 1, **choices})


def test_seeds_that_failed_before_come_first_and_only_once() -> None:
    """They are the likeliest to fail again."""
    order = _order(4, first_seed=10)

    assert list(order.seeds([])) == [10, 11, 12, 13]
    assert list(order.seeds([12, 99])) == [12, 99, 10, 11, 13]


def test_to_check_determinism_each_seed_comes_twice_the_second_time_the_other_way_round() -> None:
    """So that each has other worlds before it in its process."""
    order = _order(2, checks_determinism=True)

    assert list(order.seeds([7])) == [7, 1, 2, 2, 1, 7]


@pytest.mark.parametrize("failing", [[], [2], [2, 99]])
@pytest.mark.parametrize("is_twice", [False, True])
def test_as_many_trials_are_foreseen_as_there_are(failing: list[int], *, is_twice: bool) -> None:
    """The bar ends where the hunt does."""
    order = _order(4, checks_determinism=is_twice)

    assert order.trials_count(failing) == len(list(order.seeds(failing)))


def test_seeds_without_number_need_no_memory() -> None:
    """A hunt to be stopped by hand, of a thousand million seeds, ended in a MemoryError before the first."""
    order = _order(10**15, checks_determinism=True)

    assert order.trials_count([7]) == 2 * 10**15
    assert list(islice(order.seeds([7]), 3)) == [7, 1, 2]


async def _hunt(
    monkeypatch: pytest.MonkeyPatch, folder: Path, trial: Callable[..., object], order: Order
) -> tuple[Tally, list[int]]:
    """Return what a hunt came to, and which seeds have failed by then."""
    monkeypatch.setattr(hunting, "try_seed", trial)
    told: list[int] = []
    tally = await hunt(
        order, FailingSeeds(folder / FILE_NAME), lambda so_far: told.append(so_far.seeds_count)
    )
    assert told == sorted(told)
    assert len(told) == tally.trials_count + len(tally.deaths)
    return tally, list(FailingSeeds(folder / FILE_NAME))


async def test_goes_through_all_seeds_while_every_promise_holds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And is told of each."""
    tally, failing = await _hunt(monkeypatch, tmp_path, all_is_well, _order(6, workers_count=2))

    assert (tally.seeds_count, tally.failed, failing) == (6, [], [])


async def test_stops_at_the_first_promise_that_breaks_and_keeps_its_seed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One failure is enough to work on."""
    tally, failing = await _hunt(monkeypatch, tmp_path, fails_at_three, _order(9))

    assert (tally.seeds_count, [trial.seed for trial in tally.failed], failing) == (3, [3], [3])


async def test_goes_on_when_it_is_told_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Over night one wants to know of all."""
    tally, failing = await _hunt(monkeypatch, tmp_path, fails_at_three, _order(100, goes_on=True))

    assert (tally.seeds_count, failing) == (100, [3, 100])


async def test_a_seed_that_failed_and_holds_now_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Somebody has mended it."""
    FailingSeeds(tmp_path / FILE_NAME).settle(77, has_failed=True)

    tally, failing = await _hunt(monkeypatch, tmp_path, all_is_well, _order(1))

    assert (tally.seeds_count, failing) == (2, [])


async def test_a_worker_that_dies_is_told_with_its_seed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It proves nothing about the promises, and must not look as if it did."""
    tally, failing = await _hunt(monkeypatch, tmp_path, dies_at_three, _order(5, goes_on=True))

    assert (tally.seeds_count, tally.failed, failing) == (4, [], [])
    assert list(tally.deaths) == [3]
    assert "SIGKILL" in tally.deaths[3]


async def test_two_runs_of_a_seed_that_differ_end_the_hunt(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No seed can be replayed then."""
    order = _order(3, checks_determinism=True)

    tally, _ = await _hunt(monkeypatch, tmp_path, never_the_same, order)

    assert (tally.seeds_count, tally.trials_count, tally.unlike) == (3, 4, [3])


async def test_a_seed_is_the_same_in_two_processes_event_by_event() -> None:
    """What is said when a hunt found otherwise, and it was so only once."""
    assert await first_unlike_event(SCENARIO, 1) == "this time both runs were the same"
