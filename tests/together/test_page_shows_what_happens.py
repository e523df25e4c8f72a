"""The page shows what happens to requests and decks, and a strike at once."""

import asyncio
from dataclasses import replace

from fakeslides.decks import workload_decks
from fakeslides.scenario.model import Workload
from fakeslides.server import FakeSlides
from tests.support.browser import open_tab
from tests.support.fake_client import create_deck, one_fault, open_session, post_batch, scenario_of
from tests.support.relay import relay_to
from tests.support.watching import WATCHING, watching

SOON_MS = 1000


async def test_a_struck_deck_is_painted_within_a_second_of_the_strike(browser: str) -> None:
    """Measured in the page itself: from the server's stamp to the frame after the paint."""
    struck = one_fault("kind: http.status, code: 503, point: after_commit")
    async with watching(browser, struck) as (fake, tab), open_session(fake) as session:
        await post_batch(session, fake.presentations[1])
        await tab.wait_for("document.querySelector('#lag').dataset.milliseconds")

        lag_ms = await tab.evaluate("Number(document.querySelector('#lag').dataset.milliseconds)")
        marked = await tab.evaluate(
            "[...document.querySelectorAll('.deck.struck')].map((deck) => deck.parentElement.dataset.key)"
        )

    assert 0 <= lag_ms < SOON_MS
    assert marked == [fake.presentations[1]]


async def test_a_call_that_stalls_is_seen_while_it_hangs(browser: str) -> None:
    """It has no verdict in the ledger before it ends."""
    async with (
        watching(browser, one_fault("kind: http.stall")) as (fake, tab),
        open_session(fake) as session,
    ):
        call = asyncio.create_task(post_batch(session, fake.presentations[0]))
        await tab.wait_for("document.querySelector('#live .struck')?.textContent.includes('http.stall')")
        await tab.wait_for("document.querySelector('.deck.struck')?.textContent.includes('http.stall')")
        call.cancel()
        await tab.wait_for("!document.querySelector('#live li')")


async def test_each_request_stands_there_with_its_verdict(browser: str) -> None:
    """Applied, refused and struck read differently, and not by colour alone."""
    async with (
        watching(browser, one_fault("kind: http.status, code: 503", "every: 3")) as (fake, tab),
        open_session(fake) as session,
    ):
        deck = fake.presentations[0]
        for presentation_id in (deck, "none", deck):
            await post_batch(session, presentation_id)
        await tab.wait_for("document.querySelectorAll('#requests tr').length >= 4")
        verdicts = await tab.evaluate(
            "[...document.querySelectorAll('#requests .verdict')].map((one) => one.textContent)"
        )

    assert verdicts[:3] == ["⚡ http.status before commit", "refused", "applied"]


async def test_the_slide_is_drawn_and_drawn_anew_when_it_is_edited(browser: str) -> None:
    """Keys that still wait for a value are marked."""
    decks = workload_decks(Workload(presentations=1, slides=2), 7)
    async with watching(browser, decks=decks) as (fake, tab), open_session(fake) as session:
        await tab.wait_for("document.querySelectorAll('#picture mark').length > 0")
        for key in decks[0].replacements:
            await post_batch(session, fake.presentations[0], key)
        await tab.wait_for("document.querySelectorAll('#picture mark').length === 0")

        assert "Row 1" in await tab.evaluate("document.querySelector('#picture').textContent")


async def test_an_old_strike_is_not_shown_as_a_new_one(browser: str) -> None:
    """Whoever opens the page late is not alarmed by what is long over."""
    struck = one_fault("kind: http.status, code: 503")
    async with watching(browser, struck) as (fake, tab), open_session(fake) as session:
        await post_batch(session, fake.presentations[0])
        entry = list(fake.ledger)[-1]
        fake.ledger.clear()
        fake.ledger.append(replace(entry, ended_at_seconds=entry.ended_at_seconds - 3600))
        await tab.open(fake.page_url)
        await tab.wait_for("document.querySelector('tr.struck') && document.querySelector('.deck')")

        assert await tab.evaluate("document.querySelector('#struck-count').textContent") == "1"
        assert not await tab.evaluate("document.querySelector('.deck.struck')")


async def test_quota_windows_fill(browser: str) -> None:
    """The scarce resource of the API is 60 writes a minute."""
    quota = scenario_of("server: {quota: {preset: google-default}}")
    async with watching(browser, quota, []) as (fake, tab), open_session(fake) as session:
        for _ in range(3):
            await create_deck(session)
        await tab.wait_for("document.querySelector('#quota .meter[aria-valuenow=\"3\"]')")

        shown = await tab.evaluate(
            "[...document.querySelectorAll('#quota .much')].map((one) => one.textContent)"
        )

    assert shown == ["3 of 60 in 60 s", "3 of 600 in 60 s"]


async def test_it_comes_back_after_the_connection_broke(browser: str) -> None:
    """And shows what happened meanwhile."""
    async with (
        FakeSlides() as fake,
        open_session(fake) as session,
        relay_to(int(fake.admin_url.rpartition(":")[2])) as relay,
        open_tab(browser) as tab,
    ):
        await tab.open(f"{relay.address}/#token={fake.admin_token}")
        await tab.wait_for(WATCHING)
        relay.cut()
        await tab.wait_for("document.querySelector('#link.lost')")
        await create_deck(session)

        await tab.wait_for("document.querySelector('#link.live') && document.querySelector('.deck')")
