"""A run's timeline can be opened from a file, looked at, searched and read, with or without a mouse."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from loadtests.timeline.page import timeline_page
from loadtests.timeline.story import Remark, Story
from tests.support.browser import Tab, open_tab
from tests.support.readability import TOO_PALE
from tests.support.stories import (
    FIRST,
    SECOND,
    ZERO,
    a_story,
    ending,
    entry,
    fate,
    real_story,
    small_ledger,
    small_run,
    turn,
    wish,
)
from tests.support.watching import press_until

GROUP_PIXELS, LANE_PIXELS = 26, 21
# A frame after the next one: what was asked to be drawn is drawn.
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
STRANGERS = "</script><script>document.title='caught'</script><img src=x onerror=\"document.title='caught'\">"


@pytest.fixture(params=["flaky_network", "outage", "production_incident"])
def real_run(request: pytest.FixtureRequest) -> Story:
    """Return the story of a real run; a world of virtual time can't be made within a loop of real time."""
    return real_story(request.param)


@pytest.fixture
def outage() -> Story:
    """Return the story of one that has everything."""
    return real_story("outage")


@asynccontextmanager
async def looking(browser: str, folder: Path, story: Story) -> AsyncIterator[Tab]:
    """Open a story's page from a file; it must ask for nothing and complain of nothing."""
    file = folder / "timeline.html"
    file.write_text(timeline_page(story), "utf-8")
    async with open_tab(browser) as tab:
        await tab.open(file.as_uri())
        await tab.wait_for("document.querySelector('#lanes').dataset.rows")
        yield tab
        assert tab.complaints == []
        assert tab.requested == [file.as_uri()]


async def _shown(tab: Tab) -> dict[str, float]:
    """Return what the chart drew last: how many rows and bars, and from when to when."""
    await tab.evaluate(DRAWN)
    drawn = await tab.evaluate("({...document.querySelector('#lanes').dataset})")
    return {name: float(value) for name, value in drawn.items()}


async def _span(tab: Tab) -> float:
    shown = await _shown(tab)
    return shown["to"] - shown["from"]


async def _type(tab: Tab, text: str) -> None:
    """Search for `text` in place of what was searched for."""
    await tab.evaluate("document.querySelector('#query').select()")
    await tab.evaluate("document.querySelector('#query').focus()")
    await tab.type_text(text)


async def _key(tab: Tab, key: str) -> None:
    """Press a key by its name; one that writes a sign is named by it."""
    sign = {"text": key} if len(key) == 1 else {}
    await tab.call("Input.dispatchKeyEvent", type="keyDown", key=key, **sign)
    await tab.call("Input.dispatchKeyEvent", type="keyUp", key=key)


async def _mouse(tab: Tab, what: str, place: tuple[float, float], **more: object) -> None:
    """Do something with the mouse at a place of the window."""
    held = {"button": "left", "clickCount": 1} if what != "mouseWheel" else {}
    await tab.call("Input.dispatchMouseEvent", type=what, x=place[0], y=place[1], **held, **more)


async def _place(tab: Tab, at_seconds: float, row_middle: float) -> tuple[float, float]:
    """Return where in the window a moment of a row of the lanes is."""
    shown = await _shown(tab)
    box = await tab.evaluate("document.querySelector('#lanes').getBoundingClientRect().toJSON()")
    share = (at_seconds - shown["from"]) / (shown["to"] - shown["from"])
    return box["x"] + shown["left"] + share * (box["width"] - shown["left"]), box["y"] + row_middle


async def _text(tab: Tab, selector: str) -> str:
    return str(await tab.evaluate(f"document.querySelector({selector!r}).innerText"))


def _trouble() -> Story:
    """Return a story with a promise broken, an edit lost and a text of strangers."""
    facts = small_run()
    facts[7] = ending(FIRST, 0.2, 0.4, outcome="unknown", error_class="ConnectionLost", error_text=STRANGERS)
    ledger = [*small_ledger()[:2], entry(SECOND, 2.1, 2.5)]
    return a_story(facts, ledger, [Remark(ZERO + 1.8, f"an edit is lost {STRANGERS}", is_broken=True)])


