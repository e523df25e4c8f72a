"""The adaptive limit at work."""

from engine.admission.limiter import Limiter
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
