"""How many go first."""

from hypothesis import given
from hypothesis import strategies as st

from engine.policy.backlog import Backlog
from engine.policy.fair_queue import FairQueue


def _backlog(**counts: int) -> Backlog:
    backlog = Backlog()
    for tenant, count in counts.items():
        backlog.add(tenant, count)
    return backlog


def test_ahead_of_one_write_is_one_of_each_tenant_and_all_of_ones_own() -> None:
    """A small job behind a huge one of somebody else is not told to come back tomorrow."""
    backlog = _backlog(big=300, other=2)

    assert backlog.ahead_of("small", 1) == 2
    assert backlog.ahead_of("other", 1) == 2 + 3
    assert backlog.ahead_of("big", 1) == 300 + 2


def test_nothing_is_kept_of_who_has_nothing_left() -> None:
    """A million presentations a day must leave nothing behind."""
    backlog = _backlog(a=2)

    backlog.add("a", -2)

    assert (backlog.count, backlog._counts, backlog._tenants_with) == (0, {}, {})
    assert backlog.ahead_of("b", 5) == 0


def test_a_crowd_is_counted_by_how_much_its_tenants_have() -> None:
    """Ten thousand that wait must not make the next call, or its refusal, slower than the first."""
    backlog = _backlog(**{str(number): 1 + number % 2 for number in range(10_000)})

    assert backlog.ahead_of("me", 1) == 10_000
    assert backlog.ahead_of("me", 90) == 15_000
    assert len(backlog._tenants_with) == 2


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(1, 12), max_size=4),
    st.sampled_from("abcde"),
    st.integers(1, 8),
)
def test_it_is_what_the_turns_come_to_within_a_round(
    waiting: dict[str, int], tenant: str, count: int
) -> None:
    """An estimate that the queue does not keep would refuse what could be done, or take on what cannot."""
    queue: FairQueue[str] = FairQueue()
    tickets = iter(range(1_000))
    for name, wanted in waiting.items():
        for _ in range(wanted):
            queue.add(name, next(tickets), name)
    for _ in range(count):
        queue.add(tenant, next(tickets), "mine")

    before_my_last, mine = 0, 0
    while mine < count:
        is_mine = queue.first()[2] == "mine"
        queue.serve_first()
        mine += is_mine
        before_my_last += not is_mine

    ahead = _backlog(**waiting).ahead_of(tenant, count)
    after_me_count = len(waiting.keys() - {tenant}) if tenant in waiting else 0
    assert before_my_last <= ahead <= before_my_last + after_me_count