def _many(lane_count: int, try_count: int) -> Story:
    facts = [wish(f"deck/s{lane}/0", 0.0) for lane in range(lane_count)]
    for lane in range(lane_count):
        name = f"deck/s{lane}/0"
        facts += [
            turn("TurnAwaited", name, lane),
            turn("TurnTaken", name, lane),
            turn("TurnEnded", name, lane + 9),
        ]
        facts += [ending(name, lane + 0.4 * n, 0.3, attempt=n + 1) for n in range(try_count)]
        facts.append(fate(name, lane + 9))
    return a_story(facts, [])


async def test_a_real_run_opens_from_a_file_without_a_network(
    browser: str, tmp_path: Path, real_run: Story
) -> None:
    """What it is, what it comes to, and lanes with bars."""
    async with looking(browser, tmp_path, real_run) as tab:
        assert f"scenario {real_run.scene.scenario}, seed 7" in await _text(tab, "#scene")
        assert "applied" in await _text(tab, "#summary")
        assert await _text(tab, "#verdict") == "nothing broke"
        shown = await _shown(tab)

    assert shown["rows"] > 10
    assert shown["bars"] > 10


async def test_buttons_zoom_and_the_whole_run_comes_back(browser: str, tmp_path: Path, outage: Story) -> None:
    """Closer and away."""
    async with looking(browser, tmp_path, outage) as tab:
        whole = await _span(tab)
        await tab.evaluate("for (let i = 0; i < 4; i++) document.querySelector('#zoom-in').click()")
        close = await _span(tab)
        await tab.evaluate("document.querySelector('#zoom-out').click()")
        away = await _span(tab)
        await tab.evaluate("document.querySelector('#zoom-all').click()")

        assert close < away < whole
        assert await _span(tab) == pytest.approx(whole)


async def test_the_wheel_zooms_where_the_pointer_is(browser: str, tmp_path: Path, outage: Story) -> None:
    """The moment under the pointer stays there."""
    async with looking(browser, tmp_path, outage) as tab:
        whole = await _span(tab)
        before = await _place(tab, 20.0, 100)
        await _mouse(tab, "mouseWheel", before, deltaX=0, deltaY=-600, modifiers=2)

        assert await _span(tab) < whole / 2
        assert await _place(tab, 20.0, 100) == pytest.approx(before, abs=1)


async def test_the_wheel_alone_scrolls_the_lanes(browser: str, tmp_path: Path, outage: Story) -> None:
    """A list that cannot be scrolled would be a surprise."""
    async with looking(browser, tmp_path, outage) as tab:
        whole = await _span(tab)
        await _mouse(tab, "mouseWheel", await _place(tab, 20.0, 100), deltaX=0, deltaY=300)
        await tab.wait_for("document.querySelector('#lanes-scroll').scrollTop > 0")

        assert await _span(tab) == whole


async def test_dragging_moves_in_time(browser: str, tmp_path: Path, outage: Story) -> None:
    """As on a map."""
    async with looking(browser, tmp_path, outage) as tab:
        await tab.evaluate("for (let i = 0; i < 4; i++) document.querySelector('#zoom-in').click()")
        before = await _shown(tab)
        x, y = await _place(tab, before["from"] + 3, 100)
        await _mouse(tab, "mousePressed", (x, y))
        await _mouse(tab, "mouseMoved", (x - 80, y))
        await _mouse(tab, "mouseReleased", (x - 80, y))

        assert (await _shown(tab))["from"] > before["from"]
        assert await _span(tab) == pytest.approx(before["to"] - before["from"])


async def test_a_click_on_a_bar_tells_all_of_it(browser: str, tmp_path: Path) -> None:
    """Both sides' word, what struck, and what the callers were told."""
    async with looking(browser, tmp_path, a_story()) as tab:
        place = await _place(tab, 0.4, GROUP_PIXELS + LANE_PIXELS / 2)
        await _mouse(tab, "mousePressed", place)
        await _mouse(tab, "mouseReleased", place)
        await tab.wait_for("document.querySelector('#details dl')")
        details = await _text(tab, "#details")

    for words in (
        "write #1: unknown after 0.40 s", "ConnectionLost", "0.200000 s", "lose (tcp.reset before_commit)",
        "no whole answer", "{{name}}", "applied",
    ):  # fmt: skip
        assert words in details


