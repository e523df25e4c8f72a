"""The breaker at work."""

import math
from random import Random

from engine.admission.breaker import BreakerGate
from engine.events import BreakerChanged, BreakerControlled, BreakerMode, Event
from engine.policy.circuit_breaker import BatchOperationCircuitBreaker, Permit, Refusal
from engine.policy.verdicts import BreakerSignal
from engine.settings import EngineSettings


def _gate(threshold: int = 2) -> tuple[BreakerGate, list[Event], list[float]]:
    events: list[Event] = []
    opened_at: list[float] = []
    settings = EngineSettings(circuit_breaker_threshold=threshold, circuit_breaker_timeout=10.0)
    breaker = BatchOperationCircuitBreaker(settings, Random(1))
    return BreakerGate(breaker, "host:x", events.append, opened_at.append), events, opened_at


def _fail(gate: BreakerGate, now: float) -> None:
    permit = gate.permit(now)
    assert isinstance(permit, Permit)
    gate.settle(permit, BreakerSignal.FAILURE, now)


def test_announces_every_change_of_state() -> None:
    """Whoever reads the report must see why the engine stood still."""
    gate, events, opened_at = _gate()

    _fail(gate, 1.0)
    _fail(gate, 2.0)
    gate.permit(30.0)

    assert events == [
        BreakerChanged("host:x", "closed", "open", 2.0),
        BreakerChanged("host:x", "open", "half-open", 30.0),
    ]
    assert opened_at == [2.0]


def test_refuses_while_it_is_open() -> None:
    """The point of a breaker."""
    gate, _, _ = _gate(threshold=1)
    _fail(gate, 1.0)

    answer = gate.permit(2.0)

    assert isinstance(answer, Refusal)
    assert not gate.is_closed


def test_closes_after_trials_that_succeed() -> None:
    """Otherwise an outage would last for ever."""
    gate, _, _ = _gate(threshold=1)
    _fail(gate, 1.0)

    for now in (30.0, 31.0):
        permit = gate.permit(now)
        assert isinstance(permit, Permit)
        assert permit.is_trial
        gate.settle(permit, BreakerSignal.SUCCESS, now)

    assert gate.is_closed


def test_an_ignored_trial_gives_way_to_the_next() -> None:
    """A cancelled probe that kept its permit would leave the breaker half-open for ever."""
    gate, _, _ = _gate(threshold=1)
    _fail(gate, 1.0)
    permit = gate.permit(30.0)
    assert isinstance(permit, Permit)

    gate.settle(permit, BreakerSignal.IGNORED, 30.5)

    assert isinstance(gate.permit(30.5), Permit)


def test_without_a_breaker_everything_passes() -> None:
    """The engine can be watched without its safeguard."""
    events: list[Event] = []
    gate = BreakerGate(None, "host:x", events.append, lambda now: None)

    for now in range(50):
        _fail(gate, float(now))

    assert gate.is_closed
    assert events == []


class TestByHand:
    def test_forced_open_refuses_until_somebody_says_otherwise(self) -> None:
        """The emergency switch."""
        gate, events, _ = _gate()

        gate.control(BreakerMode.FORCED_OPEN, 1.0)

        assert isinstance(gate.permit(1e9), Refusal)
        assert gate.wait_seconds(1e9) == math.inf
        assert not gate.is_closed
        assert events == [BreakerControlled("host:x", BreakerMode.AUTO, BreakerMode.FORCED_OPEN, 1.0)]

    def test_forced_closed_lets_everything_pass_and_learns_nothing(self) -> None:
        """For whoever knows better than the breaker."""
        gate, _, opened_at = _gate(threshold=1)
        gate.control(BreakerMode.FORCED_CLOSED, 1.0)

        for now in range(50):
            _fail(gate, float(now))
        gate.control(BreakerMode.AUTO, 60.0)

        assert opened_at == []
        assert gate.is_closed

    def test_metrics_only_tells_what_it_would_do_and_stops_nobody(self) -> None:
        """How a threshold is tried out before it is trusted."""
        gate, events, opened_at = _gate(threshold=2)
        gate.control(BreakerMode.METRICS_ONLY, 0.0)

        for now in (1.0, 2.0, 3.0, 30.0):
            permit = gate.permit(now)
            assert isinstance(permit, Permit)
            assert not permit.is_trial
            gate.settle(permit, BreakerSignal.FAILURE, now)

        changes = [event.after for event in events if isinstance(event, BreakerChanged)]
        assert changes == ["open", "half-open", "open"]
        assert gate.is_closed
        assert opened_at == []

    def test_left_to_itself_again_it_goes_on_as_it_was(self) -> None:
        """An outage that was overruled by hand is still one."""
        gate, _, _ = _gate(threshold=1)
        _fail(gate, 1.0)
        gate.control(BreakerMode.FORCED_CLOSED, 2.0)
        passed = gate.permit(2.0)

        gate.control(BreakerMode.AUTO, 3.0)

        assert isinstance(passed, Permit)
        assert isinstance(gate.permit(3.0), Refusal)
        assert 0 < gate.wait_seconds(3.0) < 12.0
