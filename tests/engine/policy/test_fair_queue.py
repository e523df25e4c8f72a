"""Whose turn it is."""

from collections import Counter, defaultdict
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from engine.policy.fair_queue import FairQueue, VirtualTime


class Bench:
    """A queue, and a ticket machine in front of it."""

    def __init__(self) -> None:
        self.queue: FairQueue[str] = FairQueue()
        self.tickets = count(1)

    def add(self, tenant: str, *items: str) -> int:
        """Let items wait, and return the ticket of the last."""
        for item in items:
            ticket = next(self.tickets)
            self.queue.add(tenant, ticket, item)
        return ticket

    def serve(self, most: int = 1_000_000) -> list[str]:
        """Serve some, and return them in order."""
        served = []
        while self.queue and len(served) < most:
            served.append(self.queue.first()[2])
            self.queue.serve_first()
        return served


def test_within_a_tenant_the_first_to_come_is_first() -> None:
    """Edits of one deck in another order may be other edits."""
    bench = Bench()
    bench.add("a", *"12345")

    assert bench.serve() == list("12345")
    assert len(bench.queue) == 0


def test_tenants_take_turns_however_much_one_of_them_brings() -> None:
    """A nightly job must not make everybody else wait for the morning."""
    bench = Bench()
    bench.add("big", *"ABCDE")
    bench.add("small", "1")
    bench.add("other", "x", "y")

    assert bench.serve() == ["A", "1", "x", "B", "y", "C", "D", "E"]


def test_who_comes_later_is_served_within_one_round() -> None:
    """Not behind all that was there before, and not before all of it either."""
    bench = Bench()
    bench.add("big", *(str(number) for number in range(300)))
    bench.serve(100)

    bench.add("small", "me")

    assert "me" in bench.serve(2)


def test_who_was_away_has_saved_nothing_up() -> None:
    """A month without edits buys no hour in which others stand still."""
    bench = Bench()
    bench.add("a", *(str(number) for number in range(100)))
    bench.serve(50)

    bench.add("b", *("b" for _ in range(50)))
    served = bench.serve(20)

    assert served.count("b") == 10


def test_those_who_wait_alone_keep_their_order_of_arrival() -> None:
    """Tenants who ask for one thing at a time are a plain queue."""
    bench, served = Bench(), list[str]()
    for name in "abcde":
        bench.add(name, name)

    for name in "vwxyz":
        served += bench.serve(1)
        bench.add(name, name)
    served += bench.serve()

    assert served == list("abcdevwxyz")


def test_what_is_taken_away_costs_its_tenant_nothing() -> None:
    """Whoever cancels a thousand calls and makes one is not put behind a thousand."""
    bench = Bench()
    tickets = [bench.add("a", str(number)) for number in range(1_000)]
    bench.add("b", *("b" for _ in range(10)))
    for ticket in tickets:
        bench.queue.remove("a", ticket)

    bench.add("a", "me")

    assert "me" in bench.serve(2)


def test_taking_away_what_is_not_there_is_no_harm() -> None:
    """A waiter that was served in the instant in which it gave up."""
    bench = Bench()
    ticket = bench.add("a", "1")
    bench.serve()

    bench.queue.remove("a", ticket)
    bench.queue.remove("nobody", 7)

    assert len(bench.queue) == 0


def test_nothing_is_kept_of_tenants_who_have_gone() -> None:
    """A million presentations a day, each of which gives up once, must leave nothing behind."""
    bench = Bench()
    bench.add("who stays", "1")

    for number in range(10_000):
        bench.queue.remove(f"deck-{number}", bench.add(f"deck-{number}", "x"))

    assert len(bench.queue._tenants) == 1
    assert len(bench.queue._due) < 100


def test_all_that_wait_can_be_seen_and_taken_away() -> None:
    """When the engine closes, everybody has to be told."""
    bench = Bench()
    bench.add("a", "1", "2")
    bench.add("b", "3")

    seen = sorted(bench.queue)
    bench.queue.clear()

    assert seen == ["1", "2", "3"]
    assert bench.serve() == []


