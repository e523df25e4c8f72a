"""Was that write applied?  Judged from what the presentation says afterwards."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from engine.plan.operations import Batch

PageTexts = Mapping[str, tuple[str, ...]]
"""Per page id, the text of each shape and table cell in reading order."""


class Witness(StrEnum):
    """What a look at the presentation proves about a batch."""

    APPLIED = "applied"
    NOT_APPLIED = "not_applied"
    UNKNOWN = "unknown"


def page_texts(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the texts of every slide and notes page of a `presentations.get` document.

    Shapes, tables and groups (also nested) are read; what has no text adds nothing.
    """
    raise NotImplementedError


def judge(batch: Batch, before: PageTexts | None, after: PageTexts) -> Witness:
    """Say whether `batch` was applied between `before` and `after`.

    Args:
        batch: sent once or more, without a trustworthy answer.
        before: `page_texts` of the revision the batch was fenced with; None if it was never read.
        after: `page_texts` of the latest revision.

    Returns:
        NOT_APPLIED also when the batch would change nothing: sending it again does no harm.
    """
    raise NotImplementedError
