"""The page changes the weather, by keyboard alone."""

import aiohttp
import pytest

from tests.support.fake_client import open_session, post_batch, scenario_of
from tests.support.watching import choose, press_until, watching


async def test_a_fault_is_injected_and_stopped_without_a_mouse(browser: str) -> None:
    """Skip to the form, choose, inject; then stop it again."""
    async with watching(browser) as (fake, tab), open_session(fake) as session:
        await press_until(tab, "document.activeElement.matches('.skip')")
        await tab.press("Enter")
        await press_until(tab, "document.activeElement.id === 'point'")
        await tab.press("ArrowDown")
        await press_until(tab, "document.activeElement.id === 'strike'")
        await tab.press("Enter")
        await tab.wait_for("document.querySelector('#faults button')")
        kind, point = await tab.evaluate("['#kind', '#point'].map((id) => document.querySelector(id).value)")
        with pytest.raises(aiohttp.ClientError):
            await post_batch(session, fake.presentations[0])
        struck = list(fake.ledger)[-1]

        await press_until(tab, "document.activeElement.matches('#faults button')", shift=True)
        await tab.press("Enter")
        await tab.wait_for("!document.querySelector('#faults button')")
        await post_batch(session, fake.presentations[0])

    assert (struck.fault, struck.point) == (kind, point)
    assert list(fake.ledger)[-1].fault is None


async def test_the_usual_faults_take_one_button(browser: str) -> None:
    """Whoever shows it to others has no time for forms."""
    async with watching(browser) as (fake, tab), open_session(fake) as session:
        await press_until(tab, "document.activeElement.value === 'api.conflict/before_commit'")
        await tab.press("Space")
        await tab.wait_for("document.querySelector('#faults li.on')")
        status, _ = await post_batch(session, fake.presentations[0])

    assert status == 400


async def test_phases_are_chosen_by_button(browser: str) -> None:
    """To see the storm without waiting for it."""
    phases = scenario_of("phases: [{name: calm, for: 1h}, {name: storm, for: 1h}]")
    async with watching(browser, phases) as (fake, tab):
        await press_until(tab, "document.activeElement.textContent === 'storm'")
        await tab.press("Enter")
        await tab.wait_for("document.querySelector('[aria-current=step]').textContent === 'storm'")

        assert fake.front.phase() == "storm"


async def test_everything_is_reset_only_after_a_question(browser: str) -> None:
    """What was seen is gone for good."""
    async with watching(browser) as (fake, tab), open_session(fake) as session:
        await post_batch(session, fake.presentations[0])
        await press_until(tab, "document.activeElement.id === 'reset'")
        await tab.press("Enter")
        await press_until(tab, "document.activeElement.value === 'no'")
        await tab.press("Enter")
        await tab.wait_for("!document.querySelector('#sure').open")
        kept_count = len(fake.ledger)
        await press_until(tab, "document.activeElement.id === 'reset'")
        await tab.press("Enter")
        await press_until(tab, "document.activeElement.value === 'yes'", shift=True)
        await tab.press("Enter")
        await tab.wait_for("document.querySelector('#said').textContent.includes('as at the start')")

    assert kept_count > 0
    assert len(fake.ledger) == 0


async def test_a_fault_of_the_connection_asks_for_no_call(browser: str) -> None:
    """There is none yet when it strikes."""
    async with watching(browser) as (_, tab):
        await choose(tab, "kind", "tcp.refuse")

        assert not await tab.evaluate("document.querySelector('#method').checkVisibility()")
        await choose(tab, "kind", "http.stall")
        assert await tab.evaluate("document.querySelector('#method').checkVisibility()")


async def test_every_kind_can_be_injected_as_the_form_offers_it(browser: str) -> None:
    """What the form fills in by itself is what the server takes."""
    async with watching(browser) as (_, tab):
        kinds = await tab.evaluate("[...document.querySelectorAll('#kind option')].map((one) => one.value)")
        refused = []
        for kind in kinds:
            await choose(tab, "kind", kind)
            await tab.evaluate("document.querySelector('#said').replaceChildren()")
            await tab.evaluate("document.querySelector('#inject').requestSubmit()")
            await tab.wait_for("document.querySelector('#said').textContent")
            if await tab.evaluate("document.querySelector('#said').matches('.wrong')"):
                refused.append((kind, await tab.evaluate("document.querySelector('#said').textContent")))

    assert len(kinds) > 5
    assert refused == []


async def test_a_refusal_is_told_in_the_servers_own_words(browser: str) -> None:
    """A field that is filled in wrongly is explained."""
    async with watching(browser) as (_, tab):
        await choose(tab, "kind", "http.delay")
        await choose(tab, "field-by", "soon")
        await tab.evaluate("document.querySelector('#inject').requestSubmit()")
        await tab.wait_for("document.querySelector('#said.wrong')")
        said = await tab.evaluate("document.querySelector('#said').textContent")
        tab.complaints.clear()  # the browser notes every answer of 400

    assert "is not a duration" in said
