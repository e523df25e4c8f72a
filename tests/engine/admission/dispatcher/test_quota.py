"""What an attempt costs of the quota, and what its end teaches about it."""

import asyncio

import pytest

from engine.errors import (
    ConnectionLost,
    QuotaExceeded,
    QuotaFileError,
    QuotaScope,
    Unreachable,
)
from engine.policy.pacing import CallKind, Pacing, Reservation
from tests.support.dispatcher_bench import FAR, Bench
from tests.support.held import admitted


async def test_a_call_that_was_not_sent_costs_no_quota() -> None:
    """A refused connection reached no server that could have counted it."""
    bench = Bench(ceiling=1, writes_per_minute=1)

    async with admitted(bench.dispatcher, CallKind.WRITE, FAR, {}) as admission:
        admission.ended(Unreachable("refused"))

    assert bench.pacing.ready_at(bench.clock.now(), CallKind.WRITE) == bench.clock.now()


async def test_a_call_that_was_sent_costs_quota_however_it_ends() -> None:
    """The server has counted it, answer or not."""
    bench = Bench(ceiling=1, writes_per_minute=1)

    await asyncio.wait([asyncio.create_task(bench.call("w", seconds=0.0, error=ConnectionLost("reset")))])

    assert bench.pacing.ready_at(bench.clock.now(), CallKind.WRITE) > bench.clock.now()


async def test_a_429_holds_back_the_calls_that_follow() -> None:
    """Others use the quota too; sending on would only be refused again."""
    bench = Bench(ceiling=1, writes_per_minute=10)
    error = QuotaExceeded("429", http_status=429, retry_after_seconds=30.0)

    await asyncio.wait([asyncio.create_task(bench.call("w", seconds=0.0, error=error))])

    assert bench.pacing.ready_at(bench.clock.now(), CallKind.WRITE) >= bench.clock.now() + 30.0


async def test_a_429_that_names_the_project_leaves_the_users_quota_alone() -> None:
    """Who else uses this account was not learned from it."""
    bench = Bench(ceiling=1, writes_per_minute=10)
    error = QuotaExceeded("429", http_status=429)
    error.scope = QuotaScope.PROJECT

    await asyncio.wait([asyncio.create_task(bench.call("w", seconds=0.0, error=error))])

    logs, now = bench.pacing._logs[CallKind.WRITE], bench.clock.now()
    assert [logs[scope].allowed_count(now) for scope in QuotaScope] == [10, 1]


async def test_a_quota_that_cannot_be_asked_ends_the_wait_and_holds_nothing() -> None:
    """A disk that is full must be heard of, and not waited for until the deadline."""
    bench = Bench(ceiling=1)
    bench.pacing = bench.dispatcher._pacing = _Broken()

    with pytest.raises(QuotaFileError, match="the disk is full"):
        await bench.call("w")

    bench.assert_at_rest()
    assert bench.dispatcher.is_healthy


class _Broken(Pacing):
    """A quota file on a full disk."""

    def __init__(self) -> None:
        """Hold nothing."""

    def take(self, now: float, kind: CallKind) -> Reservation | float:
        raise QuotaFileError("the disk is full")
