"""Who runs the settings of a sweep: real processes in real time, or a worker in virtual time."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from engine.clock import Clock
from loadtests.measurements import Setting
from loadtests.run import OnSettled, RunResult, result_of, run_setting
from loadtests.run_plan import RunPlan
from loadtests.virtual_run import record_virtual_run
from loadtests.workers import Worker, WorkerDied, open_worker
from loadtests.world import WorldError

Run = Callable[[RunPlan, Setting, OnSettled], Awaitable[RunResult]]


@asynccontextmanager
async def runner(plan: RunPlan, clock: Clock) -> AsyncIterator[Run]:
    """Yield what runs the settings of a plan, on the plan's clock.

    Args:
        plan: says on which clock.
        clock: of the harness; real.
    """
    if plan.clock == "real":
        yield lambda plan, setting, on_settled: run_setting(plan, setting, clock, on_settled)
        return
    async with _VirtualRunner() as virtual:
        yield virtual.run


def run_virtually(plan: RunPlan, setting: Setting) -> RunResult:
    """Run one setting in virtual time, in this process, and measure it."""
    return result_of(record_virtual_run(plan, setting))


class _VirtualRunner(AsyncExitStack):
    """Runs settings one after the other in a worker; one that dies is replaced for the next setting."""

    _worker: Worker | None = None

    async def run(self, plan: RunPlan, setting: Setting, on_settled: OnSettled) -> RunResult:
        """Run one setting and measure it.

        Raises:
            WorldError: the simulation broke, or its process did.
        """
        if self._worker is None:
            self._worker = await self.enter_async_context(open_worker())
        try:
            result: RunResult = await self._worker.ask(run_virtually, plan, setting)
        except WorkerDied as death:
            self._worker = None
            raise WorldError(str(death)) from None
        completion = result.measurement.shares["operation_completion_share"]
        on_settled(completion.successes)
        return result
