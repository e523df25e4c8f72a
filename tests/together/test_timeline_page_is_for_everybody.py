"""Whoever opens a timeline can read and use it, and no text in it does harm."""

import asyncio
from pathlib import Path

import pytest

from tests.support.browser import Tab
from tests.support.readability import TOO_PALE
from tests.support.stories import (
    a_story,
)
from tests.support.timeline_tabs import (
    DRAWN,
    STRANGERS,
    looking,
    text_of,
    trouble,
)
from tests.support.watching import press_until


async def test_no_text_of_strangers_is_taken_for_markup(browser: str, tmp_path: Path) -> None:
    """Errors, remarks and decks come from anywhere."""
    async with looking(browser, tmp_path, trouble()) as tab:
        await press_until(tab, "document.activeElement.id === 'lanes-scroll'")
        await tab.press("ArrowRight")
        await tab.wait_for("document.querySelector('#details dl')")

        assert STRANGERS in await text_of(tab, "#details")
        assert STRANGERS in await text_of(tab, "#moments")
        assert await tab.evaluate("document.title") != "caught"


async def test_the_policy_stops_what_is_smuggled_in(browser: str, tmp_path: Path) -> None:
    """Were a text ever taken for a script, it would not run, and could not call home."""
    async with looking(browser, tmp_path, a_story()) as tab:
        await tab.evaluate(
            "document.body.append(Object.assign(document.createElement('script'), {text: 'caught = 1'}))"
        )
        reached = await tab.evaluate("fetch('http://127.0.0.1:9/').then(() => 1, (error) => String(error))")

        assert await tab.evaluate("typeof caught") == "undefined"
        assert "TypeError" in reached
        await asyncio.wait_for(_complained(tab, 2), 10)
        assert all("Content Security Policy" in complaint for complaint in tab.complaints)
        tab.complaints.clear()


async def _complained(tab: Tab, count: int) -> None:
    while len(tab.complaints) < count:
        await tab.evaluate(DRAWN)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_can_be_read(browser: str, tmp_path: Path, scheme: str) -> None:
    """A contrast of at least 4.5 to what is behind it."""
    async with looking(browser, tmp_path, trouble()) as tab:
        await tab.prefer("dark" if scheme == "dark" else "light")
        await tab.evaluate("document.querySelector('#moments .odd').click()")
        await tab.wait_for("document.querySelector('#details dl')")
        found = await tab.evaluate(TOO_PALE)

    assert found["pale"] == []
    assert found["seenCount"] > 60


async def test_the_chart_follows_light_and_dark(browser: str, tmp_path: Path) -> None:
    """A canvas does not by itself."""
    async with looking(browser, tmp_path, a_story()) as tab:
        colours = []
        for scheme in ("light", "dark"):
            await tab.prefer("light" if scheme == "light" else "dark")
            await tab.evaluate(DRAWN)
            colours.append(
                await tab.evaluate(
                    "[...document.querySelector('#lanes').getContext('2d').getImageData(3, 5, 1, 1).data]"
                )
            )

    assert colours[0] != colours[1]


@pytest.mark.parametrize("width", [360, 800, 1440])
async def test_nothing_sticks_out_of_the_window(browser: str, tmp_path: Path, width: int) -> None:
    """A phone shows it too, also after it was turned."""
    async with looking(browser, tmp_path, trouble()) as tab:
        await tab.resize(1440, 800)
        await tab.evaluate(DRAWN)
        await tab.resize(width, 800)
        await tab.wait_for(f"document.querySelector('#lanes').getBoundingClientRect().right <= {width}")

        assert await tab.evaluate("document.documentElement.scrollWidth") <= width


async def test_every_control_has_a_name(browser: str, tmp_path: Path) -> None:
    """What a screen reader would call it."""
    async with looking(browser, tmp_path, trouble()) as tab:
        nameless = await tab.evaluate(
            "[...document.querySelectorAll('button, input, [tabindex=\"0\"], canvas[role]')]"
            ".filter((one) => !(one.labels?.length || one.ariaLabel || one.textContent.trim()))"
            ".map((one) => one.outerHTML)"
        )

    assert nameless == []


async def test_the_focus_is_always_seen(browser: str, tmp_path: Path) -> None:
    """Whoever can't point must see where they are."""
    async with looking(browser, tmp_path, trouble()) as tab:
        for _ in range(20):
            await tab.press("Tab")
            width = await tab.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")

            assert width >= 2 or await tab.evaluate("document.activeElement === document.body")
