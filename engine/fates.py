"""The book of one call's operations: their fates, collected once and announced once."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Protocol, Self

from engine.clock import Clock
from engine.errors import SlidesError
from engine.events import Event, Fate, OperationAccepted, OperationSettled
from engine.plan.given_requests import GivenRequest
from engine.plan.operations import Operation
from engine.results import BatchReport, OperationResult, RequestResult, RequestsReport


class Note(Protocol):
    """Told of operations, their fate, why they were not applied, and whether none of it can change."""

    def __call__(
        self, operations: Sequence[Operation], fate: Fate, error: SlidesError | None, *, is_final: bool
    ) -> None:
        """Take note."""


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
        operations: Sequence[Operation],
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
        self._results: dict[str, OperationResult | RequestResult] = {}
        self._unknowable: Collection[str] = ()

    def __enter__(self) -> Self:
        for operation in self._operations:
            self._announce(self._accepted(operation))
        return self

    def __exit__(self, *_: object) -> None:
        self.settle(self._operations, Fate.NOT_SENT)

    def settle(
        self,
        operations: Iterable[Operation],
        fate: Fate,
        error: SlidesError | None = None,
        *,
        met_open_breaker: bool = False,
        is_final: bool = False,
    ) -> None:
        """Give `operations` their fate; one that has its fate keeps it.

        `is_final` says of an indeterminate one that nobody can learn more, whoever looks.
        """
        unsettled = [each for each in operations if each.operation_id not in self._results]
        if self._note is not None and unsettled:
            self._note(unsettled, fate, error, is_final=is_final)
        if is_final:
            self._unknowable = {*self._unknowable, *(each.operation_id for each in unsettled)}
        for operation in unsettled:
            self._settle_one(operation, fate, error, met_open_breaker=met_open_breaker)

    def _settle_one(
        self, operation: Operation, fate: Fate, error: SlidesError | None, *, met_open_breaker: bool
    ) -> None:
        result = _result(operation, fate, error, met_open_breaker=met_open_breaker)
        self._results[operation.operation_id] = result
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

    def _accepted(self, operation: Operation) -> OperationAccepted:
        find, replace, kind = "", "", "replaceAllText"
        if isinstance(operation, GivenRequest):
            kind = operation.kind
        else:
            find, replace = operation.find, operation.replace
        return OperationAccepted(
            operation_id=operation.operation_id,
            presentation_id=operation.presentation_id,
            slide_id=operation.slide_id,
            find=find,
            replace=replace,
            at_seconds=self._clock.now(),
            deadline_seconds=self._deadline_seconds,
            kind=kind,
        )

    def fate_of(self, operation_id: str) -> Fate | None:
        """Return what became of an operation; None if it has no fate yet."""
        found = self._results.get(operation_id)
        return None if found is None else found.fate

    def is_unknowable(self, operation_id: str) -> bool:
        """Say whether nobody can learn any more what became of an operation."""
        return operation_id in self._unknowable

    def report(self, presentation_id: str, not_found: tuple[str, ...] = ()) -> BatchReport:
        """Return the results of replacements, in their order, and which texts were nowhere."""
        results = (each for each in self._in_order() if isinstance(each, OperationResult))
        return BatchReport(presentation_id, tuple(results), not_found)

    def requests_report(self, presentation_id: str) -> RequestsReport:
        """Return the results of given requests, in their order."""
        results = (each for each in self._in_order() if isinstance(each, RequestResult))
        return RequestsReport(presentation_id, tuple(results))

    def _in_order(self) -> Iterator[OperationResult | RequestResult]:
        found = (self._results.get(operation.operation_id) for operation in self._operations)
        return (result for result in found if result is not None)


def _result(
    operation: Operation, fate: Fate, error: SlidesError | None, *, met_open_breaker: bool
) -> OperationResult | RequestResult:
    name = operation.operation_id
    if isinstance(operation, GivenRequest):
        index, kind, made = operation.index, operation.kind, operation.made_ids
        return RequestResult(name, index, kind, made, fate, error, met_open_breaker)
    find, replace = operation.find, operation.replace
    return OperationResult(name, operation.slide_id, find, replace, fate, error, met_open_breaker)
