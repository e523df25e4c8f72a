"""In a run's timeline what one looks for is found, and what broke is not overlooked."""

from pathlib import Path

import pytest

from loadtests.timeline.story import Story
from tests.support.stories import (
    FIRST,
    SECOND,
    a_story,
    real_story,
)
from tests.support.timeline_tabs import DRAWN, looking, press_key, search_for, shown_on, text_of, trouble
from tests.support.watching import press_until


@pytest.fixture
def outage() -> Story:
    """Return the story of one that has everything."""
    return real_story("outage")


async def test_trouble_is_found_by_a_key(browser: str, tmp_path: Path, outage: Story) -> None:
    """From one failed try to the next, wherever they are."""
    async with looking(browser, tmp_path, outage) as tab:
        await press_until(tab, "document.activeElement.id === 'lanes-scroll'")
        said = []
        for _ in range(3):
            await press_key(tab, "n")
            said.append(await text_of(tab, "#announcer"))

    assert len(set(said)) == 3
    assert all("struck by" in words for words in said)


@pytest.mark.parametrize(
    ("query", "lanes", "tries"),
    [
        (FIRST, 1, 2),
        ("deck-1", 2, 3),
        ("connectionlost", 1, 1),
        ("LOSE", 1, 1),
        ("answered s2", 1, 1),
        ("nobody", 0, 0),
    ],
)
async def test_search_finds_lanes_by_what_one_knows(
    browser: str, tmp_path: Path, query: str, lanes: int, tries: int
) -> None:
    """An operation, a presentation, an error, a rule, several words; the rest is hidden."""
    async with looking(browser, tmp_path, a_story()) as tab:
        await search_for(tab, query)
        shown, found = await shown_on(tab), await text_of(tab, "#found")
        is_none = await tab.evaluate("document.querySelector('#none-found').checkVisibility()")

    assert found.replace("lanes", "lane").replace("tries", "try") == f"{lanes} lane, {tries} try"
    assert shown["rows"] == (lanes + 1 if lanes else 0)
    assert is_none == (lanes == 0)


async def test_what_does_not_fit_can_stay_and_pale(browser: str, tmp_path: Path) -> None:
    """To see what is found among the others; an emptied search brings everything back."""
    async with looking(browser, tmp_path, a_story()) as tab:
        await tab.evaluate("document.querySelector('#only-hits').click()")
        before = await tab.screenshot()
        await search_for(tab, "ConnectionLost")
        among, marked = await shown_on(tab), await tab.screenshot()
        await press_key(tab, "Escape")
        await tab.evaluate(DRAWN)

        assert among["rows"] == 3
        assert marked != before
        assert await tab.evaluate("document.querySelector('#query').value") == ""
        assert await text_of(tab, "#found") == ""


async def test_enter_goes_to_the_next_found(browser: str, tmp_path: Path) -> None:
    """Searching without reaching for the mouse."""
    async with looking(browser, tmp_path, a_story()) as tab:
        await search_for(tab, "answered")
        said = []
        for _ in range(2):
            await tab.press("Enter")
            said.append((await text_of(tab, "#announcer")).partition(", at")[0])

    assert said == [f"write 2 of {FIRST}", f"write 1 of {SECOND}"]


async def test_a_rule_is_found_by_its_button(browser: str, tmp_path: Path) -> None:
    """With the count of its strikes on it."""
    async with looking(browser, tmp_path, a_story()) as tab:
        await tab.evaluate("document.querySelector('#rules button').click()")

        assert await text_of(tab, "#rules button") == "lose \u00d71"
        assert await tab.evaluate("document.querySelector('#query').value") == "lose"
        assert (await shown_on(tab))["rows"] == 2


async def test_what_broke_is_the_first_thing_seen_and_can_be_gone_to(browser: str, tmp_path: Path) -> None:
    """In the header, in the list, and where it happened."""
    async with looking(browser, tmp_path, trouble()) as tab:
        await tab.evaluate("for (let i = 0; i < 6; i++) document.querySelector('#zoom-in').click()")
        away = await shown_on(tab)
        await press_until(tab, "document.activeElement.matches('#moments .broken')")
        await tab.press("Enter")
        shown = await shown_on(tab)

        assert await text_of(tab, "#verdict") == "1 promise broken"
        assert not away["from"] < 1.8 < away["to"]
        assert shown["from"] < 1.8 < shown["to"]


async def test_an_edit_that_the_ledger_lacks_is_among_the_moments(browser: str, tmp_path: Path) -> None:
    """Also if nobody remarked on it; it leads to the edit's last try."""
    async with looking(browser, tmp_path, trouble()) as tab:
        await tab.evaluate("document.querySelector('#moments .odd').click()")
        await tab.wait_for("document.querySelector('#details dl')")

        assert f"{SECOND}: applied; lost: committed 0 times" in await text_of(tab, "#moments .odd")
        assert SECOND in await text_of(tab, "#details")
