"""What a caller is told: what became of each operation, or what would be sent."""

from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from engine.errors import SlidesError
from engine.events import Fate
from engine.plan.operations import Batch


@dataclass(frozen=True, slots=True)
class OperationResult:
    """The fate of one operation.

    Attributes:
        operation_id: as in the events and on the wire.
        slide_id: the slide it belongs to.
        find: the text looked for.
        replace: the text put there.
        fate: what became of it, as far as the engine can know.
        error: why it was not applied; None when it was, or when the caller cancelled.
        met_open_breaker: it waited for, or was ended by, a breaker that was not closed.
    """

    operation_id: str
    slide_id: str
    find: str
    replace: str
    fate: Fate
    error: SlidesError | None
    met_open_breaker: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the result as JSON-ready values."""
        return _values(self)


@dataclass(frozen=True, slots=True)
class SlideResult:
    """The operations of one slide."""

    slide_id: str
    operations: tuple[OperationResult, ...]

    @property
    def applied(self) -> bool:
        """True if every edit of the slide was applied."""
        return all(operation.fate is Fate.APPLIED for operation in self.operations)


@dataclass(frozen=True, slots=True)
class RequestResult:
    """The fate of one request of the caller's own.

    Attributes:
        operation_id: as in the events and on the wire.
        index: its place among those given, from 0.
        kind: such as createShape.
        object_ids: of what it makes, those that the engine chose included.
        fate: what became of it, as far as the engine can know.
        error: why it was not applied; None when it was, or when the caller cancelled.
        met_open_breaker: it waited for, or was ended by, a breaker that was not closed.
    """

    operation_id: str
    index: int
    kind: str
    object_ids: tuple[str, ...]
    fate: Fate
    error: SlidesError | None
    met_open_breaker: bool

    def as_dict(self) -> dict[str, Any]:
        """Return the result as JSON-ready values."""
        return {**_values(self), "object_ids": list(self.object_ids)}


_Result = TypeVar("_Result", OperationResult, RequestResult)


@dataclass(frozen=True, slots=True)
class _Report(Generic[_Result]):
    """What became of every operation of one call."""

    presentation_id: str
    operations: tuple[_Result, ...]

    @property
    def applied(self) -> bool:
        """True if all of them were applied."""
        return all(operation.fate is Fate.APPLIED for operation in self.operations)


@dataclass(frozen=True, slots=True)
class BatchReport(_Report[OperationResult]):
    """What became of every edit of one call.

    Attributes:
        not_found: keys that were on none of the slides when the call began.  Replacing what is not there is
            no error to Google, and such an edit counts as applied; but a key may be misspelt.  Empty where
            the call goes on from an earlier process's journal, for what is gone may have been replaced.
    """

    not_found: tuple[str, ...] = ()

    @property
    def slides(self) -> dict[str, SlideResult]:
        """The results by slide, slides in the order of the presentation."""
        by_slide: dict[str, list[OperationResult]] = {}
        for operation in self.operations:
            by_slide.setdefault(operation.slide_id, []).append(operation)
        return {slide_id: SlideResult(slide_id, tuple(found)) for slide_id, found in by_slide.items()}

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return {
            "presentation_id": self.presentation_id,
            "applied": self.applied,
            "not_found": list(self.not_found),
            "slides": [
                {
                    "slide_id": slide.slide_id,
                    "success": slide.applied,
                    "operations": [operation.as_dict() for operation in slide.operations],
                }
                for slide in self.slides.values()
            ],
        }


@dataclass(frozen=True, slots=True)
class RequestsReport(_Report[RequestResult]):
    """What became of every request of one call, in the order in which they were given."""

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON-ready values."""
        return {
            "presentation_id": self.presentation_id,
            "applied": self.applied,
            "requests": [operation.as_dict() for operation in self.operations],
        }


@dataclass(frozen=True, slots=True)
class WritePlan:
    """What a call would send.

    Attributes:
        presentation_id: where.
        batches: one write each, in order.
        seconds_at_quota: how long the quota alone makes the last of them wait.
        not_found: keys that are on none of the slides, so that replacing them will change nothing.
    """

    presentation_id: str
    batches: tuple[Batch, ...]
    seconds_at_quota: float
    not_found: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as JSON-ready values."""
        return {
            "presentation_id": self.presentation_id,
            "edits": sum(len(batch.operations) for batch in self.batches),
            "requests": sum(len(batch.requests) for batch in self.batches),
            "writes": len(self.batches),
            "seconds_at_quota": self.seconds_at_quota,
            "not_found": list(self.not_found),
            "batches": [batch.body(None)["requests"] for batch in self.batches],
        }


@dataclass(frozen=True, slots=True)
class InUse:
    """What calls hold or wait for at one moment; all zero when the engine is at rest and closed.

    Attributes:
        calls: that wait or are carried out.
        calls_waiting: of those, the ones that have not begun.
        presentations: held or waited for.
        waiting: attempts that wait for leave to start.
        in_flight: attempts that have leave and have not ended.
        sockets: open, idle ones of the pool included.
    """

    calls: int
    calls_waiting: int
    presentations: int
    waiting: int
    in_flight: int
    sockets: int


def _values(result: OperationResult | RequestResult) -> dict[str, Any]:
    facts = {each.name: getattr(result, each.name) for each in fields(result)}
    return {**facts, "fate": result.fate.value, "error": _words(result.error)}


def _words(error: SlidesError | None) -> str | None:
    return None if error is None else f"{type(error).__name__}: {error}"
