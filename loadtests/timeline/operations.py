"""Wishes, what their callers were told, and what became of them.  A thinking room."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from fakeslides.ledger import Entry
from loadtests.audit import DENIED, count_commits
from loadtests.measurements import Edit, OperationRow
from loadtests.timeline.joining import Fact

_OF_THE_WISH = ("operation_id", "presentation_id", "slide_id", "find", "replace")
REPLACEMENT = "replaceAllText"
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
        wish_count: how many operations of the run asked for the very same edit.
        kind: which request of the API; of others than replaceAllText the texts are empty.
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
    wish_count: int = 1
    kind: str = REPLACEMENT

    @property
    def words(self) -> str:
        """What it is to do."""
        if self.kind != REPLACEMENT:
            return f"{self.kind} (requests[{self.operation_id.rpartition('/')[2]}])"
        return f"{self.slide_id}: {self.find!r} becomes {self.replace!r}"

    @property
    def flaw(self) -> str | None:
        """What is wrong with it: no fate, duplicated, lost, wrong report; None if nothing is."""
        if self.fate is None:
            return "no fate"
        if self.kind != REPLACEMENT:
            return None  # by its name alone the ledger does not know it
        if self.commit_count > self.wish_count:
            return "duplicated"
        if self.fate == "applied" and self.commit_count == 0:
            return "lost"
        return "wrong report" if self.fate in DENIED and self.commit_count else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A whole call that ended before it had any operations; one that was cancelled has no error to tell."""

    at_seconds: float
    presentation_id: str
    fate: str
    error_class: str | None = None
    error_text: str | None = None


def operations_of(facts: Iterable[Fact], ledger: Iterable[Entry], zero: float) -> list[Operation]:
    """Return the operations in the order of their acceptance.

    Two calls on one presentation name their operations alike; each is an operation of its own here.

    Args:
        facts: what the client told, in order.
        ledger: what the server has.
        zero: the moment of the client's clock from which the story counts.
    """
    wishes = _wishes(facts)
    # Named by their places, as their own names may occur twice.
    edits = [replace(_edit(accepted), operation_id=str(n)) for n, (accepted, _) in enumerate(wishes)]
    commits = count_commits([OperationRow(edit) for edit in edits], ledger)
    alike = Counter(replace(edit, operation_id="") for edit in edits)
    return [
        _operation(wish, zero, commits[edit.operation_id], alike[replace(edit, operation_id="")])
        for wish, edit in zip(wishes, edits, strict=True)
    ]


def refusals_of(facts: Iterable[Fact], zero: float) -> list[Refusal]:
    """Return the calls that were refused as a whole, in order."""
    return [
        Refusal(
            at_seconds=fact["at_seconds"] - zero,
            presentation_id=fact["presentation_id"],
            fate=str(fact["fate"]),
            error_class=fact.get("error_class"),
            error_text=fact.get("error_text"),
        )
        for fact in facts
        if fact["event"] == "CallRefused"
    ]


def _wishes(facts: Iterable[Fact]) -> list[tuple[Fact, Fact]]:
    """Return each acceptance with what settled it first, which is nothing if nothing did.

    What is taken on again after its process was killed is the same wish, and what is told of it last counts.
    """
    wishes: list[tuple[Fact, Fact]] = []
    unsettled = defaultdict[str, list[int]](list)
    of_the_dead: dict[tuple[str, str], int] = {}
    for fact in facts:
        match fact["event"]:
            case "OperationAccepted":
                place = of_the_dead.pop((fact["operation_id"], fact["find"]), len(wishes))
                unsettled[fact["operation_id"]].append(place)
                wishes += [(fact, {})] if place == len(wishes) else []
            case "OperationSettled" if unsettled[fact["operation_id"]]:
                place = unsettled[fact["operation_id"]].pop(0)
                wishes[place] = (wishes[place][0], fact)
            case "ProcessKilled":
                unsettled.clear()
                of_the_dead = {(one["operation_id"], one["find"]): n for n, (one, _) in enumerate(wishes)}
    return wishes


def _edit(accepted: Fact) -> Edit:
    return Edit(**{name: accepted[name] for name in _OF_THE_WISH})


def _operation(wish: tuple[Fact, Fact], zero: float, commit_count: int, wish_count: int) -> Operation:
    accepted, settled = wish
    what = {name: accepted[name] for name in _OF_THE_WISH}
    cause = {name: settled[name] for name in _OF_THE_CAUSE if name in settled}
    return Operation(
        **what,
        **cause,
        accepted_at_seconds=accepted["at_seconds"] - zero,
        kind=accepted.get("kind", REPLACEMENT),
        settled_at_seconds=settled["at_seconds"] - zero if settled else None,
        fate=str(settled["fate"]) if settled else None,
        commit_count=commit_count,
        wish_count=wish_count,
    )
