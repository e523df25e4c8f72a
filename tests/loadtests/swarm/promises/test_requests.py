from dataclasses import replace

from engine.events import AttemptOutcome, Event, Fate
from loadtests.measurements import ClientLog
from loadtests.swarm.promises import Aftermath, Ending
from loadtests.swarm.promises.requests import AtomicCallsAreWhole, DoubtsAreDue, EveryRequestIsToldTruly
from loadtests.swarm.request_audit import Asked, RequestAudit
from tests.support.promises import (
    TWO,
    accepted,
    all_over,
    settled,
    some_terms,
    tried,
    watched,
    what_broke,
)


def _aftermath(
    *, is_atomic: bool = False, wrong: tuple[str, ...] = (), halves: tuple[str, ...] = ()
) -> Aftermath:
    ending = Ending(ClientLog(), asked=[Asked("deck/requests/0", "deck", "createSlide", {}, is_atomic)])
    found = RequestAudit({}, wrong, halves)
    return all_over(ending=ending, requests=found)


def test_what_is_told_wrongly_of_a_request_is_said() -> None:
    """As the audit says it."""
    assert what_broke(watched(EveryRequestIsToldTruly, _aftermath())) == []
    assert what_broke(watched(EveryRequestIsToldTruly, _aftermath(wrong=("lost", "twice")))) == [
        "lost; twice"
    ]


def test_a_half_of_an_atomic_call_is_said() -> None:
    """And where no call is atomic, there is nothing to look at."""
    assert what_broke(watched(AtomicCallsAreWhole, _aftermath(is_atomic=True, halves=("1 of 2",)))) == [
        "1 of 2"
    ]
    assert watched(AtomicCallsAreWhole, _aftermath(is_atomic=True)).checked_count == 1
    assert watched(AtomicCallsAreWhole, _aftermath()).checked_count == 0


def test_a_doubt_needs_a_lost_answer_to_a_write_of_that_edit() -> None:
    """An engine that doubts everything tells nothing wrongly, and is of no use."""
    lost = tried(outcome=AttemptOutcome.UNKNOWN)
    doubted = replace(settled(), fate=Fate.INDETERMINATE)

    assert what_broke(watched(DoubtsAreDue, lost, doubted)) == []
    assert what_broke(watched(DoubtsAreDue, doubted)) != []
    assert what_broke(watched(DoubtsAreDue, lost, replace(doubted, operation_id=TWO))) != []


def _doubted_after_a_death(*, loses_power: bool, before: list[Event]) -> list[str]:
    promise = DoubtsAreDue(some_terms())
    for event in before:
        promise.heard(event)
    promise.killed(2.0, loses_power=loses_power)
    promise.heard(accepted(at=3.0))
    promise.heard(replace(settled(at=4.0), fate=Fate.INDETERMINATE))
    return what_broke(promise)


def test_what_was_under_way_at_a_death_may_be_in_doubt() -> None:
    """Nobody heard the answers to what was sent."""
    assert _doubted_after_a_death(loses_power=False, before=[accepted()]) == []


def test_a_death_is_no_excuse_to_doubt_what_had_its_fate_or_began_later() -> None:
    """After the first death of a run every doubt was taken for due."""
    assert _doubted_after_a_death(loses_power=False, before=[]) != []
    assert _doubted_after_a_death(loses_power=False, before=[accepted(), settled()]) != []


def test_a_disk_that_lost_its_power_may_have_forgotten_a_fate() -> None:
    """What was not synced is in doubt once more."""
    assert _doubted_after_a_death(loses_power=True, before=[accepted(), settled()]) == []
    assert _doubted_after_a_death(loses_power=True, before=[]) != []