async def test_a_click_on_a_lanes_name_shows_its_operations(browser: str, tmp_path: Path) -> None:
    """And another hides them; on a presentation's, all its lanes."""
    async with looking(browser, tmp_path, a_story()) as tab:
        counts = [(await _shown(tab))["rows"]]
        for row_middle in (GROUP_PIXELS + 8, GROUP_PIXELS + 8, 8):
            place = (await _place(tab, 0, row_middle))[1]
            await _mouse(tab, "mousePressed", (60, place))
            await _mouse(tab, "mouseReleased", (60, place))
            counts.append((await _shown(tab))["rows"])

    assert counts == [3, 4, 3, 1]


async def test_the_keyboard_does_all_that_the_mouse_does(browser: str, tmp_path: Path) -> None:
    """Choose, walk, zoom, read; what is chosen is said aloud."""
    async with looking(browser, tmp_path, a_story()) as tab:
        await press_until(tab, "document.activeElement.id === 'lanes-scroll'")
        said = []
        for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
            await tab.press(key)
            said.append((await _text(tab, "#announcer")).partition(", at")[0])
        whole = await _span(tab)
        await _key(tab, "+")
        close = await _span(tab)
        await _key(tab, "0")
        await tab.press("Enter")

        assert said == [f"write 1 of {FIRST}", f"write 2 of {FIRST}", f"write 1 of {SECOND}"]
        assert close < whole
        assert await _span(tab) == pytest.approx(whole)
        assert await tab.evaluate("document.activeElement.id") == "details"


async def test_trouble_is_found_by_a_key(browser: str, tmp_path: Path, outage: Story) -> None:
    """From one failed try to the next, wherever they are."""
    async with looking(browser, tmp_path, outage) as tab:
        await press_until(tab, "document.activeElement.id === 'lanes-scroll'")
        said = []
        for _ in range(3):
            await _key(tab, "n")
            said.append(await _text(tab, "#announcer"))

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
        await _type(tab, query)
        shown, found = await _shown(tab), await _text(tab, "#found")
        is_none = await tab.evaluate("document.querySelector('#none-found').checkVisibility()")

    assert found.replace("lanes", "lane").replace("tries", "try") == f"{lanes} lane, {tries} try"
    assert shown["rows"] == (lanes + 1 if lanes else 0)
    assert is_none == (lanes == 0)


async def test_what_does_not_fit_can_stay_and_pale(browser: str, tmp_path: Path) -> None:
    """To see what is found among the others; an emptied search brings everything back."""
    async with looking(browser, tmp_path, a_story()) as tab:
        await tab.evaluate("document.querySelector('#only-hits').click()")
        before = await tab.screenshot()
        await _type(tab, "ConnectionLost")
        among, marked = await _shown(tab), await tab.screenshot()
        await _key(tab, "Escape")
        await tab.evaluate(DRAWN)

        assert among["rows"] == 3
        assert marked != before
        assert await tab.evaluate("document.querySelector('#query').value") == ""
        assert await _text(tab, "#found") == ""


async def test_enter_goes_to_the_next_found(browser: str, tmp_path: Path) -> None:
    """Searching without reaching for the mouse."""
    async with looking(browser, tmp_path, a_story()) as tab:
        await _type(tab, "answered")
        said = []
        for _ in range(2):
            await tab.press("Enter")
            said.append((await _text(tab, "#announcer")).partition(", at")[0])

    assert said == [f"write 2 of {FIRST}", f"write 1 of {SECOND}"]


async def test_a_rule_is_found_by_its_button(browser: str, tmp_path: Path) -> None:
    """With the count of its strikes on it."""
    async with looking(browser, tmp_path, a_story()) as tab:
        await tab.evaluate("document.querySelector('#rules button').click()")

        assert await _text(tab, "#rules button") == "lose \u00d71"
        assert await tab.evaluate("document.querySelector('#query').value") == "lose"
        assert (await _shown(tab))["rows"] == 2