def test_queues_that_share_their_time_count_what_a_tenant_had_in_the_other() -> None:
    """Reads and writes share the places in flight: whoever had a write waits for the others' first reads."""
    time = VirtualTime()
    reads, writes = FairQueue[str](time), FairQueue[str](time)
    reads.add("a", 1, "a reads")
    reads.add("b", 2, "b reads")
    reads.serve_first()

    writes.add("a", 3, "a writes")

    assert reads.due_at < writes.due_at
    assert min((reads, writes), key=lambda queue: queue.due_at).first() == ("b", 2, "b reads")


def test_what_goes_on_with_a_turn_is_due_while_others_wait_to_begin_theirs() -> None:
    """One turn may take a call in each queue, and whoever had half of it need not wait for another round."""
    time = VirtualTime()
    reads, writes = FairQueue[str](time), FairQueue[str](time)
    reads.add("a", 1, "a reads")
    reads.add("b", 2, "b reads")
    reads.serve_first()

    writes.add("a", 3, "a writes", is_begun=True)
    first_due_at = writes.due_at
    writes.serve_first()
    writes.add("a", 4, "a writes more")

    assert first_due_at <= reads.due_at < writes.due_at


def test_a_turn_that_is_begun_overtakes_nobody_of_its_tenant_and_hastens_nobody() -> None:
    """Else whoever reads much could send all its writes before the others'."""
    bench = Bench()
    bench.add("a", "1")
    bench.queue.add("a", bench.add("b", "2") + 1, "3", is_begun=True)

    assert bench.serve() == ["1", "2", "3"]


def test_a_queue_that_stood_still_goes_first_and_keeps_no_grudge() -> None:
    """Writes that waited a minute for quota go before reads that came meanwhile, in turns with newcomers."""
    time = VirtualTime()
    reads, writes = FairQueue[str](time), FairQueue[str](time)
    for ticket in range(10):
        writes.add("old", ticket, "old")
    for ticket in range(100, 200):
        reads.add("reader", ticket, "r")
        reads.serve_first()

    writes.add("new", 300, "new")
    served = []
    for _ in range(3):
        served.append(writes.first()[2])
        writes.serve_first()

    assert served[0] == "old"
    assert "new" in served


def test_who_reads_between_its_writes_has_no_more_writes_than_others() -> None:
    """A read moves the time of both queues on, and cost whoever was served late a turn."""
    time = VirtualTime()
    reads, writes = FairQueue[str](time), FairQueue[str](time)
    for ticket in range(40):
        name = "reader" if ticket < 20 else "other"
        writes.add(name, ticket, name)

    served = []
    for ticket in range(100, 120):
        served.append(writes.first()[2])
        writes.serve_first()
        if served[-1] == "reader":
            reads.add("reader", ticket, "r")
            reads.serve_first()

    assert served.count("other") >= served.count("reader") - 1


DEEDS = st.lists(
    st.tuples(st.sampled_from(["add", "serve", "remove"]), st.sampled_from("abc"), st.integers(0, 9)),
    max_size=150,
)


@given(DEEDS)
def test_whatever_comes_and_goes_each_is_served_once_in_its_tenants_order(
    deeds: list[tuple[str, str, int]],
) -> None:
    """Nothing is lost, nothing comes twice, and nobody of a tenant overtakes another."""
    queue: FairQueue[int] = FairQueue()
    waiting: dict[str, list[int]] = defaultdict(list)
    for ticket, (deed, tenant, which) in enumerate(deeds):
        if deed == "add":
            queue.add(tenant, ticket, ticket)
            waiting[tenant].append(ticket)
        elif deed == "remove" and waiting[tenant]:
            gone = waiting[tenant].pop(which % len(waiting[tenant]))
            queue.remove(tenant, gone)
        elif deed == "serve" and queue:
            name, first, item = queue.first()
            queue.serve_first()
            assert first == item == waiting[name].pop(0)
        assert len(queue) == sum(map(len, waiting.values()))
    assert sorted(queue) == sorted(ticket for tickets in waiting.values() for ticket in tickets)


@given(st.lists(st.integers(20, 60), min_size=2, max_size=6))
def test_while_all_of_them_wait_none_is_served_two_more_than_another(
    sizes: list[int],
) -> None:
    """Equal shares, to the item."""
    bench = Bench()
    for tenant, size in enumerate(sizes):
        bench.add(str(tenant), *(str(tenant) for _ in range(size)))

    served = Counter(bench.serve(len(sizes) * min(sizes) - 1))

    assert max(served.values()) - min(served.values()) <= 1
