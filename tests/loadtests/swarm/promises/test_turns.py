import pytest

from engine.events import Event
from loadtests.swarm.promises import Promise
from loadtests.swarm.promises.turns import (
    OneWriterPerPresentation,
    PermitsAreCounted,
    TurnsAreTakenInOrder,
    WritersHaveTheirTurn,
)
from tests.support.promises import (
    ONE,
    THREE,
    TWO,
    admitted,
    awaited,
    left,
    some_terms,
    taken,
    tried,
    watched,
    what_broke,
)

THREE_MAY = some_terms(max_concurrent_slides=3)
IN_TURN = [awaited(ONE), taken(ONE), awaited(TWO), admitted(ONE), left(ONE), taken(TWO), left(TWO)]


@pytest.mark.parametrize("promise", [OneWriterPerPresentation, TurnsAreTakenInOrder, WritersHaveTheirTurn])
def test_one_after_the_other_keeps_it(promise: type[Promise]) -> None:
    """Two batches for one deck, of which the second waits."""
    assert what_broke(watched(promise, *IN_TURN)) == []


def test_decks_do_not_stand_in_each_others_way() -> None:
    """Each has a writer of its own."""
    other = "other/s1/0"

    right = watched(OneWriterPerPresentation, awaited(ONE), taken(ONE), awaited(other), taken(other))

    assert what_broke(right) == []


def test_two_writers_at_once_break_it() -> None:
    """The race of the incident."""
    wrong = watched(OneWriterPerPresentation, awaited(ONE), taken(ONE), awaited(TWO), taken(TWO))

    assert what_broke(wrong) == [f"{TWO} took deck from {ONE}"]


def test_whoever_overtakes_breaks_it() -> None:
    """Someone who is always overtaken never writes."""
    happenings = [awaited(ONE), awaited(TWO), taken(TWO), left(TWO), taken(ONE)]

    assert what_broke(watched(TurnsAreTakenInOrder, *happenings)) == [
        f"{TWO} had its turn on deck before {ONE}"
    ]


def test_whoever_gives_up_may_be_overtaken() -> None:
    """Also when that is told only after the next one had its turn."""
    right = watched(TurnsAreTakenInOrder, awaited(ONE), awaited(TWO), taken(TWO), left(ONE), left(TWO))
    sooner = watched(TurnsAreTakenInOrder, awaited(ONE), awaited(TWO), left(ONE), taken(TWO), left(TWO))

    assert what_broke(right) == what_broke(sooner) == []


def test_two_calls_that_name_their_batches_alike_wait_in_one_line() -> None:
    """Whoever asks for one edit twice queues twice; the second was missing in the queue."""
    happenings = [awaited(ONE), taken(ONE), awaited(ONE), left(ONE), taken(ONE), left(ONE)]

    assert what_broke(watched(TurnsAreTakenInOrder, *happenings)) == []


def test_a_turn_that_was_never_waited_for_breaks_it() -> None:
    """And is told, where a listener of the engine must not raise."""
    wrong = watched(TurnsAreTakenInOrder, taken(ONE))

    assert what_broke(wrong) == [f"{ONE} had a turn that it never waited for"]


@pytest.mark.parametrize(
    "happenings", [[admitted(ONE)], [awaited(ONE), taken(ONE), left(ONE), admitted(ONE)]]
)
def test_a_write_without_a_turn_breaks_it(happenings: list[Event]) -> None:
    """Whoever is not in the queue is not kept apart from others."""
    assert what_broke(watched(WritersHaveTheirTurn, *happenings)) == [f"{ONE} writes to deck without a turn"]


def test_readers_need_no_turn() -> None:
    """Reading disturbs nobody."""
    assert watched(WritersHaveTheirTurn, admitted(ONE, method="presentations.get")).checked_count == 0


def test_permits_that_are_counted_in_and_out_keep_it() -> None:
    """No more in flight than the limit, the limit no higher than its ceiling."""
    happenings = [
        admitted(ONE, 1.0, in_flight=1, limit=3),
        admitted(TWO, 2.0, in_flight=2, limit=3),
        tried(ONE),
        admitted(THREE, 3.0, in_flight=2, limit=3),
    ]

    assert what_broke(watched(PermitsAreCounted, *happenings, terms=THREE_MAY)) == []


@pytest.mark.parametrize(
    ("happenings", "said"),
    [
        ([admitted(in_flight=3, limit=2)], "3 in flight, limit 2"),
        ([admitted(in_flight=4, limit=9)], "4 in flight, limit 9, ceiling 3"),
        (
            [admitted(ONE, 1.0, limit=3), admitted(TWO, 2.0, limit=3)],
            "1 in flight, limit 3, counted 2",
        ),
    ],
)
def test_more_than_allowed_and_a_wrong_count_break_it(happenings: list[Event], said: str) -> None:
    """A permit that is lost or given twice shows here first."""
    assert what_broke(watched(PermitsAreCounted, *happenings, terms=THREE_MAY)) == [said]


def test_those_let_in_at_one_moment_may_speak_in_any_order() -> None:
    """The last of them may be the first to tell."""
    happenings = [admitted(ONE, 1.0, in_flight=2, limit=3), admitted(TWO, 1.0, in_flight=1, limit=3)]

    assert what_broke(watched(PermitsAreCounted, *happenings, terms=THREE_MAY)) == []
