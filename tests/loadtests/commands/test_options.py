import click
import pytest
from click.testing import CliRunner, Result

from loadtests.commands.options import what_to_show, what_to_sweep


@click.command()
@what_to_sweep
@what_to_show("SOMEWHERE")
def _command(**choices: object) -> None:
    click.echo(choices)


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(_command, arguments)


def test_reads_numbers_and_fractions_as_people_write_them() -> None:
    """The words of a scenario file work here too."""
    shown = _run("--concurrency", "1, 2,8", "--time-scale", "1/20").output

    assert "'concurrencies': (1, 2, 8)" in shown
    assert "'time_scale': 0.05" in shown


def test_leaves_what_is_not_given_to_the_scenario() -> None:
    """None is the word for that."""
    shown = _run().output

    assert "'concurrencies': None" in shown
    assert "'seed': None" in shown


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--concurrency", "1,two", "like 1,2,3,5,8"),
        ("--concurrency", "0", "whole numbers from 1"),
        ("--concurrency", "", "whole numbers from 1"),
        ("--concurrency", "²", "whole numbers from 1"),
        ("--time-scale", "20", "like 1/20"),
        ("--strategy", "parallel", "'coalesced'"),
        ("--seed", "-1", "x>=0"),
        ("--repeat", "0", "1<=x<=1000"),
        ("--repeat", "1000000000", "1<=x<=1000"),
    ],
)
def test_a_bad_value_names_its_option_and_what_would_be_right(option: str, value: str, said: str) -> None:
    """One message, exit code 2, no traceback."""
    result = _run(option, value)

    assert result.exit_code == 2
    assert option in result.output
    assert said in result.output
