"""Who runs the settings of a sweep: real processes in real time, or a worker in virtual time."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

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
    async with open_worker() as worker:
        yield lambda plan, setting, on_settled: _ask(worker, plan, setting, on_settled)


def run_virtually(plan: RunPlan, setting: Setting) -> RunResult:
    """Run one setting in virtual time, in this process, and measure it."""
    return result_of(record_virtual_run(plan, setting))


async def _ask(worker: Worker, plan: RunPlan, setting: Setting, on_settled: OnSettled) -> RunResult:
    try:
        result: RunResult = await worker.ask(run_virtually, plan, setting)
    except WorkerDied as death:
        raise WorldError(str(death)) from None
    completion = result.measurement.shares["operation_completion_share"]
    on_settled(completion.successes)
    return result
