from dataclasses import replace

import pytest

from engine.events import AttemptAdmitted, Event
from loadtests.swarm.promises.tenants import TenantsTakeTurns
from tests.support.promises import admitted, some_terms, tried, turned, watched, what_broke

READ = "presentations.get"
ACME, BOLT = "acme/s1/0", "bolt/s1/0"


def _let_in(count: int, identity: str = ACME, since: float = 1.0) -> list[Event]:
    """Return that many writes of one presentation, a second apart."""
    return [
        event
        for number in range(count)
        for event in (
            admitted(f"{identity}{number}", since + number),
            tried(f"{identity}{number}", since + number),
        )
    ]


def _waited(seconds: float, at: float, **waits: float) -> list[Event]:
    return [admitted(BOLT, at), tried(BOLT, at, waits_seconds={"quota": seconds, **waits})]


def test_who_waits_is_let_in_after_a_few_of_another() -> None:
    """By the law of the queue it is the next but one at the latest."""
    assert what_broke(watched(TenantsTakeTurns, *_let_in(3), *_waited(4.0, 4.5))) == []


def test_who_waits_for_a_crowd_is_wronged() -> None:
    """One who brings a thousand calls is to wait for itself."""
    assert what_broke(watched(TenantsTakeTurns, *_let_in(4), *_waited(4.9, 5.5))) == [
        "acme was let in 4 times while bolt/s1/0 waited for 4.900 s"
    ]


def test_what_was_let_in_before_somebody_came_is_no_wrong() -> None:
    """Nobody else was there."""
    assert what_broke(watched(TenantsTakeTurns, *_let_in(9), *_waited(1.0, 10.0))) == []


def test_each_of_several_calls_of_a_tenant_has_a_turn() -> None:
    """It was let in as well while the last of its calls waited."""
    own, others = _let_in(3, "bolt/s2/0", since=1.5), _let_in(6)

    assert what_broke(watched(TenantsTakeTurns, *own, *others, *_waited(6.9, 7.5))) == []


def test_a_turn_that_went_into_a_trial_was_a_turn() -> None:
    """A trial is a read, whatever waits; the write that it was for was called wronged."""
    probe = [admitted("bolt/read", 2.5, method=READ), tried("bolt/read", 2.5, method=READ)]

    since = [*_let_in(2), *probe, *_let_in(2, since=3.0)]
    assert what_broke(watched(TenantsTakeTurns, *since, *_waited(4.9, 5.5))) == []


def test_presentations_of_one_tenant_are_not_held_against_one_another() -> None:
    """They share its share, in the order in which they came."""
    terms = some_terms()
    same = type(terms)(terms.settings, terms.scenario, 0.0, tenants={"acme": "both", "bolt": "both"})

    assert what_broke(watched(TenantsTakeTurns, *_let_in(9), *_waited(9.5, 10.5), terms=same)) == []


def test_who_waits_while_a_breaker_of_all_calls_is_not_closed_is_not_looked_at() -> None:
    """It stood in no line."""
    parked = watched(TenantsTakeTurns, *_let_in(9), *_waited(9.5, 10.5, breaker=3.0))
    assert parked.checked_count == 0

    opened, closed = turned("closed", "open", 1.5), turned("half-open", "closed", 2.5)
    after_an_outage = watched(TenantsTakeTurns, opened, closed, *_let_in(9), *_waited(9.5, 10.5))
    assert after_an_outage.checked_count == 0


@pytest.mark.parametrize(
    ("tenants", "looks_count"), [({}, 1), ({"cove": "both", "bolt": "both"}, 0)], ids=["another's", "its own"]
)
def test_only_a_sick_presentation_of_ones_own_excuses_a_long_wait(
    tenants: dict[str, str], looks_count: int
) -> None:
    """One presentation that failed, whoever's, was an excuse for all."""
    sick = turned("closed", "open", 1.5, key="presentation:cove")
    terms = replace(some_terms(), tenants=tenants)

    waited = watched(TenantsTakeTurns, sick, *_let_in(9), *_waited(9.5, 10.5), terms=terms)

    assert waited.checked_count == looks_count
    assert len(waited.broken) == looks_count


def test_a_trial_for_a_write_is_no_turn_of_a_writer() -> None:
    """It is a cheap read, and the write it is for waits on; sick decks made their tenant look greedy."""
    trials = [
        replace(each, is_trial=True) if isinstance(each, AttemptAdmitted) else each for each in _let_in(9)
    ]

    assert what_broke(watched(TenantsTakeTurns, *trials, *_waited(9.5, 10.5))) == []


def test_who_comes_back_after_a_death_waits_no_longer_than_others() -> None:
    """A journal says in whose name it was called, and nothing was looked at after a death."""
    reborn = TenantsTakeTurns(some_terms())
    for event in _let_in(9):
        reborn.heard(event)
    reborn.killed(10.0, loses_power=False)
    for event in (*_let_in(2, since=11.0), *_waited(12.0, 12.5)):
        reborn.heard(event)
    assert what_broke(reborn) == []

    for event in (*_let_in(9, since=13.0), *_waited(9.5, 22.5)):
        reborn.heard(event)
    assert len(what_broke(reborn)) == 1
