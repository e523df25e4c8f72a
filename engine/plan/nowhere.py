"""Texts that are to be replaced and are not there: no error to Google, and perhaps a misspelt key."""

from collections.abc import Sequence

from engine.plan.operations import ReplaceText
from engine.plan.witness import PageTexts, change_by, needle


def nowhere(operations: Sequence[ReplaceText], before: PageTexts) -> tuple[str, ...]:
    """Return the texts to find that are on none of their pages, in the order of the operations.

    One that only another edit brings is not among them: each finds what those before it wrote.

    Args:
        operations: in the order in which they come to pass.
        before: holds every page that they touch.
    """
    missing = dict.fromkeys(each.find for each in operations)
    for each in operations:  # most texts are there from the start, and then nothing need be foretold
        if each.find in missing and _is_there(each, before):
            del missing[each.find]
    pages = dict(before)
    for each in operations if missing else ():
        if each.find in missing and _is_there(each, pages):
            del missing[each.find]
        change = change_by(each)
        pages.update({page: tuple(map(change, pages[page])) for page in each.page_ids})
    return tuple(missing)


def _is_there(operation: ReplaceText, pages: PageTexts) -> bool:
    found = needle(operation)
    return any(found.search(text) for page in operation.page_ids for text in pages[page])
