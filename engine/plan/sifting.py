"""Which requests of a batch must not be sent any more, and why."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass

from engine.errors import ParentNotApplied, RevisionConflict, SlidesError
from engine.events import Fate
from engine.plan.given_requests import GivenRequest
from engine.plan.operations import Batch


@dataclass(frozen=True, slots=True)
class Sifted:
    """A batch without what must not be sent.

    Attributes:
        kept: what is left of it; None if nothing is.
        held_back: of the others, by operation id, the fate and the reason.
    """

    kept: Batch | None
    held_back: Mapping[str, tuple[Fate, SlidesError]]


def sift(
    batch: Batch,
    fate_of: Callable[[str], Fate | None],
    shifted: Container[str],
    *,
    unknowable: Callable[[str], bool] = lambda _: False,
    is_atomic: bool = False,
) -> Sifted:
    """Return a batch without what must not be sent.

    A request is held back if what it uses was to be made by one that was not applied, or if it counts in the
    text or the cells of an object that somebody else has edited: it would hit another place.  It may be sent
    later, unless its parent was refused, or nobody will ever know what became of that.

    Args:
        batch: not sent yet, or surely not applied.
        fate_of: says what became of an operation; None if it has no fate yet.
        shifted: the objects that others have edited.
        unknowable: says whether what became of an operation is indeterminate for good.
        is_atomic: what holds one back holds all of them back.
    """
    held_back: dict[str, tuple[Fate, SlidesError]] = {}
    for request in batch.given:
        orphaned = _orphaned(request, lambda name: _fate_in(held_back, name) or fate_of(name), unknowable)
        reason = orphaned or _misplaced(request, shifted)
        if reason is not None:
            held_back[request.operation_id] = reason
    if held_back and is_atomic:
        first = next(iter(held_back.values()))
        held_back = {each.operation_id: held_back.get(each.operation_id, first) for each in batch.operations}
    kept = tuple(each for each in batch.requests if each.operations[0].operation_id not in held_back)
    return Sifted(Batch(batch.presentation_id, kept) if kept else None, held_back)


def _fate_in(held_back: Mapping[str, tuple[Fate, SlidesError]], name: str) -> Fate | None:
    return held_back[name][0] if name in held_back else None


def _orphaned(
    request: GivenRequest, fate_of: Callable[[str], Fate | None], unknowable: Callable[[str], bool]
) -> tuple[Fate, SlidesError] | None:
    for parent in request.parents:
        fate = fate_of(parent)
        if fate in (None, Fate.APPLIED):
            continue
        text = f"{request.path}: requests[{parent.rpartition('/')[2]}] makes what it uses, and is {fate}"
        if fate is Fate.INDETERMINATE and unknowable(parent):
            return Fate.REJECTED, ParentNotApplied(f"{text} for good")
        return (Fate.REJECTED if fate is Fate.REJECTED else Fate.NOT_SENT), ParentNotApplied(text)
    return None


def _misplaced(request: GivenRequest, shifted: Container[str]) -> tuple[Fate, SlidesError] | None:
    if request.counted_in in shifted and request.counted_in is not None:
        text = f"{request.path}: somebody else has edited {request.counted_in!r}, in which it counts"
        return Fate.REJECTED, RevisionConflict(text, http_status=None)
    return None
