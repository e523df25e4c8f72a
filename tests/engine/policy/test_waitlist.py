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

    tenant: str
    ticket: int


class Bench:
    """A waitlist, those who are under way, and those who began, in order."""

    def __init__(self, room_count: int) -> None:
        self.list: Waitlist[Call] = Waitlist(room_count)
        self.under_way: list[Call] = []
        self.begun: list[Call] = []
        self._tickets = count(1)

    def come(self, tenant: str) -> Call:
        """Let a call come."""
        call = Call(tenant, next(self._tickets))
        self._begin(self.list.add(call))
        return call

    def end(self, call: Call | None = None) -> None:
        """End a call: the one that is under way for longest, if none is named."""
        ended = call or self.under_way[0]
        self.under_way.remove(ended)
        self._begin(self.list.ended(ended))

    @property
    def shares(self) -> Counter[str]:
        """How many calls of each tenant are under way."""
        return Counter(call.tenant for call in self.under_way)

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


def test_within_a_tenant_the_first_to_come_is_first() -> None:
    """Edits of one deck in another order may be other edits."""
    bench = Bench(room_count=1)
    calls = [bench.come("me") for _ in range(5)]

    for _ in range(5):
        bench.end()

    assert bench.begun == calls


def test_whoever_comes_later_finds_room_however_many_calls_another_has() -> None:
    """A nightly job with ten thousand long calls must not make everybody else wait for the morning."""
    bench = Bench(room_count=20)
    for _ in range(100):
        bench.come("job")
    assert bench.shares["job"] == 10

    mine = bench.come("me")

    assert mine in bench.under_way


def test_in_the_long_run_tenants_have_equal_shares_of_the_room() -> None:
    """Also those who found it nearly full; what is left is for whoever comes next."""
    bench = Bench(room_count=40)
    for tenant in ("first", "second", "third"):
        for _ in range(200):
            bench.come(tenant)

    for _ in range(200):
        bench.end()

    assert bench.shares == {"first": 10, "second": 10, "third": 10}


def test_a_tenant_whose_calls_never_end_holds_up_nobody_else() -> None:
    """Its decks are sick, each call waits until its deadline, and the others must not."""
    bench = Bench(room_count=10)
    for _ in range(1_000):
        bench.come("sick")
    well = [bench.come("well") for _ in range(50)]

    for _ in range(50):
        bench.end(next(call for call in bench.under_way if call.tenant == "well"))

    assert [call for call in bench.begun if call.tenant == "well"] == well


def test_whoever_gives_up_takes_no_room() -> None:
    """Whether first in line or not, and once more is no harm."""
    bench = Bench(room_count=1)
    bench.come("a")
    first, second, other, last = (bench.come(tenant) for tenant in ("a", "a", "b", "a"))

    for gone in (second, first, other, other):
        bench.list.remove(gone)
    bench.end()
    bench.end()

    assert bench.begun[1:] == [last]
    assert (len(bench.list), bench.list.under_way_count) == (0, 0)


def test_all_that_wait_can_be_taken_away() -> None:
    """When the engine closes, everybody has to be told."""
    bench = Bench(room_count=1)
    bench.come("a")
    waiting = [bench.come("a"), bench.come("b"), bench.come("b")]

    assert set(bench.list.drained()) == set(waiting)
    assert len(bench.list) == 0


_DEEDS = st.lists(st.tuples(st.sampled_from(["come", "come", "end", "give up"]), st.integers(0, 5)))


@given(st.integers(1, 12), _DEEDS)
def test_room_is_never_exceeded_and_nobody_waits_who_may_begin(
    room_count: int, deeds: list[tuple[str, int]]
) -> None:
    """Whatever comes, ends and gives up, in whatever order; and at the end nothing is kept of anybody."""
    bench, waiting = Bench(room_count), list[Call]()

    for deed, place in deeds:
        if deed == "come":
            waiting.append(bench.come(f"tenant-{place}"))
        elif deed == "end" and bench.under_way:
            bench.end(bench.under_way[place % len(bench.under_way)])
        elif deed == "give up" and waiting:
            bench.list.remove(waiting.pop(place % len(waiting)))
        waiting = [call for call in waiting if call not in bench.begun]
        free_count = room_count - len(bench.under_way)
        assert free_count >= 0
        assert all(bench.shares[call.tenant] >= free_count for call in waiting)
        assert len(bench.list) == len(waiting)
    while bench.under_way:
        bench.end()

    assert set(waiting) <= set(bench.begun)
    assert not bench.list._lines
    assert not bench.list._under_way


def test_ranks_of_those_who_gave_up_are_forgotten() -> None:
    """Behind one who waits on they would heap up; a million calls a day must leave nothing behind."""
    bench = Bench(room_count=1)
    bench.come("is under way")
    bench.come("waits on")

    for number in range(10_000):
        bench.list.remove(bench.come(f"deck-{number}"))

    assert len(bench.list._ranks) < 100
