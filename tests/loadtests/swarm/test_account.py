import asyncio
from typing import Any

from engine.settings import EngineSettings
from fakeslides.api.wire import ACCIDENTS
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.world import SimulatedWorld, simulated_world
from loadtests.swarm.account import Account
from tests.support.promises import accepted, taken
from tests.support.runs import an_entry
from tests.support.swarms import a_scenario


def _told(tell: Any) -> Account:  # noqa: ANN401 # a function of an account and its world
    account = Account()

    async def live(loop: VirtualLoop) -> None:
        async with simulated_world(loop, a_scenario(), (), 1) as world:
            account.begin(world, EngineSettings())
            await tell(account, world)

    try:
        run_in_virtual_time(live, seed=1)
    finally:
        account.end()
    return account


def test_takes_down_what_the_client_and_the_server_tell_and_lets_promises_watch() -> None:
    """Both sides, as it happens."""

    async def tell(account: Account, world: SimulatedWorld) -> None:
        account.tell(accepted())
        account.tell(taken())
        account.write("CallRefused", {"presentation_id": "deck", "at_seconds": 1.0})
        world.fake.ledger.append(an_entry(rule_id="reset"))
        world.fake.ledger.append(an_entry(rule_id="reset"))
        world.fake.ledger.append(an_entry())

    account = _told(tell)

    assert [fact["event"] for fact in account.facts] == ["OperationAccepted", "TurnTaken", "CallRefused"]
    assert set(account.log_so_far().refused) == {"deck"}
    assert len(account.ledger) == 3
    assert account.strikes == {"reset": 2}
    assert account.watch is not None
    assert account.watch.checked_counts["OneWriterPerPresentation"] == 1


def test_an_error_that_nobody_caught_is_a_surprise_wherever_it_was() -> None:
    """On the loop, or in a server that only logs it."""

    async def tell(account: Account, world: SimulatedWorld) -> None:
        def raise_it() -> None:
            raise ZeroDivisionError("nobody's")

        world.loop.call_soon(raise_it)
        await asyncio.sleep(0)
        ACCIDENTS.error("Error handling request", exc_info=KeyError("a deck"))
        ACCIDENTS.error("no reason given")

    surprises = _told(tell).surprises

    assert surprises[0].endswith("ZeroDivisionError: nobody's")
    assert surprises[1:] == [
        "the fake: Error handling request: KeyError: 'a deck'",
        "the fake: no reason given: NoneType: None",
    ]


def test_listens_no_more_when_it_has_ended() -> None:
    """The next seed in this process has an account of its own."""
    before = list(ACCIDENTS.handlers)

    async def tell(account: Account, world: SimulatedWorld) -> None:
        assert len(ACCIDENTS.handlers) == len(before) + 1

    _told(tell)

    assert ACCIDENTS.handlers == before


def test_an_account_that_never_began_can_end() -> None:
    """The world may break before."""
    Account().end()
