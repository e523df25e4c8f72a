import itertools

from loadtests.timeline.steps import Step
from loadtests.timeline.turns import Turn, turns_of, waiting_steps
from tests.support.stories import DECK, FIRST, SECOND, ZERO, real_story, turn


def test_a_turn_has_its_wait_its_hold_and_its_end() -> None:
    """Who had the presentation explains who waited."""
    facts = [turn("TurnAwaited", FIRST, 1.0), turn("TurnTaken", FIRST, 2.0), turn("TurnEnded", FIRST, 4.0)]

    assert turns_of(facts, ZERO) == [Turn(FIRST, DECK, 1.0, 2.0, 4.0)]


def test_whoever_leaves_the_queue_never_had_the_presentation() -> None:
    """A cancelled batch holds nothing."""
    (left,) = turns_of([turn("TurnAwaited", FIRST, 1.0), turn("TurnEnded", FIRST, 4.0)], ZERO)

    assert (left.taken_at_seconds, left.waited_until_seconds) == (None, 4.0)


def test_two_calls_on_one_deck_are_kept_apart() -> None:
    """They name their batches alike, and the first still has its turn when the second queues."""
    facts = [
        turn("TurnAwaited", FIRST, 1.0),
        turn("TurnTaken", FIRST, 1.0),
        turn("TurnAwaited", FIRST, 2.0),
        turn("TurnEnded", FIRST, 3.0),
        turn("TurnTaken", FIRST, 3.0),
        turn("TurnEnded", FIRST, 5.0),
    ]

    assert turns_of(facts, ZERO) == [Turn(FIRST, DECK, 1.0, 1.0, 3.0), Turn(FIRST, DECK, 2.0, 3.0, 5.0)]


def test_those_who_wait_are_counted() -> None:
    """Whoever has the presentation at once waits for nothing; whoever never gets it waits to the end."""
    turns = [Turn(FIRST, DECK, 1.0, 1.0, 3.0), Turn(SECOND, DECK, 2.0, 3.0, 4.0), Turn("x", DECK, 2.5)]

    assert waiting_steps(turns) == (Step(2.0, 1), Step(2.5, 2), Step(3.0, 1))


def test_no_two_batches_of_a_real_run_have_a_presentation_at_once() -> None:
    """The lock's promise, as the story tells it."""
    for group in real_story("flaky_network").groups:
        holds = sorted(
            (turn.taken_at_seconds, turn.ended_at_seconds)
            for lane in group.lanes
            for turn in lane.turns
            if turn.taken_at_seconds is not None and turn.ended_at_seconds is not None
        )
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(holds))


def test_a_killed_process_lets_go_of_all_it_had_and_the_next_one_begins_anew() -> None:
    """Its turns would else be taken for those of the process that came after it."""
    facts = [
        turn("TurnAwaited", FIRST, 1.0),
        turn("TurnTaken", FIRST, 1.0),
        {"event": "ProcessKilled", "at_seconds": ZERO + 2.0},
        turn("TurnAwaited", FIRST, 3.0),
        turn("TurnTaken", FIRST, 4.0),
        turn("TurnEnded", FIRST, 5.0),
    ]

    assert turns_of(facts, ZERO) == [Turn(FIRST, DECK, 1.0, 1.0, 2.0), Turn(FIRST, DECK, 3.0, 4.0, 5.0)]
