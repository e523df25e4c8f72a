from loadtests.timeline.attempts import Attempt
from loadtests.timeline.lanes import groups_of
from loadtests.timeline.operations import Operation, Refusal
from loadtests.timeline.turns import Turn
from tests.support.stories import DECK, FIRST, READ, SECOND, WRITE, a_story, real_story


def _operation(operation_id: str, accepted: float = 1.0) -> Operation:
    deck, slide_id, _ = operation_id.split("/")
    return Operation(operation_id, deck, slide_id, "a", "b", accepted)


def test_a_batch_has_a_lane_with_its_operations_and_tries() -> None:
    """Presentation, batch, operation: the order in which one asks."""
    (group,) = a_story().groups

    assert group.presentation_id == DECK
    assert [lane.identity for lane in group.lanes] == [FIRST, SECOND]
    assert [[one.operation_id for one in lane.operations] for lane in group.lanes] == [[FIRST], [SECOND]]
    assert [len(lane.attempts) for lane in group.lanes] == [2, 1]
    assert [len(lane.turns) for lane in group.lanes] == [1, 1]


def test_a_read_has_a_lane_before_the_batches_it_is_for() -> None:
    """Lanes are in the order of their beginnings."""
    read = Attempt("deck/read", 1, "deck", READ, 0.0, 0.5, "answered")
    write = Attempt("deck/s1/0", 1, "deck", WRITE, 0.6, 0.9, "answered", operation_ids=("deck/s1/0",))

    (group,) = groups_of([_operation("deck/s1/0", 0.5)], [read, write], [], [])

    assert [lane.identity for lane in group.lanes] == ["deck/read", "deck/s1/0"]


def test_an_operation_is_with_the_batch_that_carried_it_last() -> None:
    """A batch that was refused goes again in halves, and the second half has a name of its own."""
    half = ("deck/s2/0", "deck/s2/1")
    both = ("deck/s1/0", *half)
    attempts = [
        Attempt("deck/s1/0", 1, "deck", WRITE, 1.0, 1.5, "rejected", operation_ids=both),
        Attempt("deck/s2/0", 1, "deck", WRITE, 2.0, 2.5, "answered", operation_ids=half),
    ]

    (group,) = groups_of([_operation(name) for name in both], attempts, [], [])

    assert [[one.slide_id for one in lane.operations] for lane in group.lanes] == [["s1"], ["s2", "s2"]]


def test_operations_that_were_never_tried_are_with_the_batch_that_queued() -> None:
    """All that is known of it is its first operation's name."""
    names = ("deck/s1/0", "deck/s1/1", "deck/s2/0")
    turns = [Turn("deck/s1/0", "deck", 1.0), Turn("deck/s2/0", "deck", 1.0)]

    (group,) = groups_of([_operation(name) for name in names], [], turns, [])

    assert [len(lane.operations) for lane in group.lanes] == [2, 1]


def test_what_concerns_no_presentation_comes_last() -> None:
    """Tokens and bare connections came first, but nobody looks for them first."""
    token = Attempt("token", 1, None, "token", 0.0, 0.0)
    read = Attempt("deck/read", 1, "deck", READ, 0.1, 0.5, "answered")

    assert [group.presentation_id for group in groups_of([], [token, read], [], [])] == ["deck", None]


def test_a_presentation_whose_call_was_refused_is_there() -> None:
    """It has no lanes, but it has a story."""
    (group,) = groups_of([], [], [], [Refusal(1.0, "deck", "not_sent", "NotFound", "404")])

    assert (group.lanes, len(group.refusals), group.began_at_seconds) == ((), 1, 1.0)


def test_nothing_of_a_real_run_is_left_out() -> None:
    """Every operation and every try is in exactly one lane."""
    story = real_story("flaky_network")

    assert len(story.operations) == len({one.operation_id for one in story.operations}) == 288
    assert all(len(lane.operations) == 3 for group in story.groups for lane in group.lanes if lane.turns)
