import asyncio
from pathlib import Path

from engine.clock import MonotonicClock
from fakeslides.scenario.gates import Gate
from loadtests.gates import Verdict
from loadtests.measurements import Setting
from loadtests.sweep import grid, run_sweep
from tests.support.worlds import Watcher, a_plan, a_scenario_file

FASTER = Gate(id="faster", metric="speedup_over_sequential", require=">= 2")


class TestGrid:
    def test_runs_the_baseline_once_and_first(self) -> None:
        """Writes that go one after the other know no concurrency."""
        settings = grid(["coalesced", "sequential"], [1, 3], 1, [])

        assert settings == [Setting("sequential", 1), Setting("coalesced", 1), Setting("coalesced", 3)]

    def test_adds_the_baseline_where_a_gate_needs_it(self) -> None:
        """Otherwise the speed-up would be unknown, and the sweep inconclusive."""
        assert grid(["coalesced"], [3], 1, [FASTER])[0] == Setting("sequential", 1)
        assert grid(["coalesced"], [3], 1, []) == [Setting("coalesced", 3)]

    def test_gives_each_repeat_its_own_baseline(self) -> None:
        """A repeat has another seed, so the old baseline saw other weather."""
        settings = grid(["sequential", "coalesced"], [3], 2, [])

        assert [(s.strategy, s.repeat) for s in settings] == [
            ("sequential", 1), ("coalesced", 1), ("sequential", 2), ("coalesced", 2),
        ]  # fmt: skip

    def test_runs_nothing_twice_by_accident(self) -> None:
        """A number given twice is a slip of the hand; --repeat is for repeats."""
        assert grid(["coalesced", "coalesced"], [3, 3], 1, []) == [Setting("coalesced", 3)]


async def test_goes_on_after_a_world_that_does_not_start(tmp_path: Path) -> None:
    """One bad setting must not cost the others."""
    file = a_scenario_file(tmp_path)
    plan = a_plan(file)
    file.unlink()
    watcher = Watcher()

    sweep = await run_sweep(
        plan, [Setting("coalesced", 1), Setting("coalesced", 2)], watcher, MonotonicClock()
    )

    assert [outcome.verdict for outcome in sweep.settings] == [Verdict.UNSOUND] * 2
    assert "the fake did not start" in (sweep.settings[0].problem or "")
    assert sweep.exit_code == 4


async def test_a_cancellation_returns_what_was_measured(tmp_path: Path) -> None:
    """Ctrl-C is a cancellation by the time it gets here."""

    class Impatient(Watcher):
        def setting_started(self, setting: Setting) -> None:
            task.cancel()

    plan = a_plan(a_scenario_file(tmp_path))
    task = asyncio.create_task(run_sweep(plan, [Setting("coalesced", 1)], Impatient(), MonotonicClock()))

    sweep = await task

    assert (sweep.was_interrupted, list(sweep.settings), sweep.exit_code) == (True, [], 130)
