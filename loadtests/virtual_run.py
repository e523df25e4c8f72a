"""One run of one setting in virtual time: the same world, in this process, as fast as it can be computed."""

import asyncio
import traceback
from collections.abc import Mapping
from dataclasses import replace

from engine.clock import MonotonicClock
from engine.settings import EngineSettings
from loadtests.client import ClientSpec, run_client
from loadtests.client_log import log_of
from loadtests.course import Course, Place, client_spec, record_of
from loadtests.measurements import ClientExit, Document, RunRecord, ServerStats, Setting
from loadtests.run_plan import RunPlan
from loadtests.simulation.errors import SimulationError
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.trace import Trace
from loadtests.simulation.world import SimulatedWorld, Told, documents_of, simulated_world
from loadtests.world import WorldError


def record_virtual_run(plan: RunPlan, setting: Setting, trace: Trace | None = None) -> RunRecord:
    """Run one setting in virtual time and return all it left behind.

    Args:
        plan: what the sweep's settings have in common.
        setting: which one.
        trace: takes down what happens.

    Raises:
        WorldError: the simulation broke.
    """
    clock, decks, trace = MonotonicClock(), plan.decks(setting), trace or Trace()
    began_at = clock.now()

    async def live(loop: VirtualLoop) -> Course:
        async with simulated_world(loop, plan.scenario, decks, plan.seed_of(setting)) as world:
            before, told = documents_of(world), Told(loop)
            place = Place(world.fake.endpoint, str(world.fake.ca_file), str(world.fake.credentials_file), "")
            spec = client_spec(place, plan, setting, decks)
            client_exit = await _run_to_the_end(spec, told, world, plan.grace_seconds)
        # Only a closed fake's ledger has the last of the calls that nobody waited for any more.
        return _course(world, client_exit, told, before)

    try:
        course = run_in_virtual_time(live, seed=plan.seed_of(setting), trace=trace)
    except SimulationError as error:
        raise WorldError(f"the simulation broke: {type(error).__name__}: {error}") from error
    record = record_of(plan, setting, decks, replace(course, real_seconds=clock.now() - began_at))
    return replace(record, trace_digest=trace.digest())


def _course(
    world: SimulatedWorld, client_exit: ClientExit, told: Told, before: Mapping[str, Document]
) -> Course:
    fake = world.fake
    return Course(
        client_exit=client_exit,
        # Processor time is of the whole world, so it says nothing of the client.
        log=replace(log_of(told.facts), cpu_seconds=None),
        before=before,
        after=documents_of(world),
        ledger=tuple(fake.ledger),
        faults=fake.fault_counts(),
        server=ServerStats(**fake.connection_counts()),
        real_seconds=0.0,
    )


async def _run_to_the_end(
    spec: ClientSpec, told: Told, world: SimulatedWorld, grace_seconds: float
) -> ClientExit:
    """Let the client do its job, and say how it ended in the words of a process."""
    limit_seconds = EngineSettings.from_environment(**spec.engine).operation_deadline + grace_seconds
    try:
        async with asyncio.timeout(limit_seconds):
            await run_client(spec, told, world.ground)
    except TimeoutError:
        return ClientExit(None, was_killed_at_deadline=True)
    except Exception:  # noqa: BLE001 - whatever it raises would have ended its process
        return ClientExit(1, complaints=traceback.format_exc())
    return ClientExit(0)
