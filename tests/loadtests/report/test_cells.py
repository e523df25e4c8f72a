import pytest

from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome
from loadtests.report.cells import HEADINGS, absorbed, cells, shown_seconds, shown_share
from loadtests.statistics import share
from tests.support.runs import an_outcome


@pytest.mark.parametrize(
    "outcome", [an_outcome(), SettingOutcome(Setting("coalesced", 5), None, problem="no fake")]
)
def test_every_row_has_a_text_for_every_heading(outcome: SettingOutcome) -> None:
    """Also the row of a setting that could not be measured."""
    assert len(cells(outcome)) == len(HEADINGS)


@pytest.mark.parametrize(
    ("surfaced", "attempts", "shown"),
    [(0, 54, "0 / 54"), (2, 5, "2 / 3"), (9, 2, "9 / 0"), (None, None, "0 / 0")],
)
def test_what_surfaced_stands_before_what_was_absorbed(
    surfaced: int | None, attempts: int | None, shown: str
) -> None:
    """One broken batch may end many operations, and never absorbs a negative number."""
    assert absorbed(surfaced, attempts) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(None, "-"), (0.416, "0.42s"), (12.34, "12.3s"), (266.4, "266s")]
)
def test_a_span_has_the_digits_it_deserves(seconds: float | None, shown: str) -> None:
    """Nobody reads 266.41s."""
    assert shown_seconds(seconds) == shown


def test_a_share_stands_with_its_interval() -> None:
    """100 % of three slides is not 100 % of three hundred."""
    assert shown_share(share(80, 80)) == "100.0% [95.4, 100.0]"
    assert shown_share(share(0, 0)) == "-"


def test_why_a_world_did_not_start_is_not_squeezed_into_a_cell() -> None:
    """A traceback of twenty lines in one column made the table unreadable."""
    broken = SettingOutcome(Setting("coalesced", 5), None, problem="Traceback\n  File ...\nImportError")

    assert cells(broken)[:3] == ("coalesced", "5", "none")
