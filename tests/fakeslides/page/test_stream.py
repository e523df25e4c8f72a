import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from fakeslides.clock import ServerClock
from fakeslides.page.stream import MOST_ENTRIES_AT_ONCE, EventSource
from fakeslides.server import FakeSlides
from tests.support.fake_client import create_deck, one_fault, open_session, post_batch, scenario_of
from tests.support.patience import until


def told(source: EventSource) -> dict[str, Any]:
    """Return the events of one tick by name."""
    lines = [event.splitlines() for event in source.next_events()]
    named = [pair for pair in lines if pair[0].startswith("event: ")]
    return {name.removeprefix("event: "): json.loads(data.removeprefix("data: ")) for name, data, *_ in named}


async def events(answer: aiohttp.ClientResponse) -> AsyncIterator[tuple[str, Any]]:
    """Yield name and data of each event as it comes."""
    name = ""
    async for line in answer.content:
        key, _, value = line.decode().rstrip("\n").partition(": ")
        if key == "event":
            name = value
        elif key == "data":
            yield name, json.loads(value)


class TestEventSource:
    async def test_begins_with_the_vocabulary_and_the_state(self) -> None:
        """The page can draw itself from the first tick."""
        async with FakeSlides() as fake:
            first = told(EventSource(fake, ServerClock()))

        assert list(first) == ["hello", "state"]
        assert "tcp.reset" in {kind["kind"] for kind in first["hello"]["kinds"]}

    async def test_tells_each_line_once(self) -> None:
        """A line told twice would look like a second request."""
        async with FakeSlides() as fake, open_session(fake) as session:
            source = EventSource(fake, ServerClock())
            first = told(source)
            await create_deck(session)
            second, third = told(source), told(source)

        assert [entry["method"] for entry in first["entries"]["entries"]] == ["token"]
        assert [entry["method"] for entry in second["entries"]["entries"]] == ["presentations.create"]
        assert "entries" not in third

    async def test_a_state_that_has_not_changed_is_not_told_again(self) -> None:
        """A page that is left open overnight costs next to nothing."""
        async with FakeSlides() as fake:
            source = EventSource(fake, ServerClock())
            names = [name for _ in range(50) for name in told(source)]

        assert names == ["hello", "state"]

    async def test_a_page_that_lags_gets_the_latest_lines_and_how_many_it_missed(self) -> None:
        """Thousands of lines at once would freeze it."""
        async with FakeSlides() as fake, open_session(fake) as session:
            await create_deck(session)
            line = list(fake.ledger)[-1]
            for _ in range(MOST_ENTRIES_AT_ONCE + 48):
                fake.ledger.append(line)
            entries = told(EventSource(fake, ServerClock()))["entries"]

        assert (len(entries["entries"]), entries["skipped"]) == (MOST_ENTRIES_AT_ONCE, 50)

    async def test_a_ledger_that_begins_anew_is_told_so_even_if_it_is_as_long_again(self) -> None:
        """Otherwise the page would mix what was with what is."""
        async with FakeSlides() as fake, open_session(fake) as session:
            await create_deck(session)
            source = EventSource(fake, ServerClock())
            told(source)
            fake.ledger.clear()
            for _ in range(3):
                await create_deck(session)
            again = told(source)

        assert list(again) == ["reset", "entries"]
        assert len(again["entries"]["entries"]) == 3

    async def test_the_servers_seconds_become_unix_time_though_they_run_faster(self) -> None:
        """The page compares them with the browser's clock."""
        async with FakeSlides(scenario_of("time_scale: 1/20")) as fake, open_session(fake) as session:
            source, clock = EventSource(fake, ServerClock()), ServerClock()
            before = clock.wall()
            await create_deck(session)
            last = told(source)["entries"]["entries"][-1]

        assert before - 0.01 <= last["ended_at"] <= clock.wall() + 0.01


async def test_a_strike_is_told_to_a_page_that_listens() -> None:
    """With the rule, the point and whether the edit landed."""
    async with (
        FakeSlides(one_fault("kind: http.status, code: 503, point: after_commit")) as fake,
        open_session(fake) as session,
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {fake.admin_token}"}) as page,
        page.get(f"{fake.admin_url}/events") as stream,
    ):
        await post_batch(session, await create_deck(session))
        async with asyncio.timeout(5):
            struck = await first_strike(stream)

    assert (struck["rule_id"], struck["fault"], struck["point"], struck["committed"]) == (
        "it", "http.status", "after_commit", True,
    )  # fmt: skip


async def first_strike(stream: aiohttp.ClientResponse) -> dict[str, Any]:
    """Return the first line about a call that was struck."""
    async for name, data in events(stream):
        for entry in data["entries"] if name == "entries" else ():
            if entry["fault"]:
                return dict(entry)
    raise AssertionError("the stream ended without a strike")


async def test_the_server_stops_though_a_page_is_open() -> None:
    """Somebody always leaves a tab open."""
    tasks = asyncio.all_tasks()
    async with aiohttp.ClientSession() as page:
        async with FakeSlides() as fake:
            bearing = {"Authorization": f"Bearer {fake.admin_token}"}
            stream = await page.get(f"{fake.admin_url}/events", headers=bearing)
            assert stream.content_type == "text/event-stream"
            async with asyncio.timeout(5):
                await fake.__aexit__()
        stream.close()

    await until(lambda: asyncio.all_tasks() == tasks)


async def test_a_page_that_is_closed_is_forgotten() -> None:
    """Otherwise each reload would leave a task that writes to nobody."""
    async with FakeSlides() as fake:
        tasks = asyncio.all_tasks()
        bearing = {"Authorization": f"Bearer {fake.admin_token}"}
        async with aiohttp.ClientSession() as page:
            stream = await page.get(f"{fake.admin_url}/events", headers=bearing)
            stream.close()

        await until(lambda: asyncio.all_tasks() == tasks)
