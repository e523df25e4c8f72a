"""Completion time against what no schedule can beat; the two largest loads are for the benchmark."""

import pytest

from loadtests.benchmarks.reference_loads import LOADS, Load, Row, row_of


@pytest.mark.parametrize(
    ("load", "writes", "seconds"),
    [
        (LOADS[0], 4, 1.6),
        (LOADS[1], 40, 5.6),
        (LOADS[2], 10, 1.6),
        (LOADS[3], 350, 306.8),
        (LOADS[4], 100, 65.6),
    ],
)
def test_the_bounds_are_those_of_the_theory(load: Load, writes: int, seconds: float) -> None:
    """Worked out by hand once; a bound that moves makes every measurement look good."""
    assert sum(load.chain_writes) == writes
    assert load.least_seconds == pytest.approx(seconds)
    assert load.bound_seconds > load.least_seconds


@pytest.mark.parametrize("load", [*LOADS[:3], Load(80, 1, 1, 50)], ids=str)
def test_a_load_takes_hardly_more_time_than_it_must_and_no_write_more(load: Load) -> None:
    """The last one needs two windows of the quota, and is slow if all are read before any is written."""
    row = row_of(load)

    assert row.writes == sum(load.chain_writes)
    assert -1e-9 <= row.over_share <= 0.05
    assert row.is_good


def test_a_load_that_is_slow_or_wasteful_is_not_good() -> None:
    """And the row says by how much."""
    load = LOADS[0]

    assert not Row(load, 4, 1.06 * load.bound_seconds).is_good
    assert not Row(load, 5, load.bound_seconds).is_good
    assert str(Row(load, 4, 1.06 * load.bound_seconds)).endswith("6.0%")
