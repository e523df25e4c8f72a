import io

import pytest
from rich.console import Console

from loadtests.report.shrunk import ShrinkProgress, size_words
from loadtests.swarm.whims import Whims
from tests.support.swarms import RESET, a_profile


@pytest.mark.parametrize(
    ("whims", "engine", "words"),
    [
        (Whims(), {}, "1 fault, 0 whims, 0 settings, 2 decks"),
        (
            Whims({0: 1.0}, {1: 2.0}, 3.0),
            {"batch_retry_attempts": 8},
            "1 fault, 3 whims, 1 setting, 2 decks",
        ),
    ],
)
def test_the_size_of_a_profile_counts_all_that_shrinking_can_leave_out(
    whims: Whims, engine: dict[str, int], words: str
) -> None:
    """Whoever reads it sees what it takes."""
    assert size_words(a_profile(RESET, whims=whims, **engine)) == words


def test_a_terminal_sees_it_shrink_and_a_log_does_not() -> None:
    """A line that rewrites itself is garbage in a file."""
    terminal = Console(file=io.StringIO(), width=100, force_terminal=True)
    log = Console(file=io.StringIO(), width=100)

    for screen in (terminal, log):
        with ShrinkProgress(screen) as progress:
            progress.kept(a_profile(RESET))

    assert isinstance(terminal.file, io.StringIO)
    assert isinstance(log.file, io.StringIO)
    assert "shrinking" in terminal.file.getvalue()
    assert log.file.getvalue() == ""
