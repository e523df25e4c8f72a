"""What a script learns of a run."""

import pytest

from engine.events import Fate
from engine.exit_codes import exit_code
from engine.results import BatchReport, OperationResult, WritePlan


@pytest.mark.parametrize(
    ("fates", "was_stopped", "has_journal", "code"),
    [
        ([Fate.APPLIED], False, False, 0),
        ([Fate.APPLIED], True, True, 0),
        ([], True, True, 0),
        ([Fate.APPLIED, Fate.REJECTED], False, True, 1),
        ([Fate.APPLIED, Fate.NOT_SENT], False, True, 1),
        ([Fate.APPLIED, Fate.REJECTED], True, True, 1),
        ([Fate.APPLIED, Fate.NOT_SENT], True, True, 6),
        ([Fate.REJECTED, Fate.NOT_SENT], True, True, 6),
        ([Fate.APPLIED, Fate.NOT_SENT], True, False, 130),
        ([Fate.NOT_SENT, Fate.INDETERMINATE], True, True, 5),
        ([Fate.NOT_SENT, Fate.INDETERMINATE], True, False, 5),
        ([Fate.REJECTED, Fate.INDETERMINATE], False, False, 5),
    ],
)
def test_what_is_least_certain_goes_first(
    fates: list[Fate], *, was_stopped: bool, has_journal: bool, code: int
) -> None:
    """A doubt wants a look, what is parked wants another run, and a refusal wants another input."""
    results = tuple(
        OperationResult("p/s/0", "s", "a", "b", fate, None, met_open_breaker=False) for fate in fates
    )

    report = BatchReport("p", results)

    assert exit_code(report, was_stopped=was_stopped, has_journal=has_journal) == code


def test_a_plan_is_what_was_asked_for() -> None:
    """A dry run has nothing to apply."""
    assert exit_code(WritePlan("p", (), 0.0), was_stopped=False, has_journal=False) == 0


@pytest.mark.parametrize("has_journal", [True, False])
def test_a_run_that_was_stopped_before_it_began_was_interrupted(*, has_journal: bool) -> None:
    """There is nothing in the journal to go on with either."""
    assert exit_code(None, was_stopped=True, has_journal=has_journal) == 130
