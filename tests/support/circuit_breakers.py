"""A circuit breaker, and calls that end well or badly under it."""

from random import Random

from engine.policy.circuit_breaker import (
    BatchOperationCircuitBreaker,
    Permit,
)
from engine.settings import EngineSettings

SETTINGS = EngineSettings(circuit_breaker_threshold=5, circuit_breaker_timeout=15, http_connection_timeout=30)
LEASE_SECONDS = 31.0


class Middle(Random):
    """Draws the middle of every range, so that open periods have their nominal length."""

    def uniform(self, a: float, b: float) -> float:
        """Draw the middle."""
        return (a + b) / 2


def closed_breaker() -> BatchOperationCircuitBreaker:
    """Return one that has met nothing yet."""
    return BatchOperationCircuitBreaker(SETTINGS, Middle())


def leave(breaker: BatchOperationCircuitBreaker, now: float) -> Permit:
    """Ask for leave, which must be given."""
    permit = breaker.permit(now)
    assert isinstance(permit, Permit), f"refused at {now}"
    return permit


def fail(breaker: BatchOperationCircuitBreaker, *, at: float, times: int = 1) -> None:
    """Let some calls fail, one after the other."""
    for _ in range(times):
        breaker.on_failure(leave(breaker, at), at)


def succeed(breaker: BatchOperationCircuitBreaker, *, at: float, times: int = 1) -> None:
    """Let some calls end well, one after the other."""
    for _ in range(times):
        breaker.on_success(leave(breaker, at), at)


def open_breaker(*, at: float = 100.0) -> BatchOperationCircuitBreaker:
    """Return one that opened a moment ago."""
    breaker = closed_breaker()
    fail(breaker, at=at, times=5)
    return breaker


def settle(breaker: BatchOperationCircuitBreaker, how: str, permit: Permit, now: float) -> None:
    """Say how a call ended: success, failure or ignored."""
    if how == "success":
        breaker.on_success(permit, now)
    elif how == "failure":
        breaker.on_failure(permit, now)
    elif how == "ignored":
        breaker.on_ignored(permit)
