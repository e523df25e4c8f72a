import subprocess
import sys

import pytest
from click.testing import CliRunner

from fakeslides.clock import ServerClock
from loadtests.benchmarks.fault_machinery import Doors, Rate, Round, main, measure, median_share, report


def a_round(loaded: float, stock: float) -> Round:
    """Return a round with these rates by CPU time."""
    return Round(Rate(1.0, loaded), Rate(1.0, stock))


def test_the_middle_round_decides() -> None:
    """One round in which the machine did something else must not."""
    rounds = [a_round(90, 100), a_round(10, 100), a_round(95, 100)]

    assert median_share(rounds) == pytest.approx(0.9)


def test_the_report_says_what_is_wanted() -> None:
    """A number without its measure says nothing."""
    assert report([a_round(90, 100)]).endswith("median share 0.900, wanted at least 0.85")


def test_both_doors_answer_and_are_paid_for() -> None:
    """A benchmark of refusals would be a fast one."""
    command = [sys.executable, "-m", "loadtests.benchmarks.doors"]

    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        [measured] = measure(Doors(server), ServerClock(), round_count=1, seconds=0.2)
        server.communicate()

    assert measured.loaded.by_clock > 0
    assert measured.stock.by_clock > 0
    assert server.returncode == 0


@pytest.mark.parametrize("arguments", [["--rounds", "0"], ["--seconds", "0"]])
def test_no_rounds_and_no_time_are_refused(arguments: list[str]) -> None:
    """There is no middle of nothing; that was a traceback."""
    result = CliRunner().invoke(main, arguments)

    assert (result.exit_code, "is not in the range" in result.output) == (2, True)
