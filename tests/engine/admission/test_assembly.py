from random import Random

from engine.admission.assembly import dispatcher_for
from engine.policy.pacing import CallKind
from engine.settings import EngineSettings
from tests.support.manual_clock import RunningClock


async def test_what_is_switched_off_lets_everything_pass() -> None:
    """The load tests show what happens without, so without must mean without."""
    settings = EngineSettings(
        max_concurrent_slides=100, pacer_enabled=False, breaker_enabled=False, pool_limit_enabled=False
    )
    dispatcher = dispatcher_for(settings, "host", RunningClock(), Random(1), lambda _: None)
    waits: dict[str, float] = {}

    for _ in range(200):  # more than any quota, one after the other
        async with dispatcher.admit(CallKind.WRITE, 1e9, waits):
            pass

    assert waits == {}


async def test_the_pool_bounds_what_is_in_flight() -> None:
    """An attempt without a connection would only wait, and its time would run."""
    settings = EngineSettings(max_concurrent_slides=8, http_connection_pool_size=3)

    dispatcher = dispatcher_for(settings, "host", RunningClock(), Random(1), lambda _: None)

    async with dispatcher.admit(CallKind.READ, 1e9, {}) as admission:
        assert (admission.in_flight, admission.limit) == (1, 3)
