import asyncio
from pathlib import Path
from random import Random

import pytest

from engine.admission.assembly import dispatcher_for
from engine.admission.dispatcher import Dispatcher
from engine.errors import DeadlinePassed
from engine.policy.pacing import CallKind
from engine.quota.file import QuotaFile
from engine.quota.remote_pacing import RemotePacing
from engine.quota.sharing import QuotaShare, Surroundings
from engine.quota.subject import QuotaSubject
from engine.settings import EngineSettings
from tests.support.held import admitted
from tests.support.manual_clock import RunningClock
from tests.support.remote_quotas import MemoryKeeper
from tests.support.shared_quotas import ADA


async def test_what_is_switched_off_lets_everything_pass() -> None:
    """The load tests show what happens without, so without must mean without."""
    settings = EngineSettings(
        max_concurrent_slides=100, pacer_enabled=False, breaker_enabled=False, pool_limit_enabled=False
    )
    dispatcher = dispatcher_for(settings, "host", RunningClock(), Random(1), lambda _: None)
    waits: dict[str, float] = {}

    for _ in range(200):  # more than any quota, one after the other
        async with admitted(dispatcher, CallKind.WRITE, 1e9, waits):
            pass

    assert waits == {}


async def test_the_pool_bounds_what_is_in_flight() -> None:
    """An attempt without a connection would only wait, and its time would run."""
    settings = EngineSettings(max_concurrent_slides=8, http_connection_pool_size=3)

    dispatcher = dispatcher_for(settings, "host", RunningClock(), Random(1), lambda _: None)

    async with admitted(dispatcher, CallKind.READ, 1e9, {}) as admission:
        assert (admission.in_flight, admission.limit) == (1, 3)


async def test_a_share_of_a_quota_is_paced_by_its_file(tmp_path: Path) -> None:
    """Two engines that use one file have one quota between them."""
    settings, clock = EngineSettings(writes_per_minute=1, quota_use_share=1), RunningClock()
    with QuotaFile(tmp_path / "quota") as file:
        share = QuotaShare(file, ADA)
        one, other = (
            dispatcher_for(settings, "host", clock, Random(1), lambda _: None, share) for _ in range(2)
        )
        async with admitted(one, CallKind.WRITE, 1e9, {}) as admission:
            one.sent(admission)

        waits: dict[str, float] = {}
        second = asyncio.create_task(_admitted(other, waits))
        await clock.run(second)

        assert waits == {"quota": pytest.approx(61.0)}


async def test_a_share_whose_answers_take_time_rings_the_dispatcher() -> None:
    """Who waits cannot know when a server has answered; and two engines have one quota between them."""
    settings, clock = EngineSettings(writes_per_minute=1, quota_use_share=1), RunningClock()
    share = QuotaShare(_Far(MemoryKeeper(clock)), ADA)
    one, other = (dispatcher_for(settings, "host", clock, Random(1), lambda _: None, share) for _ in range(2))
    async with admitted(one, CallKind.WRITE, 1e9, {}) as admission:
        one.sent(admission)

    waits: dict[str, float] = {}
    second = asyncio.create_task(_admitted(other, waits))
    await clock.run(second)

    assert waits == {"quota": pytest.approx(61.0, abs=0.5)}


async def test_a_deadline_that_a_lost_server_lets_pass_names_it() -> None:
    """The word quota alone would send the reader to Google's console."""
    clock = RunningClock()
    keeper = MemoryKeeper(clock, is_down=True)
    share = QuotaShare(_Far(keeper), ADA)
    dispatcher = dispatcher_for(EngineSettings(), "host", clock, Random(1), lambda _: None, share)
    waiting = asyncio.create_task(_admitted(dispatcher, {}, deadline_seconds=clock.now() + 5.0))
    await clock.run(waiting)

    with pytest.raises(DeadlinePassed, match=f"waiting for quota; {keeper}: down"):
        waiting.result()


class _Far:
    """A place for quotas whose answers take time."""

    def __init__(self, keeper: MemoryKeeper) -> None:
        self._keeper = keeper

    def pacer(self, settings: EngineSettings, subject: QuotaSubject, around: Surroundings) -> RemotePacing:
        """Return who asks it."""
        return RemotePacing(settings, subject, self._keeper, around)


async def _admitted(dispatcher: Dispatcher, waits: dict[str, float], deadline_seconds: float = 1e9) -> None:
    async with admitted(dispatcher, CallKind.WRITE, deadline_seconds, waits):
        pass
