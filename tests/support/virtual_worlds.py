"""What tests in virtual time share: worlds of memory in which a minute costs nothing, and runs in them."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from random import Random

from engine.client import SlidesEngine
from engine.events import Event
from engine.settings import EngineSettings
from fakeslides.decks.deck import Deck
from fakeslides.scenario.model import Scenario
from fakeslides.server import CALM
from loadtests.gates import BASELINE
from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome, baseline_of, conclude
from loadtests.run import RunResult
from loadtests.run_plan import RunPlan
from loadtests.runners import run_virtually
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.world import simulated_world
from tests.support.engines import assert_nothing_left
from tests.support.real_engines import Outdoors
from tests.support.struck_clients import Target, scenario_under, target_of

SEED = 11


@asynccontextmanager
async def under_in_virtual_time(loop: VirtualLoop, fault: str) -> AsyncIterator[Target]:
    """Start a server under a fault, as `under` does, on the network of a virtual world."""
    async with simulated_world(loop, scenario_under(fault), (), SEED) as world:
        yield target_of(world.fake, loop.network.make_socket)


@asynccontextmanager
async def outdoors_in_virtual_time(
    loop: VirtualLoop,
    scenario: Scenario | None,
    decks: Iterable[Deck],
    environ: Mapping[str, str] | None = None,
    **settings: object,
) -> AsyncIterator[Outdoors]:
    """Open a fake and an engine on it, as `outdoors` does, in a virtual world."""
    held, events = tuple(decks), list[Event]()
    async with simulated_world(loop, scenario or CALM, held, SEED) as world:
        engine = SlidesEngine(
            EngineSettings.from_environment(environ or {}, **settings),
            credentials=world.ground.credentials,
            endpoint=world.fake.endpoint,
            clock=world.clock,
            random=Random(SEED),
            listeners=[events.append],
            network=world.ground.network,
        )
        async with engine:
            yield Outdoors(world.fake, engine, held, events)


def edited(
    scenario: Scenario | None,
    decks: Iterable[Deck],
    environ: Mapping[str, str] | None = None,
    **settings: object,
) -> Outdoors:
    """Return a virtual world in which every deck was edited at once, to the end, with nothing left behind."""

    async def live(loop: VirtualLoop) -> Outdoors:
        async with outdoors_in_virtual_time(loop, scenario, decks, environ, **settings) as world:
            await world.edit_all()
            assert_nothing_left(world.engine)
        while world.fake.front.live():  # noqa: ASYNC110 # calls ring no bell when they end
            await asyncio.sleep(0.001)
        return world

    return run_in_virtual_time(live, seed=SEED)


def measured(plan: RunPlan, setting: Setting) -> RunResult:
    """Return what a setting of a plan comes to in virtual time."""
    return run_virtually(_in_virtual_time(plan), setting)


def judged(plan: RunPlan, settings: Iterable[Setting]) -> list[SettingOutcome]:
    """Return settings of a plan as a sweep in virtual time judges them, a sequential one first if any."""
    outcomes: list[SettingOutcome] = []
    for setting in settings:
        measurement = measured(plan, setting).measurement
        baseline = measurement if setting.strategy == BASELINE else baseline_of(outcomes, setting.repeat)
        outcomes.append(conclude(setting, measurement, plan.scenario.gates, baseline))
    return outcomes


def _in_virtual_time(plan: RunPlan) -> RunPlan:
    return replace(plan, clock="virtual", time_scale=1.0)
