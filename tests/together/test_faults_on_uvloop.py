"""The same faults on another event loop: our TLS uses no private part of asyncio's."""

import asyncio

import pytest
import uvloop

from tests.support.fault_cases import CASES, Case
from tests.support.struck_clients import Outcome, Wire, is_seen, under, write_by_aiohttp, write_by_socket


async def see(case: Case) -> tuple[Wire, Outcome]:
    """Return what a plain socket and aiohttp see of a fault."""
    async with under(case.fault) as target:
        wire = await write_by_socket(target, case)
    async with under(case.fault) as target:
        return wire, await write_by_aiohttp(target, is_in_vain=case.is_in_vain)


# Connecting by name, aiohttp forgets a socket when the connection fails on this loop.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault.replace("kind: ", ""))
def test_a_fault_is_the_same_on_uvloop(case: Case) -> None:
    """Whoever embeds the fake chooses the loop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        wire, outcome = runner.run(see(case))

    assert (wire.ending, wire.extent) == (case.ending, case.extent)
    assert is_seen(case.aiohttp, outcome), repr(outcome)
