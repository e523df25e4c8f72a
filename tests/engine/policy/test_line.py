"""A line in which whoever came first is first."""

from hypothesis import given
from hypothesis import strategies as st

from engine.policy.line import Line


def test_the_first_to_come_is_first_and_the_others_keep_their_order() -> None:
    """Whoever was first goes, and whoever came next is first."""
    line = Line(1, "a")
    line.add(2, "b")
    line.add(5, "c")

    assert (line.first, list(line)) == ((1, "a"), ["a", "b", "c"])
    line.pop_first()
    assert (line.first, list(line)) == ((2, "b"), ["b", "c"])


@given(st.lists(st.one_of(st.just("pop"), st.integers(0, 30))))
def test_whoever_leaves_or_has_had_its_turn_is_gone_and_nobody_else(deeds: list[str | int]) -> None:
    """Of anybody in the line, the first and the last included, and of whoever is not in it."""
    line, expected = Line(0, "0"), {ticket: str(ticket) for ticket in range(20)}
    for ticket in range(1, 20):
        line.add(ticket, str(ticket))

    for deed in deeds:
        if isinstance(deed, int):
            assert line.remove(deed) == (expected.pop(deed, None) is not None)
        elif line:
            assert line.first == next(iter(expected.items()))
            line.pop_first()
            del expected[next(iter(expected))]

        assert list(line) == list(expected.values())
        assert bool(line) == bool(expected)
