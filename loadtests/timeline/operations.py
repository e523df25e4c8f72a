"""Wishes, what their callers were told, and what became of them.  A thinking room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fakeslides.ledger import Entry
from loadtests.audit import DENIED, count_commits
from loadtests.measurements import Edit, OperationRow
from loadtests.timeline.joining import Fact

_OF_THE_WISH = ("operation_id", "presentation_id", "slide_id", "find", "replace")
_OF_THE_CAUSE = ("met_open_breaker", "error_class", "error_text")


@dataclass(frozen=True, slots=True)
class Operation:
    """One wish, what the client said became of it, and what did.

    Attributes:
        operation_id: its name.
        presentation_id: where.
        slide_id: likewise.
        find: the text to look for.
        replace: the text to put there.
        accepted_at_seconds: when it was taken on.
        settled_at_seconds: when it had its fate; None if it never got one.
        fate: what the caller was told; None likewise.
        met_open_breaker: it had to wait for a breaker.
        error_class: what the caller was told of the cause.
        error_text: likewise.
        commit_count: how often its edit was committed, as the ledger has it.
    """

    operation_id: str
    presentation_id: str
    slide_id: str
    find: str
    replace: str
    accepted_at_seconds: float
    settled_at_seconds: float | None = None
    fate: str | None = None
    met_open_breaker: bool = False
    error_class: str | None = None
    error_text: str | None = None
    commit_count: int = 0

    @property
    def flaw(self) -> str | None:
        """What is wrong with it: no fate, duplicated, lost, wrong report; None if nothing is."""
        if self.fate is None:
            return "no fate"
        if self.commit_count > 1:
            return "duplicated"
        if self.fate == "applied" and self.commit_count == 0:
            return "lost"
        return "wrong report" if self.fate in DENIED and self.commit_count else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A whole call that ended before it had any operations."""

    at_seconds: float
    presentation_id: str
    fate: str
    error_class: str
    error_text: str


def operations_of(facts: Sequence[Fact], ledger: Iterable[Entry], zero: float) -> list[Operation]:
    """Return the operations in the order of their acceptance.

    Args:
        facts: what the client told, in order.
        ledger: what the server has.
        zero: the moment of the client's clock from which the story counts.
    """
    accepted = {fact["operation_id"]: fact for fact in facts if fact["event"] == "OperationAccepted"}
    settled = {fact["operation_id"]: fact for fact in facts if fact["event"] == "OperationSettled"}
    rows = [
        OperationRow(_edit(fact), fate=settled.get(name, {}).get("fate")) for name, fact in accepted.items()
    ]
    commits = count_commits(rows, ledger)
    return [_operation(fact, settled.get(name, {}), commits[name], zero) for name, fact in accepted.items()]


def refusals_of(facts: Iterable[Fact], zero: float) -> list[Refusal]:
    """Return the calls that were refused as a whole, in order."""
    return [
        Refusal(
            at_seconds=fact["at_seconds"] - zero,
            presentation_id=fact["presentation_id"],
            fate=str(fact["fate"]),
            error_class=fact["error_class"],
            error_text=fact["error_text"],
        )
        for fact in facts
        if fact["event"] == "CallRefused"
    ]


def _edit(accepted: Fact) -> Edit:
    return Edit(**{name: accepted[name] for name in _OF_THE_WISH})


def _operation(accepted: Fact, settled: Fact, commit_count: int, zero: float) -> Operation:
    wish = {name: accepted[name] for name in _OF_THE_WISH}
    cause = {name: settled[name] for name in _OF_THE_CAUSE if name in settled}
    return Operation(
        **wish,
        **cause,
        accepted_at_seconds=accepted["at_seconds"] - zero,
        settled_at_seconds=settled["at_seconds"] - zero if settled else None,
        fate=str(settled["fate"]) if settled else None,
        commit_count=commit_count,
    )
