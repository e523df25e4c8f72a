"""What became of each operation of one call, collected once and announced once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from engine.clock import Clock
from engine.errors import SlidesError
from engine.events import Event, Fate, OperationAccepted, OperationSettled
from engine.plan.operations import Batch, ReplaceText


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
        return {
            "operation_id": self.operation_id,
            "slide_id": self.slide_id,
            "find": self.find,
            "replace": self.replace,
            "fate": self.fate.value,
            "error": None if self.error is None else f"{type(self.error).__name__}: {self.error}",
            "met_open_breaker": self.met_open_breaker,
        }


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
class BatchReport:
    """What became of every operation of one call."""

    presentation_id: str
    operations: tuple[OperationResult, ...]

    @property
    def applied(self) -> bool:
        """True if every edit was applied."""
        return all(operation.fate is Fate.APPLIED for operation in self.operations)

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
class TextPlan:
    """What a call would send.

    Attributes:
        presentation_id: where.
        batches: one write each, in order.
        seconds_at_quota: how long the quota alone makes the last of them wait.
    """

    presentation_id: str
    batches: tuple[Batch, ...]
    seconds_at_quota: float

    def as_dict(self) -> dict[str, Any]:
        """Return the plan as JSON-ready values."""
        return {
            "presentation_id": self.presentation_id,
            "edits": sum(len(batch.operations) for batch in self.batches),
            "requests": sum(len(batch.requests) for batch in self.batches),
            "writes": len(self.batches),
            "seconds_at_quota": self.seconds_at_quota,
            "batches": [batch.body(None)["requests"] for batch in self.batches],
        }


@dataclass(frozen=True, slots=True)
class InUse:
    """What calls hold or wait for at one moment; all zero when the engine is at rest and closed.

    Attributes:
        presentations: held or waited for.
        waiting: attempts that wait for leave to start.
        in_flight: attempts that have leave and have not ended.
        sockets: open, idle ones of the pool included.
    """

    presentations: int
    waiting: int
    in_flight: int
    sockets: int


Note = Callable[[Sequence[ReplaceText], Fate, SlidesError | None], None]
"""Told of operations, their fate, and why they were not applied."""


class Fates:
    """The book of one call's operations: each is accepted once and settled once, whatever happens.

    Used as a context manager: whatever has no fate at its end was never sent.

    Args:
        operations: all of them.
        announce: told of each by itself.
        clock: for the moment of each.
        deadline_seconds: of the call, on the clock.
        note: told of those that were settled together, before `announce` is; None for nobody.
    """

    def __init__(
        self,
        operations: Sequence[ReplaceText],
        announce: Callable[[Event], None],
        clock: Clock,
        deadline_seconds: float,
        note: Note | None = None,
    ) -> None:
        self._note = note
        self._operations = tuple(operations)
        self._announce = announce
        self._clock = clock
        self._deadline_seconds = deadline_seconds
        self._results: dict[str, OperationResult] = {}

    def __enter__(self) -> Self:
        for operation in self._operations:
            self._announce(
                OperationAccepted(
                    operation_id=operation.operation_id,
                    presentation_id=operation.presentation_id,
                    slide_id=operation.slide_id,
                    find=operation.find,
                    replace=operation.replace,
                    at_seconds=self._clock.now(),
                    deadline_seconds=self._deadline_seconds,
                )
            )
        return self

    def __exit__(self, *_: object) -> None:
        self.settle(self._operations, Fate.NOT_SENT)

    def settle(
        self,
        operations: Iterable[ReplaceText],
        fate: Fate,
        error: SlidesError | None = None,
        *,
        met_open_breaker: bool = False,
    ) -> None:
        """Give `operations` their fate; one that has its fate keeps it."""
        unsettled = [each for each in operations if each.operation_id not in self._results]
        if self._note is not None and unsettled:
            self._note(unsettled, fate, error)
        for operation in unsettled:
            self._settle_one(operation, fate, error, met_open_breaker=met_open_breaker)

    def _settle_one(
        self, operation: ReplaceText, fate: Fate, error: SlidesError | None, *, met_open_breaker: bool
    ) -> None:
        self._results[operation.operation_id] = OperationResult(
            operation.operation_id,
            operation.slide_id,
            operation.find,
            operation.replace,
            fate,
            error,
            met_open_breaker,
        )
        self._announce(
            OperationSettled(
                operation_id=operation.operation_id,
                presentation_id=operation.presentation_id,
                slide_id=operation.slide_id,
                fate=fate,
                at_seconds=self._clock.now(),
                met_open_breaker=met_open_breaker,
                error_class=None if error is None else type(error).__name__,
                error_text=None if error is None else str(error),
                is_tls_failure=error is not None and error.is_tls_failure,
            )
        )

    def report(self, presentation_id: str) -> BatchReport:
        """Return the results in the order of the operations."""
        found = (self._results.get(operation.operation_id) for operation in self._operations)
        return BatchReport(presentation_id, tuple(result for result in found if result is not None))
