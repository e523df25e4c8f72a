"""One engine for all users of a Locust process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import gevent
import pytest

from engine.results import BatchReport
from loadtests.client import ClientSpec, Edit, EventFile, Job
from loadtests.locustfiles import shared_engine
from loadtests.locustfiles.bridge import Bridge
from loadtests.locustfiles.shared_engine import SharedEngine
from tests.support.greenlets import run_apart


class Engines:
    """Stands in for the engine; jobs whose presentation is called `broken` raise."""

    def __init__(self) -> None:
        self.opened_count = 0
        self.closed_count = 0
        self.most_at_once = 0
        self._at_once = 0

    @asynccontextmanager
    async def editing(self, spec: ClientSpec, events: EventFile) -> AsyncIterator[Edit]:
        """Take the place of `loadtests.client.editing`."""
        self.opened_count += 1
        yield self._edit
        self.closed_count += 1

    async def _edit(self, job: Job) -> BatchReport:
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(0.01)
        self._at_once -= 1
        if job.presentation_id == "broken":
            raise ZeroDivisionError("a defect of the engine")
        return BatchReport(job.presentation_id, ())


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Engines:
    """Put the stand-in in the engine's place."""
    stand_in = Engines()
    monkeypatch.setattr(shared_engine, "editing", stand_in.editing)
    return stand_in


@pytest.fixture
def spec(tmp_path: Path) -> ClientSpec:
    """Return a spec of three jobs."""
    jobs = tuple(Job(name, {"{{a}}": "b"}) for name in ("first", "second", "third"))
    return ClientSpec("https://localhost:1", "ca", "key", jobs, {}, 1.0, 0, str(tmp_path / "events"))


class TestTake:
    def test_hands_out_each_job_once(self, engines: Engines, spec: ClientSpec) -> None:
        """A job done by two users would be two edits where one was asked for."""

        def program() -> list[Job | None]:
            with closing(SharedEngine(spec, Bridge())) as shared:
                return [shared.take() for _ in range(4)]

        assert run_apart(program) == [*spec.jobs, None]


class TestEdit:
    def test_does_the_job_through_the_engine(self, engines: Engines, spec: ClientSpec) -> None:
        """The report is what the user shows."""

        def program() -> BatchReport | None:
            with closing(SharedEngine(spec, Bridge())) as shared:
                return shared.edit(spec.jobs[1]).result

        assert run_apart(program) == BatchReport("second", ())

    def test_shares_one_engine_among_all_users(self, engines: Engines, spec: ClientSpec) -> None:
        """An engine per user would have a pool, a breaker and a pacer per user: nothing would be limited."""

        def program() -> None:
            with closing(SharedEngine(spec, Bridge())) as shared:
                gevent.joinall([gevent.spawn(shared.edit, job) for job in spec.jobs], raise_error=True)

        run_apart(program)

        assert engines.opened_count == 1
        assert engines.most_at_once == 3

    def test_tells_when_every_job_was_done(self, engines: Engines, spec: ClientSpec) -> None:
        """This is what ends the run."""

        def program() -> tuple[bool, bool]:
            with closing(SharedEngine(spec, Bridge())) as shared:
                shared.edit(spec.jobs[0])
                shared.edit(spec.jobs[1])
                before = shared.all_settled.is_set()
                shared.edit(spec.jobs[2])
                return before, shared.all_settled.is_set()

        assert run_apart(program) == (False, True)

    def test_counts_a_job_that_met_a_defect_as_done(self, engines: Engines, spec: ClientSpec) -> None:
        """Otherwise a defect would be a hang as well, until the run's deadline."""
        alone = replace(spec, jobs=(Job("broken", {}),))

        def program() -> bool:
            with closing(SharedEngine(alone, Bridge())) as shared:
                with pytest.raises(ZeroDivisionError):
                    shared.edit(alone.jobs[0])
                return shared.all_settled.is_set()

        assert run_apart(program)

    def test_a_run_without_jobs_is_done_at_once(self, engines: Engines, spec: ClientSpec) -> None:
        """Nobody would ever report the last job."""
        idle = replace(spec, jobs=())

        def program() -> bool:
            with closing(SharedEngine(idle, Bridge())) as shared:
                return shared.all_settled.is_set()

        assert run_apart(program)


class TestBridgeShare:
    def test_is_what_the_bridge_added_to_the_time_of_the_edits(
        self, engines: Engines, spec: ClientSpec
    ) -> None:
        """Two edits of 4 s, with 1 s on the way for each."""
        readings = iter([0.0, 0.5, 4.5, 5.0, 10.0, 11.0, 15.0, 15.0])

        def program() -> tuple[float, float]:
            with closing(SharedEngine(spec, Bridge(stopwatch=lambda: next(readings)))) as shared:
                before = shared.bridge_share
                shared.edit(spec.jobs[0])
                shared.edit(spec.jobs[1])
                return before, shared.bridge_share

        assert run_apart(program) == (0.0, 0.25)


class TestClose:
    def test_closes_the_engine_once(self, engines: Engines, spec: ClientSpec) -> None:
        """The end of the jobs and the end of the process both ask for it."""

        def program() -> None:
            shared = SharedEngine(spec, Bridge())
            shared.edit(spec.jobs[0])
            shared.close()
            shared.close()

        run_apart(program)

        assert engines.closed_count == 1

    def test_leaves_an_engine_alone_that_nobody_needed(self, engines: Engines, spec: ClientSpec) -> None:
        """A run that is stopped before its first user has no engine yet."""
        run_apart(lambda: SharedEngine(spec, Bridge()).close())

        assert (engines.opened_count, engines.closed_count) == (0, 0)
