import ssl
from contextlib import AsyncExitStack

import aiohttp

from loadtests.benchmarks.doors import loaded_scenario, serve
from tests.support.fault_cases import vocabulary


def test_a_rule_for_every_kind_is_loaded_and_none_ever_strikes() -> None:
    """What is not loaded is not measured."""
    rules = loaded_scenario().faults

    assert [rule.fault.kind for rule in rules] == list(vocabulary())
    assert {rule.often.rate for rule in rules} == {0.0}


async def test_the_same_handlers_stand_behind_both_doors() -> None:
    """Else the doors would not be what is compared."""
    async with AsyncExitStack() as stack:
        house = await serve(stack)
        trusting = ssl.create_default_context(cadata=house["authority"])
        headers = {"Authorization": f"Bearer {house['token']}"}
        answers = []
        async with aiohttp.ClientSession(headers=headers) as session:
            for door in ("loaded", "stock"):
                address = f"https://localhost:{house[door]}/v1/presentations/{house['presentation_id']}"
                async with session.get(address, ssl=trusting) as answer:
                    answers.append((answer.status, await answer.json()))

    assert answers[0] == answers[1]
    assert answers[0][0] == 200
