"""What tests in virtual time share: servers under a fault in a world of memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.world import simulated_world
from tests.support.struck_clients import Target, scenario_under, target_of

SEED = 11


@asynccontextmanager
async def under_in_virtual_time(loop: VirtualLoop, fault: str) -> AsyncIterator[Target]:
    """Start a server under a fault, as `under` does, on the network of a virtual world."""
    async with simulated_world(loop, scenario_under(fault), (), SEED) as world:
        yield target_of(world.fake, loop.network.make_socket)
