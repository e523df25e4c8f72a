"""The adaptive limit at work."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.admission.limiter import Limiter, Slot
from engine.events import Event, LimitChanged
from engine.policy.verdicts import LimitSignal


def _limiter(ceiling: int = 8, connections: int | None = 8) -> tuple[Limiter, list[Event]]:
    events: list[Event] = []
    return Limiter(ceiling, connections, events.append), events


def test_begins_at_the_ceiling_the_operator_chose() -> None:
    """The operator raised it on purpose; trouble lowers it soon enough."""
    limiter, _ = _limiter(ceiling=3)

    for _number in range(3):
        limiter.take()

    assert not limiter.has_room


def test_never_admits_more_than_there_are_connections() -> None:
    """An attempt without a connection would hold a place in the quota and only wait."""
    limiter, _ = _limiter(ceiling=8, connections=3)

    assert limiter.limit == 3


def test_steps_back_from_the_number_of_connections_not_from_a_ceiling_it_never_reaches() -> None:
    """With a ceiling of 100 and three connections, five failures in a row once changed nothing."""
    limiter, events = _limiter(ceiling=100, connections=3)

    limiter.release(limiter.take(), LimitSignal.DECREASE, now=5.0)

    assert limiter.limit == 1
    assert events == [LimitChanged(3, 1, "decrease", 5.0)]


def test_steps_back_when_an_attempt_fails_and_says_so() -> None:
    """Reports draw the limit over time."""
    limiter, events = _limiter(ceiling=8)

    limiter.release(limiter.take(), LimitSignal.DECREASE, now=5.0)

    assert limiter.in_flight == 0
    assert events == [LimitChanged(8, 4, "decrease", 5.0)]


def test_one_bad_moment_counts_once() -> None:
    """Eight attempts that fail together are one event, not eight."""
    limiter, _ = _limiter(ceiling=8)
    slots = [limiter.take() for _ in range(8)]

    for slot in slots:
        limiter.release(slot, LimitSignal.DECREASE, now=5.0)

    assert limiter.limit == 4


def test_goes_one_by_one_when_the_breaker_opened() -> None:
    """A server that comes back must not meet everything at once."""
    limiter, events = _limiter(ceiling=8)

    limiter.fall_back_to_sequential(now=9.0)

    assert limiter.limit == 1
    assert events == [LimitChanged(8, 1, "breaker opened", 9.0)]


def test_grows_again_after_the_outage() -> None:
    """Sequential is a fallback, not an end."""
    limiter, _ = _limiter(ceiling=2)
    limiter.fall_back_to_sequential(now=0.0)

    for second in range(20):
        limiter.release(limiter.take(), LimitSignal.SUCCESS, now=float(second))

    assert limiter.limit == 2


def test_without_a_bound_on_connections_nothing_holds_it_back() -> None:
    """This is how the unguarded client of the incident behaves."""
    limiter, events = _limiter(ceiling=8, connections=None)

    limiter.release(limiter.take(), LimitSignal.DECREASE, now=1.0)

    assert limiter.limit == 8
    assert events == []


class LimiterLaws(RuleBasedStateMachine):
    """Attempts that come and go in any order, under any ends, and outages in between."""

    @initialize(ceiling=st.integers(1, 9), connections=st.integers(1, 9))
    def begin(self, ceiling: int, connections: int) -> None:
        """The bound is the lower of the two."""
        self.limiter, self.events = _limiter(ceiling, connections)
        self.bound = min(ceiling, connections)
        self.now = 0.0
        self.out: list[Slot] = []

    @rule(seconds=st.sampled_from([0.0, 0.5, 10.0, 60.0]))
    def wait(self, seconds: float) -> None:
        """Time alone changes nothing."""
        before = self.limiter.limit
        self.now += seconds
        assert self.limiter.limit == before

    @rule(most=st.integers(1, 9))
    def take(self, most: int) -> None:
        """As many as there is room for; once a decrease has drained, never more than the limit."""
        had_drained = len(self.out) <= self.limiter.limit
        for _ in range(most):
            if self.limiter.has_room:
                self.out.append(self.limiter.take())
        assert not had_drained or len(self.out) <= self.limiter.limit

    @precondition(lambda self: self.out)
    @rule(which=st.integers(0, 8), signal=st.sampled_from(LimitSignal))
    def release(self, which: int, signal: LimitSignal) -> None:
        """Only what began after the last change moves the limit, by one up or by half down."""
        slot = self.out.pop(which % len(self.out))
        before, is_current = self.limiter.limit, slot.epoch == self.limiter._estimator.epoch

        self.limiter.release(slot, signal, self.now)

        allowed = {
            LimitSignal.SUCCESS: {before, before + 1},
            LimitSignal.DECREASE: {max(1, before // 2)},
            LimitSignal.IGNORED: {before},
        }
        assert self.limiter.limit in (allowed[signal] if is_current else {before})

    @rule()
    def breaker_opens(self) -> None:
        """One by one from here."""
        self.limiter.fall_back_to_sequential(self.now)
        assert self.limiter.limit == 1

    @invariant()
    def stays_within_bounds(self) -> None:
        """Nobody's slot is lost, and nobody gets one too many."""
        assert 1 <= self.limiter.limit <= self.bound
        assert self.limiter.in_flight == len(self.out)
        assert self.limiter.has_room is (len(self.out) < self.limiter.limit)

    @invariant()
    def every_change_is_announced(self) -> None:
        """The strip in a report is the truth."""
        limits = [self.bound, *(event.after for event in self.events if isinstance(event, LimitChanged))]
        assert limits[-1] == self.limiter.limit

    def teardown(self) -> None:
        """Once all goes well the ceiling is reached again, whatever had happened."""
        for _ in range(len(self.out)):
            self.release(0, LimitSignal.IGNORED)
        for _ in range(40 * self.bound):
            self.now += 10.0
            self.take(self.bound)
            self.release(0, LimitSignal.SUCCESS)
        assert self.limiter.limit == self.bound


TestLimiterLaws = LimiterLaws.TestCase
TestLimiterLaws.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
