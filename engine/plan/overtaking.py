"""Edits that come too late: one that was to come after them, and finds text of theirs, was applied.  Pure."""

from collections.abc import Iterable, Sequence

from engine.plan.operations import ReplaceText


def overtaken(
    left: Iterable[ReplaceText], applied: Iterable[ReplaceText], order: Sequence[str]
) -> list[ReplaceText]:
    """Return those of the edits left that would no longer do what they were to do.

    Args:
        left: not applied yet.
        applied: for certain or perhaps.
        order: the ids of all edits, as they were to be applied.
    """
    places = {name: place for place, name in enumerate(order)}
    done = list(applied)
    return [
        edit
        for edit in left
        if any(
            places[edit.operation_id] < places[other.operation_id] and not _do_commute(edit, other)
            for other in done
            if not set(edit.page_ids).isdisjoint(other.page_ids)
        )
    ]


def _do_commute(one: ReplaceText, other: ReplaceText) -> bool:
    """Say whether two edits make the same of a text in either order, as far as the two themselves tell."""
    pairs = ((one, other), (other, one))
    return not do_overlap(one.find, other.find) and not any(a.find in b.replace for a, b in pairs)


def do_overlap(one: str, other: str) -> bool:
    """Say whether one text stands in the other, or ends as the other begins."""
    sizes = range(1, min(len(one), len(other)))
    meets = any(one[-size:] == other[:size] or other[-size:] == one[:size] for size in sizes)
    return meets or one in other or other in one
