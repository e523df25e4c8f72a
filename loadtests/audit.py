"""Every edit held against the server's ledger: did it land, once, and was the truth told?  A thinking room.

The ledger is what happened and the report is what the client said.  An edit is committed by an entry of the
ledger that was committed, is a `presentations.batchUpdate` of its presentation, and holds a `replaceAllText`
with its texts that reaches its slide.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fakeslides.ledger import AppliedRequest, Entry
from loadtests.expectation import Difference, differences, expected_texts
from loadtests.measurements import WRITE, Document, Edit, OperationRow

DENIED = frozenset({"rejected", "not_sent"})
WishKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Audit:
    """What the comparison found, as ids of operations.

    Attributes:
        commits: how often each edit was committed.
        lost: reported applied, and never committed.
        duplicated: committed more than once, whatever was reported.
        wrong_reports: reported applied and never committed, or reported rejected or not sent and committed.
        indeterminate: the client said that it could not know.
        unsettled: no fate was ever reported.
        deck_differences: texts that are not what the edits reported as applied make of the starting deck;
            where the client could not say, the ledger's word is taken.
    """

    commits: Mapping[str, int]
    lost: tuple[str, ...]
    duplicated: tuple[str, ...]
    wrong_reports: tuple[str, ...]
    indeterminate: tuple[str, ...]
    unsettled: tuple[str, ...]
    deck_differences: tuple[Difference, ...]


def audit(
    operations: Sequence[OperationRow],
    ledger: Iterable[Entry],
    documents_before: Mapping[str, Document],
    documents_after: Mapping[str, Document],
) -> Audit:
    """Hold reports, ledger and decks against each other."""
    commits = count_commits(operations, ledger)
    return Audit(
        commits=commits,
        lost=_ids(operations, lambda row: row.fate == "applied" and not commits[_id(row)]),
        duplicated=_ids(operations, lambda row: commits[_id(row)] > 1),
        wrong_reports=_ids(operations, lambda row: _is_wrong(row, commits[_id(row)])),
        indeterminate=_ids(operations, lambda row: row.fate == "indeterminate"),
        unsettled=_ids(operations, lambda row: row.fate is None),
        deck_differences=tuple(_deck_differences(operations, commits, documents_before, documents_after)),
    )


def count_commits(operations: Sequence[OperationRow], ledger: Iterable[Entry]) -> dict[str, int]:
    """Return for every operation how many committed batches carried its edit to its slide."""
    everywhere: Counter[WishKey] = Counter()
    on_slides: Counter[tuple[WishKey, str]] = Counter()
    for entry in ledger:
        for request in _committed_replacements(entry):
            wish = _wish(entry, request)
            page_ids = request.body.get("pageObjectIds")
            on_slides.update((wish, page_id) for page_id in set(page_ids or ()))
            everywhere[wish] += not page_ids
    return {
        _id(row): everywhere[_key(row.edit)] + on_slides[_key(row.edit), row.edit.slide_id]
        for row in operations
    }


def _committed_replacements(entry: Entry) -> Iterable[AppliedRequest]:
    if not entry.committed or entry.method != WRITE:
        return ()
    return (request for request in entry.requests if request.kind == "replaceAllText")


def _wish(entry: Entry, request: AppliedRequest) -> WishKey:
    body: Mapping[str, Any] = request.body
    return (
        entry.presentation_id or "",
        body.get("containsText", {}).get("text", ""),
        body.get("replaceText", ""),
    )


def _key(edit: Edit) -> WishKey:
    return (edit.presentation_id, edit.find, edit.replace)


def _id(row: OperationRow) -> str:
    return row.edit.operation_id


def _ids(operations: Iterable[OperationRow], predicate: Callable[[OperationRow], bool]) -> tuple[str, ...]:
    return tuple(_id(row) for row in operations if predicate(row))


def _is_wrong(row: OperationRow, commit_count: int) -> bool:
    if row.fate == "applied":
        return commit_count == 0
    return row.fate in DENIED and commit_count > 0


def _should_have_landed(row: OperationRow, commit_count: int) -> bool:
    if row.fate in {None, "indeterminate"}:
        return commit_count > 0
    return row.fate == "applied"


def _deck_differences(
    operations: Iterable[OperationRow],
    commits: Mapping[str, int],
    documents_before: Mapping[str, Document],
    documents_after: Mapping[str, Document],
) -> Iterable[Difference]:
    landed: dict[str, list[Edit]] = {}
    for row in operations:
        if _should_have_landed(row, commits[_id(row)]):
            landed.setdefault(row.edit.presentation_id, []).append(row.edit)
    for presentation_id, document in documents_before.items():
        expected = expected_texts(document, landed.get(presentation_id, ()))
        yield from differences(expected, documents_after[presentation_id])
