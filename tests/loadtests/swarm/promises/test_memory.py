from dataclasses import replace

import pytest

from engine.events import Fate
from engine.journal.replay import CallState, replay
from loadtests.audit import Audit
from loadtests.measurements import ClientLog
from loadtests.swarm.callers import ENCORE_KEY
from loadtests.swarm.promises import Aftermath, Ending
from loadtests.swarm.promises.memory import TheJournalIsTrue, WhatIsToldStays
from tests.support.journals import begun, intended
from tests.support.journals import settled as noted
from tests.support.promises import ONE, accepted, settled, some_terms, watched, what_broke


def _told(before: Fate, after: Fate, *, loses_power: bool = False, is_killed: bool = True) -> WhatIsToldStays:
    promise = WhatIsToldStays(some_terms())
    promise.heard(accepted())
    promise.heard(replace(settled(), fate=before))
    if is_killed:
        promise.killed(2.0, loses_power=loses_power)
    promise.heard(accepted(at=3.0))
    promise.heard(replace(settled(at=4.0), fate=after))
    return promise


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        (Fate.APPLIED, Fate.APPLIED, True),
        (Fate.APPLIED, Fate.NOT_SENT, False),
        (Fate.APPLIED, Fate.INDETERMINATE, False),
        (Fate.APPLIED, Fate.REJECTED, False),
        (Fate.REJECTED, Fate.REJECTED, True),
        (Fate.REJECTED, Fate.APPLIED, False),
    ],
)
def test_what_was_told_for_good_is_told_again(before: Fate, after: Fate, *, holds: bool) -> None:
    """The caller has acted on it."""
    assert bool(what_broke(_told(before, after))) is not holds


@pytest.mark.parametrize("before", [Fate.NOT_SENT, Fate.INDETERMINATE])
def test_what_was_open_may_become_anything(before: Fate) -> None:
    """To settle it is what resuming is for."""
    assert _told(before, Fate.APPLIED).broken == []


def test_a_disk_without_power_may_forget_a_refusal() -> None:
    """And the edit is tried again; one that was applied is at most in doubt."""
    assert _told(Fate.REJECTED, Fate.APPLIED, loses_power=True).broken == []
    assert what_broke(_told(Fate.APPLIED, Fate.INDETERMINATE, loses_power=True)) == []
    assert what_broke(_told(Fate.APPLIED, Fate.NOT_SENT, loses_power=True)) != []


def test_another_call_of_the_same_name_is_another_edit() -> None:
    """The call after the storm names its operations like those in it."""
    promise = _told(Fate.APPLIED, Fate.APPLIED)
    promise.heard(replace(accepted(at=5.0), find=ENCORE_KEY))
    promise.heard(replace(settled(at=6.0), fate=Fate.NOT_SENT))

    assert what_broke(promise) == []
    assert _told(Fate.APPLIED, Fate.NOT_SENT, is_killed=False).broken == []


def _aftermath(state: CallState, **commits: int) -> Aftermath:
    ending = Ending(ClientLog(), calls={1: state})
    return Aftermath(ending, 9.0, Audit(commits, (), (), (), (), (), ()), (), {}, (), {})


def _state(*records: object) -> CallState:
    return replay([begun("a"), *records], "journal")[1]  # type: ignore[list-item] # records, as a test writes them


@pytest.mark.parametrize(
    ("records", "commits", "holds"),
    [
        ((), 0, True),
        ((), 1, False),
        ((intended("a"),), 1, True),
        ((intended("a"),), 0, True),
        ((intended("a"), noted("a", fate=Fate.APPLIED)), 1, True),
        ((intended("a"), noted("a", fate=Fate.APPLIED)), 0, False),
        ((intended("a"), noted("a", fate=Fate.REJECTED)), 0, True),
        ((intended("a"), noted("a", fate=Fate.REJECTED)), 1, False),
        ((intended("a"), noted("a", fate=Fate.NOT_SENT)), 1, False),
    ],
)
def test_the_journal_is_held_against_the_ledger(
    records: tuple[object, ...], commits: int, *, holds: bool
) -> None:
    """A write in doubt may be either; whatever else the journal says, the next process builds upon."""
    promise = watched(TheJournalIsTrue, _aftermath(_state(*records), a=commits))

    assert (promise.broken == []) is holds


def test_without_a_journal_there_is_nothing_to_hold() -> None:
    """Half of the seeds keep none."""
    ending = Ending(ClientLog())
    aftermath = Aftermath(ending, 9.0, Audit({ONE: 1}, (), (), (), (), (), ()), (), {}, (), {})

    assert watched(TheJournalIsTrue, aftermath).checked_count == 0
