"""What processes may do, given the calls of all of them: decided without a file or a server."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from engine.errors import QuotaScope
from engine.policy.pacing import CallKind, Reservation
from engine.quota.file import QuotaFile
from engine.quota.rules import CallLog, SharedRules
from engine.settings import EngineSettings
from tests.support.shared_quotas import ADA, BOB, StillClock

WRITE, LEASE_SECONDS, SPAN_SECONDS = CallKind.WRITE, 30.0, 61.0


@pytest.fixture
def calls(tmp_path: Path) -> Iterator[CallLog]:
    """Return an empty log of all calls, held."""
    with QuotaFile(tmp_path / "quota") as file, file.locked(StillClock()) as calls:
        yield calls


def _rules(subject=ADA, **settings: object) -> SharedRules:  # noqa: ANN001 - a QuotaSubject
    return SharedRules(EngineSettings(quota_use_share=1.0, **settings), subject, LEASE_SECONDS, Random(1))


def test_a_place_counts_as_sent_at_the_end_of_its_lease(calls: CallLog) -> None:
    """Its process may die at any moment before."""
    _rules().take(calls, WRITE)

    assert calls.taken_at(QuotaScope.USER, ADA.user, WRITE) == [calls.now + LEASE_SECONDS]


def test_calls_that_count_no_more_are_forgotten(calls: CallLog) -> None:
    """What all processes share would grow for ever."""
    calls.sent(1, WRITE, ADA, calls.now - SPAN_SECONDS)

    _rules().take(calls, WRITE)

    assert calls.taken_at(QuotaScope.USER, ADA.user, WRITE) == [calls.now + LEASE_SECONDS]


def test_while_a_place_may_be_given_back_it_is_looked_at_again_soon(calls: CallLog) -> None:
    """Nobody rings when it is."""
    rules = _rules(writes_per_minute=1)
    taken = rules.take(calls, WRITE)
    again_at = rules.take(calls, WRITE)

    assert isinstance(taken, Reservation)
    assert calls.now + 0.2 <= again_at <= calls.now + 0.4
    assert rules.eta_seconds(calls, 1, WRITE) == LEASE_SECONDS + SPAN_SECONDS


def test_once_all_are_sent_the_moment_is_known(calls: CallLog) -> None:
    """Looking sooner would change nothing."""
    rules = _rules(writes_per_minute=1)
    taken = rules.take(calls, WRITE)
    calls.sent(taken.number, WRITE, ADA, calls.now)

    assert rules.take(calls, WRITE) == calls.now + SPAN_SECONDS
    assert rules.eta_seconds(calls, 1, WRITE) == SPAN_SECONDS
    assert rules.eta_seconds(calls, 2, WRITE) == 2 * SPAN_SECONDS


def test_what_a_refusal_teaches_is_for_whom_it_names(calls: CallLog) -> None:
    """A user who was alone too fast does not slow down the project."""
    ada, bob = _rules(), _rules(BOB)
    for _ in range(10):
        calls.sent(ada.take(calls, WRITE).number, WRITE, ADA, calls.now)
    last = Reservation(WRITE, calls.latest_number())

    ada.learn(calls, last, calls.now, retry_after_seconds=None, scope=QuotaScope.USER)

    assert ada.take(calls, WRITE) == calls.now + SPAN_SECONDS
    assert ada.allowed_count(WRITE) == 7
    assert isinstance(bob.take(calls, WRITE), Reservation)
