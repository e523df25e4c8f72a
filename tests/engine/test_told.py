"""What is told at the end."""

import pytest

from engine.events import Fate, OperationSettled
from engine.results import BatchReport, OperationResult, WritePlan
from engine.told import FateCount, told, word_of


def test_a_report_counts_fates_by_slide_and_names_what_was_missed() -> None:
    """Whoever reads it wants to know where to look."""
    applied = OperationResult("d/s1/0", "s1", "a", "b", Fate.APPLIED, None, met_open_breaker=False)
    missed = OperationResult("d/s2/0", "s2", "a", "b", Fate.NOT_SENT, None, met_open_breaker=False)

    lines = told(BatchReport("d", (applied, missed))).splitlines()

    assert [line.split() for line in lines[1:3]] == [["s1", "1", "0", "0", "0"], ["s2", "0", "0", "1", "0"]]
    assert lines[3] == "s2: 'a': None"


def test_a_plan_says_that_nothing_was_written() -> None:
    """It looks so much like a report."""
    assert told(WritePlan("d", (), 0.0)).endswith("Nothing was written.")


def test_a_key_that_was_nowhere_is_named_whatever_its_fate() -> None:
    """Replacing nothing succeeds, so the table alone would say that all is well."""
    line = "'{{nmae}}' is on none of these slides; is it spelt right?"

    for done in (BatchReport("d", (), ("{{nmae}}",)), WritePlan("d", (), 0.0, ("{{nmae}}",))):
        assert told(done).splitlines()[-1] == line


def test_fates_are_counted_as_they_are_told() -> None:
    """Who presses Ctrl-C wants to know what was done."""
    count = FateCount()

    for fate in (Fate.APPLIED, Fate.APPLIED, Fate.NOT_SENT):
        count(OperationSettled("p/s/0", "p", "s", fate, 2.0))

    assert str(count) == "2 edits applied, 0 edits rejected, 1 edit not sent, 0 edits indeterminate"


@pytest.mark.parametrize(("fate", "word"), [(Fate.NOT_SENT, "not sent"), (Fate.APPLIED, "applied")])
def test_fates_are_plain_words(fate: Fate, word: str) -> None:
    """Underscores are for machines."""
    assert word_of(fate) == word
