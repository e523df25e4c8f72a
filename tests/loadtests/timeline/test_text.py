import io

import pytest
from rich.console import Console

from loadtests.timeline.story import Remark, Story
from loadtests.timeline.text import tell, timeline_lines
from tests.support.stories import ZERO, a_story, ending, real_story, small_ledger, small_run


def _told(story: Story, *, is_terminal: bool = False, width: int = 100) -> list[str]:
    colours = {"force_terminal": True, "color_system": "standard"} if is_terminal else {}
    screen = Console(file=io.StringIO(), width=width, **colours)
    tell(screen, story)
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue().splitlines()


def test_the_first_lines_say_what_run_it_is() -> None:
    """A log is read without its command line."""
    assert _told(a_story())[:4] == [
        "scenario small, seed 7",
        "Nothing is lost.",
        "1 presentation, 2 operations, 3 attempts, 1 strike, 2.00 s",
        "",
    ]


def test_the_last_lines_say_what_broke() -> None:
    """All of it, however long, and nothing after it."""
    remarks = [
        Remark(ZERO + 2, "lost " * 99 + "edit", is_broken=True),
        Remark(ZERO + 2, "b", is_broken=True),
    ]

    lines = _told(a_story(remarks=remarks))

    assert lines[-2:] == [f"broken at 2.000 s: {'lost ' * 99}edit", "broken at 2.000 s: b"]


def test_that_nothing_broke_is_said_too() -> None:
    """Silence could mean that nobody looked."""
    assert _told(a_story())[-1] == "nothing broke"


def test_a_line_has_its_moment_its_lane_and_what_happened() -> None:
    """In columns, so that the eye finds them."""
    (line,) = [line for line in _told(a_story()) if "write #1" in line]

    assert line.split()[:4] == ["0.600", "deck-1/s1/0", "write", "#1"]
    assert "unknown after 0.40 s, struck by lose (tcp.reset before_commit): ConnectionLost" in line


def test_a_terminal_gets_colours_and_a_log_does_not() -> None:
    """Escape sequences in a file are noise."""
    assert "\x1b" in "".join(_told(a_story(), is_terminal=True))
    assert "\x1b" not in "".join(_told(a_story()))


@pytest.mark.parametrize("width", [60, 80, 160])
def test_a_terminal_gets_one_line_per_moment(width: int) -> None:
    """Whatever an error has to say, the columns stay."""
    facts = small_run()
    facts[7] = ending("deck-1/s1/0", 0.2, 0.4, outcome="unknown", error_class="X", error_text="long " * 99)
    story = a_story(facts, small_ledger())

    lines = _told(story, is_terminal=True, width=width)

    assert len(lines) == len(list(timeline_lines(story)))


def test_no_text_is_taken_for_markup_or_breaks_its_line() -> None:
    """Errors hold brackets and line ends."""
    facts = small_run()
    facts[7] = ending("deck-1/s1/0", 0.2, 0.4, outcome="unknown", error_class="X", error_text="[red]a\n b[/]")

    assert any("X: [red]a b[/]" in line for line in _told(a_story(facts, small_ledger()), width=200))


def test_a_real_run_can_be_read() -> None:
    """From its first phase to what it comes to."""
    lines = _told(real_story("outage"))

    assert any("closed -> open" in line for line in lines)
    assert any(line.startswith("fates: 144 applied") for line in lines)
    assert len(lines) < 100
