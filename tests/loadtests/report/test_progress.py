import io

from rich.console import Console

from loadtests.measurements import Setting
from loadtests.report.progress import LiveProgress
from tests.support.runs import an_outcome


def _shown(screen: Console) -> str:
    assert isinstance(screen.file, io.StringIO)
    return screen.file.getvalue()


def _go_on(progress: LiveProgress) -> None:
    progress.setting_started(Setting("coalesced", 3))
    progress.operations_settled(2)
    progress.setting_finished(an_outcome(), None)


def test_a_log_gets_one_line_per_finished_setting() -> None:
    """A bar that redraws itself would fill a log with garbage."""
    screen = Console(file=io.StringIO(), width=160)

    with LiveProgress(screen, settings_count=1, edits_count=2) as progress:
        _go_on(progress)

    assert _shown(screen).split() == ["[1/1]", "coalesced@3", "10.0s", "pass"]
    assert "\x1b" not in _shown(screen)


def test_a_terminal_sees_the_table_grow() -> None:
    """Whoever waits wants to see what is there already."""
    screen = Console(file=io.StringIO(), width=160, force_terminal=True)

    with LiveProgress(screen, settings_count=2, edits_count=2) as progress:
        _go_on(progress)
        progress.setting_started(Setting("coalesced", 5))

    assert "coalesced@5" in _shown(screen)
    assert "slides ok" in _shown(screen)
