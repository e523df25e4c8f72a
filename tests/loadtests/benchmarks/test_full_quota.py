import pytest
from click import Command
from click.testing import CliRunner

from loadtests.benchmarks import full_quota, queue, reference_loads, virtual_time
from loadtests.benchmarks.full_quota import LATENCY_SECONDS, job, rows

COMMANDS = [full_quota.main, queue.main, reference_loads.main, virtual_time.main]


def a_small_job():  # noqa: ANN201 - a Scenario
    """Return the job with a tenth of its slides."""
    scenario = job()
    workload = scenario.workload.model_copy(update={"slides": 2, "replacements": 2})
    return scenario.model_copy(update={"workload": workload})


def test_no_strategy_is_faster_than_its_bound_and_none_much_slower() -> None:
    """A row below its bound would mean that one of the two is computed wrongly."""
    table = {row.strategy: row for row in rows(a_small_job())}

    assert {name: row.writes for name, row in table.items()} == {
        "sequential": 40, "per_slide": 20, "semaphore": 20, "coalesced": 10,
    }  # fmt: skip
    for row in table.values():
        rounds_of_reads = 10 if row.strategy == "sequential" else 4  # ten, over as many connections
        reads_seconds = rounds_of_reads * LATENCY_SECONDS
        assert row.bound_seconds <= row.own_bound_seconds <= row.seconds
        assert row.seconds <= 1.05 * (row.own_bound_seconds + reads_seconds)


def test_a_row_says_how_far_it_is_over_its_bound() -> None:
    """That share is what the table is for."""
    row = next(iter(rows(a_small_job())))

    assert str(row).split()[-1] == f"{row.seconds / row.own_bound_seconds - 1:.1%}"


@pytest.mark.parametrize("benchmark", COMMANDS)
def test_a_benchmark_without_options_refuses_one_and_has_help(benchmark: Command) -> None:
    """It was not read, and the benchmark ran for minutes; and so it did when asked for help."""
    refused, helped = (CliRunner().invoke(benchmark, [option]) for option in ("--nosuch", "--help"))

    assert (refused.exit_code, helped.exit_code) == (2, 0)
    assert "--nosuch" in refused.stderr
