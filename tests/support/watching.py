"""Somebody in front of the fake's page."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from fakeslides.decks import Deck, workload_decks
from fakeslides.scenario.model import Scenario, Workload
from fakeslides.server import FakeSlides
from tests.support.browser import Tab, open_tab

WATCHING = "document.querySelector('#link.live') && document.querySelector('#kind option')"
"""True in JavaScript once the page follows the server."""


@asynccontextmanager
async def watching(
    browser: str, scenario: Scenario | None = None, decks: list[Deck] | None = None
) -> AsyncIterator[tuple[FakeSlides, Tab]]:
    """Run a fake with somebody in front of its page."""
    chosen = workload_decks(Workload(presentations=3), 7) if decks is None else decks
    async with FakeSlides(scenario, decks=chosen) as fake, open_tab(browser) as tab:
        await tab.open(fake.page_url)
        await tab.wait_for(WATCHING)
        yield fake, tab
        assert tab.complaints == []


async def press_until(tab: Tab, condition: str, *, shift: bool = False) -> None:
    """Press Tab until the focus is where it should be."""
    for _ in range(60):
        if await tab.evaluate(condition):
            return
        await tab.press("Tab", shift=shift)
    pytest.fail(f"the keyboard never got there: {condition}")


async def choose(tab: Tab, control: str, value: str) -> None:
    """Set a control as a person's choice would."""
    await tab.evaluate(
        f"(() => {{ const one = document.querySelector('#{control}'); one.value = {value!r};"
        " one.dispatchEvent(new Event('change')); })()"
    )
