from click.testing import CliRunner, Result

from loadtests.mutants.__main__ import kill_line, mutants
from loadtests.mutants.trying import Kill


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(mutants, arguments)


def test_a_line_says_how_many_seeds_it_took_and_what_was_seen() -> None:
    """One line, however long the text."""
    line = kill_line(Kill("no lock", 4, "OneWriterPerPresentation", "a\n  took  b " + "x" * 99))

    assert line.split()[:5] == ["engine", "no", "lock", "4", "OneWriterPerPresentation"]
    assert "a took b x" in line
    assert "\n" not in line
    assert len(line) <= 150


def test_a_survivor_stands_out() -> None:
    """It is a hole in the promises."""
    assert kill_line(Kill("batch not atomic", 300)).split() == [
        "fake", "batch", "not", "atomic", "SURVIVED", "300", "seeds",
    ]  # fmt: skip


def test_all_noticed_is_good() -> None:
    """Exit code 0, with a summary."""
    result = _run("fate told twice", "revisions not checked", "--seeds", "3")

    assert result.exit_code == 0, result.output
    assert "2 of 2 mutants noticed; median seeds to death: 1, most: 1" in result.output


def test_one_that_is_not_noticed_is_not() -> None:
    """Exit code 1."""
    result = _run("deadline ignored between tries", "--seeds", "1")

    assert result.exit_code == 1, result.output
    assert "SURVIVED 1 seeds" in result.output
    assert "0 of 1 mutants noticed; none died" in result.output


def test_a_mutant_that_does_not_exist_is_told_plainly() -> None:
    """With those that do."""
    result = _run("no luck")

    assert result.exit_code == 2
    assert "there is no mutant 'no luck'" in result.output
    assert "no lock" in result.output
