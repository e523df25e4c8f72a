"""A server compares before it sets: the real one, and the one that tests go wrong with."""

from collections.abc import AsyncIterator

import pytest

from engine.quota.keeper import Keeper
from engine.quota.redis_quota import RedisQuota
from tests.support.manual_clock import ManualClock
from tests.support.remote_quotas import MemoryKeeper


@pytest.fixture(params=["memory", "redis"])
async def keeper(request: pytest.FixtureRequest) -> AsyncIterator[Keeper]:
    """Return a server that holds nothing."""
    if request.param == "memory":
        yield MemoryKeeper(ManualClock())
        return
    async with RedisQuota(request.getfixturevalue("redis_url")) as server:
        yield server


async def test_only_who_knows_the_latest_changes_it(keeper: Keeper) -> None:
    """Everything else would be made of what is gone."""
    nothing = await keeper.look("key", None)
    first = await keeper.keep("key", nothing, "a.1", "one")
    second = await keeper.keep("key", nothing, "b.1", "two")
    third = await keeper.keep("key", second, "b.2", "two")

    assert (nothing.version, nothing.held.text) == ("", None)
    assert (first.version, first.held.text) == ("a.1", "one")
    assert (second.version, second.held.text) == ("a.1", "one")
    assert (third.version, third.held.text) == ("b.2", "two")


async def test_what_is_known_stays_known(keeper: Keeper) -> None:
    """It need not be sent again, and it is there all the same."""
    first = await keeper.keep("key", await keeper.look("key", None), "a.1", "one")
    again, anew = await keeper.look("key", first), await keeper.look("key", None)

    assert again.held.text == anew.held.text == "one"
    assert again.held.run_id == anew.held.run_id != ""
    assert again.held.now <= anew.held.now


async def test_keys_are_apart(keeper: Keeper) -> None:
    """Readers are not slowed down by writers."""
    await keeper.keep("key", await keeper.look("key", None), "a.1", "one")

    assert (await keeper.look("another", None)).version == ""
