from typing import Any

import pytest

from engine.events import DrainBegan
from loadtests.measurements import ClientLog
from loadtests.swarm.promises import Encore, Ending, Promise
from loadtests.swarm.promises.endings import (
    CallsEndInTime,
    ClosesInTime,
    NothingIsLeft,
    NothingSurprises,
    TheStormIsSurvived,
)
from tests.support.promises import all_over, watched, what_broke


def _ending(**facts: Any) -> Ending:  # noqa: ANN401 # whatever an ending has
    return Ending(ClientLog(), **facts)


APPLIED = Encore("deck", was_applied=True, told="")
REFUSED = Encore("deck", was_applied=False, told="CircuitOpen: wait")


@pytest.mark.parametrize(
    ("promise", "ending"),
    [
        (TheStormIsSurvived, _ending(encores=[APPLIED])),
        (CallsEndInTime, _ending(overtimes_seconds={"deck": 0.3, "late": -60.0})),
        (NothingSurprises, _ending()),
        (NothingIsLeft, _ending()),
        (ClosesInTime, _ending(closing_seconds=11.0)),
    ],
)
def test_a_good_ending_keeps_it(promise: type[Promise], ending: Ending) -> None:
    """Each is looked at in every run, and holds in nearly all."""
    assert what_broke(watched(promise, all_over(ending=ending))) == []


@pytest.mark.parametrize(
    ("promise", "ending", "said"),
    [
        (TheStormIsSurvived, _ending(unfinished=["deck"]), "deck had not ended long after the storm"),
        (
            TheStormIsSurvived,
            _ending(encores=[APPLIED, REFUSED]),
            "after the storm, deck was not edited: CircuitOpen: wait",
        ),
        (
            CallsEndInTime,
            _ending(overtimes_seconds={"deck": 0.6, "other": -1.0}),
            "deck ended 0.600 s after its deadline",
        ),
        (NothingIsLeft, _ending(leftovers=["2 sockets open"]), "2 sockets open"),
        (ClosesInTime, _ending(closing_seconds=13.5), "closing took 13.500 s"),
    ],
)
def test_a_bad_ending_breaks_it(promise: type[Promise], ending: Ending, said: str) -> None:
    """And the text says what was seen."""
    assert what_broke(watched(promise, all_over(ending=ending))) == [said]


def test_an_error_of_no_known_kind_is_a_surprise() -> None:
    """Callers were promised the engine's own errors; three of a kind are enough to see."""
    wrong = watched(NothingSurprises, all_over(surprises=["a: KeyError", "b", "c", "d"]))

    assert what_broke(wrong) == ["a: KeyError; b; c"]


@pytest.mark.parametrize(("closing_seconds", "broken_count"), [(26.9, 0), (27.1, 1)])
def test_an_engine_that_is_drained_has_the_time_it_was_given(
    closing_seconds: float, broken_count: int
) -> None:
    """Nothing is under way any more afterwards, so closing it takes no time of its own."""
    ending = _ending(closing_seconds=closing_seconds)

    assert (
        len(what_broke(watched(ClosesInTime, DrainBegan(1.0, 25.0), all_over(ending=ending)))) == broken_count
    )
