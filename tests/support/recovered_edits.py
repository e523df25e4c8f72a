"""Edits that meet bad weather, and what became of them."""

from engine.events import Fate
from engine.results import BatchReport

TEXTS = {"s1": "{{a}} and {{b}}", "s2": "{{a}}"}
EDITS = {"{{a}}": "Ada", "{{b}}": "Bob"}
PERFECT = {"s1": "Ada and Bob", "s2": "Ada"}


def fates_of(report: BatchReport) -> set[Fate]:
    """Return the fates that the edits of a report have."""
    return {operation.fate for operation in report.operations}