async def test_what_broke_is_the_first_thing_seen_and_can_be_gone_to(browser: str, tmp_path: Path) -> None:
    """In the header, in the list, and where it happened."""
    async with looking(browser, tmp_path, _trouble()) as tab:
        await tab.evaluate("for (let i = 0; i < 6; i++) document.querySelector('#zoom-in').click()")
        away = await _shown(tab)
        await press_until(tab, "document.activeElement.matches('#moments .broken')")
        await tab.press("Enter")
        shown = await _shown(tab)

        assert await _text(tab, "#verdict") == "1 promise broken"
        assert not away["from"] < 1.8 < away["to"]
        assert shown["from"] < 1.8 < shown["to"]


async def test_an_edit_that_the_ledger_lacks_is_among_the_moments(browser: str, tmp_path: Path) -> None:
    """Also if nobody remarked on it; it leads to the edit's last try."""
    async with looking(browser, tmp_path, _trouble()) as tab:
        await tab.evaluate("document.querySelector('#moments .odd').click()")
        await tab.wait_for("document.querySelector('#details dl')")

        assert f"{SECOND}: applied; lost: committed 0 times" in await _text(tab, "#moments .odd")
        assert SECOND in await _text(tab, "#details")


async def test_no_text_of_strangers_is_taken_for_markup(browser: str, tmp_path: Path) -> None:
    """Errors, remarks and decks come from anywhere."""
    async with looking(browser, tmp_path, _trouble()) as tab:
        await press_until(tab, "document.activeElement.id === 'lanes-scroll'")
        await tab.press("ArrowRight")
        await tab.wait_for("document.querySelector('#details dl')")

        assert STRANGERS in await _text(tab, "#details")
        assert STRANGERS in await _text(tab, "#moments")
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


async def test_of_five_thousand_bars_those_in_sight_are_drawn(browser: str, tmp_path: Path) -> None:
    """So that it stays fluid; the others come when one scrolls."""
    async with looking(browser, tmp_path, _many(1000, 5)) as tab:
        height = await tab.evaluate("document.querySelector('#lanes-scroll').clientHeight")
        top = await _shown(tab)
        await tab.evaluate("document.querySelector('#lanes-scroll').scrollTop = 10000")
        below = await _shown(tab)

    assert "5000 attempts" in (tmp_path / "timeline.html").read_text("utf-8")
    for shown in (top, below):
        assert 0 < shown["rows"] <= height / LANE_PIXELS + 2
        assert 0 < shown["bars"] <= 5 * shown["rows"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_can_be_read(browser: str, tmp_path: Path, scheme: str) -> None:
    """A contrast of at least 4.5 to what is behind it."""
    async with looking(browser, tmp_path, _trouble()) as tab:
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
    async with looking(browser, tmp_path, _trouble()) as tab:
        await tab.resize(1440, 800)
        await tab.evaluate(DRAWN)
        await tab.resize(width, 800)
        await tab.wait_for(f"document.querySelector('#lanes').getBoundingClientRect().right <= {width}")

        assert await tab.evaluate("document.documentElement.scrollWidth") <= width


async def test_every_control_has_a_name(browser: str, tmp_path: Path) -> None:
    """What a screen reader would call it."""
    async with looking(browser, tmp_path, _trouble()) as tab:
        nameless = await tab.evaluate(
            "[...document.querySelectorAll('button, input, [tabindex=\"0\"], canvas[role]')]"
            ".filter((one) => !(one.labels?.length || one.ariaLabel || one.textContent.trim()))"
            ".map((one) => one.outerHTML)"
        )

    assert nameless == []


async def test_the_focus_is_always_seen(browser: str, tmp_path: Path) -> None:
    """Whoever can't point must see where they are."""
    async with looking(browser, tmp_path, _trouble()) as tab:
        for _ in range(20):
            await tab.press("Tab")
            width = await tab.evaluate("parseFloat(getComputedStyle(document.activeElement).outlineWidth)")

            assert width >= 2 or await tab.evaluate("document.activeElement === document.body")


async def test_a_run_in_which_nothing_happened_can_be_opened(browser: str, tmp_path: Path) -> None:
    """It may have ended before it began."""
    async with looking(browser, tmp_path, a_story([], [])) as tab:
        assert await _text(tab, "#verdict") == "nothing broke"
        assert (await _shown(tab))["rows"] == 0
