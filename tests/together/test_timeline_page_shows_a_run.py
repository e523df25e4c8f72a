"""A run's timeline can be opened from a file and looked at, with or without a mouse."""

from math import floor
from pathlib import Path

import pytest

from loadtests.timeline.story import Story
from tests.support.stories import (
    FIRST,
    SECOND,
    a_story,
    real_story,
)
from tests.support.timeline_tabs import (
    GROUP_PIXELS,
    LANE_PIXELS,
    looking,
    many_lanes,
    move_mouse,
    place_of,
    press_key,
    shown_on,
    span_of,
    text_of,
)
from tests.support.watching import press_until


@pytest.fixture(params=["flaky_network", "outage", "production_incident"])
def real_run(request: pytest.FixtureRequest) -> Story:
    """Return the story of a real run; a world of virtual time can't be made within a loop of real time."""
    return real_story(request.param)


@pytest.fixture
def outage() -> Story:
    """Return the story of one that has everything."""
    return real_story("outage")


async def test_a_real_run_opens_from_a_file_without_a_network(
    browser: str, tmp_path: Path, real_run: Story
) -> None:
    """What it is, what it comes to, and lanes with bars."""
    async with looking(browser, tmp_path, real_run) as tab:
        assert f"scenario {real_run.scene.scenario}, seed 7" in await text_of(tab, "#scene")
        assert "applied" in await text_of(tab, "#summary")
        assert await text_of(tab, "#verdict") == "nothing broke"
        shown = await shown_on(tab)

    assert shown["rows"] > 10
    assert shown["bars"] > 10


async def test_buttons_zoom_and_the_whole_run_comes_back(browser: str, tmp_path: Path, outage: Story) -> None:
    """Closer and away."""
    async with looking(browser, tmp_path, outage) as tab:
        whole = await span_of(tab)
        await tab.evaluate("for (let i = 0; i < 4; i++) document.querySelector('#zoom-in').click()")
        close = await span_of(tab)
        await tab.evaluate("document.querySelector('#zoom-out').click()")
        away = await span_of(tab)
        await tab.evaluate("document.querySelector('#zoom-all').click()")

        assert close < away < whole
        assert await span_of(tab) == pytest.approx(whole)


async def test_the_wheel_zooms_where_the_pointer_is(browser: str, tmp_path: Path, outage: Story) -> None:
    """The moment under the pointer stays there."""
    async with looking(browser, tmp_path, outage) as tab:
        whole = await span_of(tab)
        before, y = await place_of(tab, 20.0, 100)
        pointer = floor(before)  # a mouse is on whole pixels, and what lies beside it moves away
        await move_mouse(tab, "mouseWheel", (pointer, y), deltaX=0, deltaY=-600, modifiers=2)

        zoom = whole / await span_of(tab)
        expected = pointer + zoom * (before - pointer)
        assert zoom > 2
        assert await place_of(tab, 20.0, 100) == pytest.approx((expected, y), abs=0.5)


async def test_the_wheel_alone_scrolls_the_lanes(browser: str, tmp_path: Path, outage: Story) -> None:
    """A list that cannot be scrolled would be a surprise."""
    async with looking(browser, tmp_path, outage) as tab:
        whole = await span_of(tab)
        await move_mouse(tab, "mouseWheel", await place_of(tab, 20.0, 100), deltaX=0, deltaY=300)
        await tab.wait_for("document.querySelector('#lanes-scroll').scrollTop > 0")

        assert await span_of(tab) == whole


async def test_dragging_moves_in_time(browser: str, tmp_path: Path, outage: Story) -> None:
    """As on a map."""
    async with looking(browser, tmp_path, outage) as tab:
        await tab.evaluate("for (let i = 0; i < 4; i++) document.querySelector('#zoom-in').click()")
        before = await shown_on(tab)
        x, y = await place_of(tab, before["from"] + 3, 100)
        await move_mouse(tab, "mousePressed", (x, y))
        await move_mouse(tab, "mouseMoved", (x - 80, y))
        await move_mouse(tab, "mouseReleased", (x - 80, y))

        assert (await shown_on(tab))["from"] > before["from"]
        assert await span_of(tab) == pytest.approx(before["to"] - before["from"])


async def test_a_click_on_a_bar_tells_all_of_it(browser: str, tmp_path: Path) -> None:
    """Both sides' word, what struck, and what the callers were told."""
    async with looking(browser, tmp_path, a_story()) as tab:
        place = await place_of(tab, 0.4, GROUP_PIXELS + LANE_PIXELS / 2)
        await move_mouse(tab, "mousePressed", place)
        await move_mouse(tab, "mouseReleased", place)
        await tab.wait_for("document.querySelector('#details dl')")
        details = await text_of(tab, "#details")

    for words in (
        "write #1: unknown after 0.40 s", "ConnectionLost", "0.200000 s", "lose (tcp.reset before_commit)",
        "no whole answer", "{{name}}", "applied",
    ):  # fmt: skip
        assert words in details


async def test_a_click_on_a_lanes_name_shows_its_operations(browser: str, tmp_path: Path) -> None:
    """And another hides them; on a presentation's, all its lanes."""
    async with looking(browser, tmp_path, a_story()) as tab:
        counts = [(await shown_on(tab))["rows"]]
        for row_middle in (GROUP_PIXELS + 8, GROUP_PIXELS + 8, 8):
            place = (await place_of(tab, 0, row_middle))[1]
            await move_mouse(tab, "mousePressed", (60, place))
            await move_mouse(tab, "mouseReleased", (60, place))
            counts.append((await shown_on(tab))["rows"])

    assert counts == [3, 4, 3, 1]


async def test_the_keyboard_does_all_that_the_mouse_does(browser: str, tmp_path: Path) -> None:
    """Choose, walk, zoom, read; what is chosen is said aloud."""
    async with looking(browser, tmp_path, a_story()) as tab:
        await press_until(tab, "document.activeElement.id === 'lanes-scroll'")
        said = []
        for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
            await tab.press(key)
            said.append((await text_of(tab, "#announcer")).partition(", at")[0])
        whole = await span_of(tab)
        await press_key(tab, "+")
        close = await span_of(tab)
        await press_key(tab, "0")
        await tab.press("Enter")

        assert said == [f"write 1 of {FIRST}", f"write 2 of {FIRST}", f"write 1 of {SECOND}"]
        assert close < whole
        assert await span_of(tab) == pytest.approx(whole)
        assert await tab.evaluate("document.activeElement.id") == "details"


async def test_of_five_thousand_bars_those_in_sight_are_drawn(browser: str, tmp_path: Path) -> None:
    """So that it stays fluid; the others come when one scrolls."""
    async with looking(browser, tmp_path, many_lanes(1000, 5)) as tab:
        height = await tab.evaluate("document.querySelector('#lanes-scroll').clientHeight")
        top = await shown_on(tab)
        await tab.evaluate("document.querySelector('#lanes-scroll').scrollTop = 10000")
        below = await shown_on(tab)

    assert "5000 attempts" in (tmp_path / "timeline.html").read_text("utf-8")
    for shown in (top, below):
        assert 0 < shown["rows"] <= height / LANE_PIXELS + 2
        assert 0 < shown["bars"] <= 5 * shown["rows"]


async def test_a_run_in_which_nothing_happened_can_be_opened(browser: str, tmp_path: Path) -> None:
    """It may have ended before it began."""
    async with looking(browser, tmp_path, a_story([], [])) as tab:
        assert await text_of(tab, "#verdict") == "nothing broke"
        assert (await shown_on(tab))["rows"] == 0
