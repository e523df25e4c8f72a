"""Who has a presentation and who waits for one."""

from engine.events import TurnAwaited, TurnEnded, TurnTaken
from engine.monitoring.turns import Turns


def _awaited(turns: Turns[str], identity: str, note: str, presentation_id: str = "p") -> None:
    turns.awaited(TurnAwaited(identity, presentation_id, 0.0), note)


def _taken(turns: Turns[str], identity: str, presentation_id: str = "p") -> str | None:
    return turns.taken(TurnTaken(identity, presentation_id, 0.0))


def _ended(turns: Turns[str], identity: str, presentation_id: str = "p") -> str | None:
    return turns.ended(TurnEnded(identity, presentation_id, 0.0))


def test_presentations_are_counted_not_batches() -> None:
    """Ten batches in line for one deck are one contended deck."""
    turns: Turns[str] = Turns()

    for identity in ("a", "b", "c"):
        _awaited(turns, identity, identity)
    _awaited(turns, "d", "d", "q")
    _taken(turns, "a")

    assert (turns.held_count, turns.waited_for_count) == (1, 2)


def test_the_holder_is_who_took_its_turn_last() -> None:
    """An attempt belongs to whoever has the presentation, whatever its own name."""
    turns: Turns[str] = Turns()
    _awaited(turns, "a", "first")
    _awaited(turns, "b", "second")

    holders = [turns.holder("p")]
    _taken(turns, "a")
    holders.append(turns.holder("p"))
    _ended(turns, "a")
    _taken(turns, "b")
    holders.append(turns.holder("p"))

    assert holders == [None, "first", "second"]


def test_who_gives_up_waiting_leaves_the_holder_alone() -> None:
    """A deadline in the queue must not look like the end of the write."""
    turns: Turns[str] = Turns()
    _awaited(turns, "a", "first")
    _awaited(turns, "b", "second")
    _taken(turns, "a")

    left = _ended(turns, "b")

    assert left == "second"
    assert turns.holder("p") == "first"


def test_two_turns_of_one_name_are_two_turns() -> None:
    """Two calls for the same deck name their batches alike."""
    turns: Turns[str] = Turns()
    _awaited(turns, "a", "first")
    _awaited(turns, "a", "second")

    taken = [_taken(turns, "a")]
    ended = [_ended(turns, "a")]
    taken.append(_taken(turns, "a"))
    ended.append(_ended(turns, "a"))

    assert taken == ended == ["first", "second"]
    assert (turns.held_count, turns.waited_for_count) == (0, 0)


def test_nothing_is_kept_of_what_has_ended() -> None:
    """A service that edits a million decks must not remember them."""
    turns: Turns[str] = Turns()
    _awaited(turns, "a", "first")
    _taken(turns, "a")
    _ended(turns, "a")

    assert (turns._held, turns._waiting) == ({}, {})


def test_a_turn_that_never_began_is_no_trouble() -> None:
    """A listener must not raise, whenever it was attached."""
    turns: Turns[str] = Turns()

    assert (_taken(turns, "a"), _ended(turns, "a")) == (None, None)
