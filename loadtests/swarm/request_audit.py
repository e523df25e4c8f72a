"""Every given request held against the server's ledger: was it applied, once, and was the truth told?

A request is committed by an entry of the ledger that was committed and holds a request of its kind that says
all that it says; what the engine adds is the id of what it makes.  A thinking room.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.plan.request_kinds import made_ids
from fakeslides.ledger import AppliedRequest, Entry
from loadtests.audit import DENIED
from loadtests.measurements import WRITE, Document, Edit


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was given to the engine.

    Attributes:
        operation_id: what the engine calls it.
        presentation_id: where.
        kind: which request.
        body: what is said of it.
        is_atomic: all that were given for the presentation are applied, or none.
    """

    operation_id: str
    presentation_id: str
    kind: str
    body: Mapping[str, Any]
    is_atomic: bool = False

    @property
    def edit(self) -> Edit:
        """The row under which a client tells of it."""
        return Edit(self.operation_id, self.presentation_id, "", "", "")


@dataclass(frozen=True, slots=True)
class RequestAudit:
    """What the comparison found.

    Attributes:
        commits: how often each request was committed, by operation.
        wrong: what was told, and is not so, in words.
        halves: atomic calls of which a part was applied, or told to be, in words.
    """

    commits: Mapping[str, int] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()
    halves: tuple[str, ...] = ()


def audit_requests(
    asked: Sequence[Asked],
    fates: Mapping[str, str | None],
    ledger: Iterable[Entry],
    documents_after: Mapping[str, Document],
) -> RequestAudit:
    """Hold what was asked for and told against the ledger, and the ledger against the decks."""
    found = list(_committed(ledger))
    committed = {each.operation_id: [one for at, one in found if _is_of(each, at, one)] for each in asked}
    commits = {name: len(requests) for name, requests in committed.items()}
    wrong = (
        *(text for each in asked for text in _untruths(each, fates[each.operation_id], committed)),
        *_misplaced(asked, commits, documents_after),
    )
    return RequestAudit(commits, wrong, tuple(_halves(asked, fates, commits)))


def without_made(document: Document, presentation_id: str, ledger: Iterable[Entry]) -> Document:
    """Return a deck without the slides and elements that requests have made in it."""
    made = {
        name
        for at, request in _committed(ledger)
        if at == presentation_id
        for name in made_ids(request.kind, request.body)
    }
    slides = [slide for slide in document.get("slides", ()) if slide["objectId"] not in made]
    return {**document, "slides": [_without(slide, made) for slide in slides]} if made else document


def _without(slide: Mapping[str, Any], made: set[str]) -> Mapping[str, Any]:
    elements = [each for each in slide.get("pageElements", ()) if each["objectId"] not in made]
    return {**slide, "pageElements": elements}


def _committed(ledger: Iterable[Entry]) -> Iterator[tuple[str, AppliedRequest]]:
    for entry in ledger:
        if entry.committed and entry.method == WRITE:
            yield from ((entry.presentation_id or "", request) for request in entry.requests)


def _is_of(asked: Asked, presentation_id: str, request: AppliedRequest) -> bool:
    says_all = all(request.body.get(key) == value for key, value in asked.body.items())
    return says_all and (presentation_id, request.kind) == (asked.presentation_id, asked.kind)


def _untruths(
    asked: Asked, fate: str | None, committed: Mapping[str, Sequence[AppliedRequest]]
) -> Iterator[str]:
    name, requests = asked.operation_id, committed[asked.operation_id]
    # To look for a text a second time and find nothing does nothing.
    if sum(request.occurrences != 0 for request in requests) > 1:
        yield f"{name} ({asked.kind}) was applied {len(requests)} times"
    if fate == "applied" and not requests:
        yield f"{name} ({asked.kind}) was told to be applied, and was not"
    if fate in DENIED and requests:
        yield f"{name} ({asked.kind}) was told to be {fate}, and was applied"


def _misplaced(
    asked: Sequence[Asked], commits: Mapping[str, int], documents: Mapping[str, Document]
) -> Iterator[str]:
    """Yield what is there and should not be, or the other way round, by the ids that callers chose."""
    deleted = {
        (each.presentation_id, each.body["objectId"])
        for each in asked
        if each.kind == "deleteObject" and commits[each.operation_id]
    }
    for each in asked:
        for name in made_ids(each.kind, each.body):
            place = (each.presentation_id, name)
            is_due = bool(commits[each.operation_id]) and place not in deleted
            if is_due != (name in _ids(documents[each.presentation_id])):
                yield f"{name} of {each.operation_id} is {'not ' if is_due else ''}in the deck"


def _ids(document: Document) -> set[str]:
    slides = document.get("slides", ())
    elements = (element for slide in slides for element in slide.get("pageElements", ()))
    return {str(each["objectId"]) for each in (*slides, *elements)}


def _halves(
    asked: Sequence[Asked], fates: Mapping[str, str | None], commits: Mapping[str, int]
) -> Iterator[str]:
    by_call: dict[str, list[str]] = {}
    for each in asked:
        if each.is_atomic:
            by_call.setdefault(each.presentation_id, []).append(each.operation_id)
    for presentation_id, names in by_call.items():
        applied = [name for name in names if commits[name]]
        if 0 < len(applied) < len(names):
            yield f"{presentation_id}: {len(applied)} of {len(names)} atomic requests were applied"
        told = [name for name in names if fates[name] == "applied"]
        if 0 < len(told) < len(names):
            yield f"{presentation_id}: {len(told)} of {len(names)} atomic requests were told to be applied"
