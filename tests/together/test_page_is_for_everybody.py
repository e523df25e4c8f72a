"""The page can be read, heard and used by everybody, on any screen."""

import pytest

from tests.support.fake_client import one_fault, open_session, post_batch
from tests.support.readability import TOO_PALE
from tests.support.watching import watching


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_can_be_read(browser: str, scheme: str) -> None:
    """A contrast of at least 4.5 to what is behind it, struck rows and decks included."""
    async with (
        watching(browser, one_fault("kind: http.status, code: 503", "every: 3")) as (fake, tab),
        open_session(fake) as session,
    ):
        await tab.prefer("dark" if scheme == "dark" else "light")
        for presentation_id in (fake.presentations[0], "none", fake.presentations[0]):
            await post_batch(session, presentation_id)
        await tab.wait_for("document.querySelector('.deck.struck') && document.querySelector('tr.struck')")

        found = await tab.evaluate(TOO_PALE)

    assert found["pale"] == []
    assert found["seenCount"] > 40


async def test_light_and_dark_look_different(browser: str) -> None:
    """Somebody who prefers dark gets dark."""
    async with watching(browser) as (_, tab):
        await tab.prefer("light")
        light = await tab.screenshot()
        await tab.prefer("dark")
        dark = await tab.screenshot()

    assert light != dark


@pytest.mark.parametrize("width", [360, 800, 1440])
async def test_nothing_sticks_out_of_the_window(browser: str, width: int) -> None:
    """A phone shows it too."""
    async with watching(browser) as (_, tab):
        await tab.resize(width, 800)

        assert await tab.evaluate("document.documentElement.scrollWidth") <= width


async def test_every_control_has_a_name(browser: str) -> None:
    """What a screen reader would call it."""
    async with watching(browser) as (_, tab):
        nameless = await tab.evaluate(
            "[...document.querySelectorAll('button, input, select')]"
            ".filter((one) => !(one.labels?.length || one.ariaLabel || one.textContent.trim()))"
            ".map((one) => one.outerHTML)"
        )

    assert nameless == []


async def test_what_comes_is_said_aloud(browser: str) -> None:
    """In a sentence now and then, not row by row."""
    async with (
        watching(browser, one_fault("kind: http.status, code: 503")) as (fake, tab),
        open_session(fake) as session,
    ):
        await post_batch(session, fake.presentations[0])
        await tab.wait_for(
            "document.querySelector('#announcer').textContent.includes('1 struck, the last by')"
        )

        assert await tab.evaluate("document.querySelector('#announcer').ariaLive") == "polite"


async def test_the_focus_is_always_seen(browser: str) -> None:
    """Whoever can't point must see where they are."""
    async with watching(browser) as (_, tab):
        for _ in range(20):
            await tab.press("Tab")
            width = await tab.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")

            assert width >= 2 or await tab.evaluate("document.activeElement === document.body")


async def test_a_text_that_is_too_pale_would_be_found(browser: str) -> None:
    """The measure of contrast is itself measured."""
    async with watching(browser) as (_, tab):
        await tab.evaluate("document.querySelector('h1').style.color = 'rgb(200, 200, 200)'")
        await tab.prefer("light")

        assert [text for _, _, text in (await tab.evaluate(TOO_PALE))["pale"]] == ["deckstorm"]
