"""What each event adds to the metrics of one engine."""

from collections import deque
from functools import partial
from typing import TypeVar

from prometheus_client.metrics import MetricWrapperBase

from engine.clock import Clock
from engine.events import (
    AttemptAdmitted,
    AttemptSettled,
    BreakerChanged,
    BreakerControlled,
    CallTurnedAway,
    Event,
    Fate,
    LimitChanged,
    OperationAccepted,
    OperationSettled,
    RetryHeldBack,
    TurnAwaited,
    TurnEnded,
    TurnTaken,
)
from engine.monitoring.families import Families
from engine.monitoring.quota_use import QuotaUse, kind_admitted
from engine.monitoring.turns import Turns
from engine.policy.circuit_breaker import BreakerState
from engine.policy.pacing import CallKind
from engine.settings import EngineSettings

Family = TypeVar("Family", bound=MetricWrapperBase)

NONE = "none"  # an empty label would count as absent


class EngineMetrics:
    """A listener for one engine.

    Args:
        families: shared with the other engines of the registry.
        engine: what the label `engine` says.
        settings: the engine's; without them no quota is told.
        clock: the engine's; asked only when the metrics are read, for which calls are a minute old.
    """

    def __init__(
        self, families: Families, engine: str, settings: EngineSettings | None, clock: Clock
    ) -> None:
        self._families = families
        self._engine = engine
        self._clock = clock
        self._accepted_at: dict[str, deque[float]] = {}
        self._turns: Turns[None] = Turns()
        self._quota_use = QuotaUse()
        self._begin_at_zero()
        self._begin_with_quotas(settings)

    def __call__(self, event: Event) -> None:
        """Count `event`."""
        match event:
            case OperationAccepted():
                self._on_accepted(event)
            case OperationSettled():
                self._on_settled(event)
            case TurnAwaited() | TurnTaken() | TurnEnded():
                self._on_turn(event)
            case AttemptAdmitted():
                self._on_admitted(event)
            case AttemptSettled():
                self._on_attempt(event)
            case CallTurnedAway() | RetryHeldBack():
                self._on_refused(event)
            case BreakerChanged() | BreakerControlled() | LimitChanged():
                self._on_change(event)

    def _begin_at_zero(self) -> None:
        """Show what alerts look at from the start: a first failure must be an increase, not a new series."""
        families = self._families
        for family in (families.tls_failures, families.cannot_be_applied):
            for where in ("caller", "wire"):
                self._of(family, where)
        for plain in (
            families.operations_accepted,
            families.met_open_breaker,
            families.retries_held_back,
            families.calls_turned_away,
        ):
            self._of(plain)
        for gauge in (families.operations_open, families.in_flight):
            self._of(gauge)
        for gauge in (families.presentations_held, families.presentations_waited_for):
            self._of(gauge)
        for fate in Fate:
            self._of(families.operations_settled, fate.value)

    def _begin_with_quotas(self, settings: EngineSettings | None) -> None:
        for kind in CallKind:
            self._of(self._families.quota_used, kind.value).set_function(partial(self._used_count, kind))
        if settings is not None:
            self._of(self._families.quota, CallKind.READ.value).set(settings.reads_per_minute)
            self._of(self._families.quota, CallKind.WRITE.value).set(settings.writes_per_minute)

    def _used_count(self, kind: CallKind) -> int:
        return self._quota_use.used_count(kind, self._clock.now())

    def _on_accepted(self, event: OperationAccepted) -> None:
        self._accepted_at.setdefault(event.operation_id, deque()).append(event.at_seconds)
        self._of(self._families.operations_accepted).inc()
        self._of(self._families.operations_open).inc()

    def _on_settled(self, event: OperationSettled) -> None:
        families, fate = self._families, event.fate.value
        self._of(families.operations_settled, fate).inc()
        if event.fate is not Fate.APPLIED:
            self._of(families.operations_not_applied, fate, event.error_class or NONE).inc()
        self._of(families.operations_open).dec()
        self._observe_duration(event)
        self._of(families.met_open_breaker).inc(event.met_open_breaker)
        self._count_failures("caller", event)

    def _observe_duration(self, event: OperationSettled) -> None:
        """Measure an edit from when it was taken on; of several of one name, the first one ends first."""
        began = self._accepted_at.pop(event.operation_id, None)
        if began is None:
            return
        duration_seconds = event.at_seconds - began.popleft()
        self._of(self._families.operation_duration, event.fate.value).observe(duration_seconds)
        if began:
            self._accepted_at[event.operation_id] = began

    def _on_refused(self, event: CallTurnedAway | RetryHeldBack) -> None:
        families = self._families
        is_call = isinstance(event, CallTurnedAway)
        self._of(families.calls_turned_away if is_call else families.retries_held_back).inc()

    def _on_turn(self, event: TurnAwaited | TurnTaken | TurnEnded) -> None:
        match event:
            case TurnAwaited():
                self._turns.awaited(event, None)
            case TurnTaken():
                self._turns.taken(event)
            case TurnEnded():
                self._turns.ended(event)
        self._of(self._families.presentations_held).set(self._turns.held_count)
        self._of(self._families.presentations_waited_for).set(self._turns.waited_for_count)

    def _on_admitted(self, event: AttemptAdmitted) -> None:
        self._quota_use.admitted(event)
        self._of(self._families.in_flight).inc()
        self._of(self._families.in_flight_limit).set(event.limit)
        if event.quota_allowed_count is not None:
            kind = kind_admitted(event).value
            self._of(self._families.quota_allowed, kind).set(event.quota_allowed_count)

    def _on_attempt(self, event: AttemptSettled) -> None:
        families, outcome = self._families, event.outcome.value
        self._quota_use.settled(event)
        self._of(families.in_flight).dec()
        status_class = NONE if event.http_status is None else f"{event.http_status // 100}xx"
        labels = (event.method, outcome, status_class, event.error_class or NONE)
        self._of(families.attempts, *labels).inc()
        self._of(families.attempt_duration, event.method, outcome).observe(event.duration_seconds)
        for reason, seconds in event.waits_seconds.items():
            self._of(families.attempt_wait, reason).observe(seconds)
        self._count_failures("wire", event)

    def _count_failures(self, where: str, event: AttemptSettled | OperationSettled) -> None:
        self._of(self._families.tls_failures, where).inc(event.is_tls_failure)
        is_such = event.error_class == "CannotBeApplied"
        self._of(self._families.cannot_be_applied, where).inc(is_such)

    def _on_change(self, event: BreakerChanged | BreakerControlled | LimitChanged) -> None:
        families = self._families
        if isinstance(event, LimitChanged):
            self._of(families.limit_changes, event.reason).inc()
            self._of(families.in_flight_limit).set(event.after)
        elif isinstance(event, BreakerControlled):
            self._of(families.breaker_controls, event.key.partition(":")[0], event.after.value).inc()
        else:
            self._on_breaker(event)

    def _on_breaker(self, event: BreakerChanged) -> None:
        families = self._families
        kind = event.key.partition(":")[0]
        is_one_of_many = kind == "presentation"  # and no label may hold its id
        self._of(
            families.breaker_changes, kind if is_one_of_many else event.key, event.before, event.after
        ).inc()
        if is_one_of_many:
            return
        for state in BreakerState:
            self._of(families.breaker_state, event.key, state.value).set(state.value == event.after)

    def _of(self, family: Family, *values: str) -> Family:
        return family.labels(self._engine, *values)
