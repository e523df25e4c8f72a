"""Which of many calls is carried out next."""

from collections import Counter
from dataclasses import dataclass
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from engine.policy.waitlist import Waitlist


@dataclass(frozen=True)
class Call:
    """One call."""

    presentation_id: str
    tenant: str
    ticket: int


class Bench:
    """A waitlist, and those whose turn it was, in order."""

    def __init__(self, room_count: int) -> None:
        self.list: Waitlist[Call] = Waitlist(room_count)
        self.under_way: list[Call] = []
        self.begun: list[Call] = []
        self._tickets = count(1)

    def come(self, presentation_id: str, tenant: str | None = None) -> Call:
        """Let a call come."""
        call = Call(presentation_id, tenant or presentation_id, next(self._tickets))
        self._begin(self.list.add(call))
        return call

    def end(self, call: Call | None = None) -> None:
        """End a call: the one that is under way for longest, if none is named."""
        ended = call or self.under_way[0]
        self.under_way.remove(ended)
        self._begin(self.list.ended(ended))

    def _begin(self, call: Call | None) -> None:
        if call is not None:
            self.under_way.append(call)
            self.begun.append(call)


def test_so_many_are_under_way_and_the_others_wait() -> None:
    """What is carried out takes memory, and a crowd of it would take it all."""
    bench = Bench(room_count=20)

    calls = [bench.come(f"deck-{number}") for number in range(25)]

    assert bench.under_way == calls[:20]
    assert (len(bench.list), bench.list.under_way_count) == (5, 20)


def test_tenants_take_turns_and_within_one_the_first_to_come_is_first() -> None:
    """A nightly job with ten thousand decks must not make everybody else wait for the morning."""
    bench = Bench(room_count=10)
    for number in range(10):
        bench.come(f"first-{number}", "job")
    job = [bench.come(f"deck-{number}", "job") for number in range(5)]
    mine = [bench.come(f"mine-{number}", "me") for number in range(2)]

    for _ in range(7):
        bench.end()

    assert bench.begun[10:] == [job[0], mine[0], job[1], mine[1], *job[2:]]


def test_no_presentation_takes_all_the_room() -> None:
    """A sick one's calls get stuck, each until its deadline."""
    bench = Bench(room_count=30)
    for _ in range(100):
        bench.come("sick")

    others = [bench.come(f"deck-{number}") for number in range(27)]

    assert Counter(call.presentation_id for call in bench.under_way)["sick"] == 3
    assert set(others) <= set(bench.under_way)


def test_whoever_stepped_aside_is_not_put_behind_those_who_came_later() -> None:
    """It had its turn, and waits for its presentation alone."""
    bench = Bench(room_count=10)
    bench.come("busy", "acme")
    aside = bench.come("busy", "acme")
    for number in range(30):
        bench.come(f"deck-{number}", "acme")

    bench.end(bench.under_way[0])

    assert bench.begun[-1] == aside


def test_whoever_gives_up_takes_no_turn() -> None:
    """Neither of those who wait nor of those who stepped aside."""
    bench = Bench(room_count=10)
    bench.come("busy")
    aside = bench.come("busy")
    for number in range(9):
        bench.come(f"deck-{number}")
    waits = bench.come("late")

    bench.list.remove(aside)
    bench.list.remove(waits)
    bench.list.remove(waits)  # once more is no harm
    while bench.under_way:
        bench.end()

    assert not {aside, waits} & set(bench.begun)
    assert (len(bench.list), bench.list.under_way_count) == (0, 0)


def test_all_that_wait_can_be_taken_away() -> None:
    """When the engine closes, everybody has to be told."""
    bench = Bench(room_count=1)
    bench.come("a")
    waiting = [bench.come("a"), bench.come("b"), bench.come("c")]

    assert set(bench.list.drained()) == set(waiting)
    assert len(bench.list) == 0


_DEEDS = st.lists(st.tuples(st.sampled_from(["come", "come", "end", "give up"]), st.integers(0, 5)))


@given(st.integers(1, 25), _DEEDS)
def test_room_is_never_exceeded_and_never_left_empty_while_somebody_may_begin(
    room_count: int, deeds: list[tuple[str, int]]
) -> None:
    """Whatever comes, ends and gives up, in whatever order; and at the end nothing is kept of anybody."""
    bench, waiting = Bench(room_count), list[Call]()
    room_of_one_count = max(1, room_count // 10)

    def look() -> None:
        counts = Counter(call.presentation_id for call in bench.under_way)
        assert len(bench.under_way) <= room_count
        assert all(count <= room_of_one_count for count in counts.values())
        if len(bench.under_way) < room_count:
            assert all(counts[call.presentation_id] == room_of_one_count for call in waiting)

    for deed, place in deeds:
        if deed == "come":
            waiting.append(bench.come(f"deck-{place}", f"tenant-{place % 2}"))
        elif deed == "end" and bench.under_way:
            bench.end(bench.under_way[place % len(bench.under_way)])
        elif deed == "give up" and waiting:
            bench.list.remove(waiting.pop(place % len(waiting)))
        waiting = [call for call in waiting if call not in bench.begun]
        look()
        assert len(bench.list) == len(waiting)
    while bench.under_way:
        bench.end()

    assert set(waiting) <= set(bench.begun)
    assert not bench.list._aside
    assert not bench.list._under_way
