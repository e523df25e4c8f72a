"""A timeline's page in a browser, as hands and eyes have it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from loadtests.timeline.page import timeline_page
from loadtests.timeline.story import Remark, Story
from tests.support.browser import Tab, open_tab
from tests.support.stories import (
    FIRST,
    SECOND,
    ZERO,
    a_story,
    ending,
    entry,
    fate,
    small_ledger,
    small_run,
    turn,
    wish,
)

GROUP_PIXELS, LANE_PIXELS = 26, 21
# A frame after the next one: what was asked to be drawn is drawn.
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
STRANGERS = "</script><script>document.title='caught'</script><img src=x onerror=\"document.title='caught'\">"


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


async def shown_on(tab: Tab) -> dict[str, float]:
    """Return what the chart drew last: how many rows and bars, and from when to when."""
    await tab.evaluate(DRAWN)
    drawn = await tab.evaluate("({...document.querySelector('#lanes').dataset})")
    return {name: float(value) for name, value in drawn.items()}


async def span_of(tab: Tab) -> float:
    """Return how many seconds the chart shows."""
    shown = await shown_on(tab)
    return shown["to"] - shown["from"]


async def search_for(tab: Tab, text: str) -> None:
    """Search for `text` in place of what was searched for."""
    await tab.evaluate("document.querySelector('#query').select()")
    await tab.evaluate("document.querySelector('#query').focus()")
    await tab.type_text(text)


async def press_key(tab: Tab, key: str) -> None:
    """Press a key by its name; one that writes a sign is named by it."""
    sign = {"text": key} if len(key) == 1 else {}
    await tab.call("Input.dispatchKeyEvent", type="keyDown", key=key, **sign)
    await tab.call("Input.dispatchKeyEvent", type="keyUp", key=key)


async def move_mouse(tab: Tab, what: str, place: tuple[float, float], **more: object) -> None:
    """Do something with the mouse at a place of the window."""
    held = {"button": "left", "clickCount": 1} if what != "mouseWheel" else {}
    await tab.call("Input.dispatchMouseEvent", type=what, x=place[0], y=place[1], **held, **more)


async def place_of(tab: Tab, at_seconds: float, row_middle: float) -> tuple[float, float]:
    """Return where in the window a moment of a row of the lanes is."""
    shown = await shown_on(tab)
    box = await tab.evaluate("document.querySelector('#lanes').getBoundingClientRect().toJSON()")
    share = (at_seconds - shown["from"]) / (shown["to"] - shown["from"])
    return box["x"] + shown["left"] + share * (box["width"] - shown["left"]), box["y"] + row_middle


async def text_of(tab: Tab, selector: str) -> str:
    """Return the text that is seen of an element."""
    return str(await tab.evaluate(f"document.querySelector({selector!r}).innerText"))


def trouble() -> Story:
    """Return a story with a promise broken, an edit lost and a text of strangers."""
    facts = small_run()
    facts[7] = ending(FIRST, 0.2, 0.4, outcome="unknown", error_class="ConnectionLost", error_text=STRANGERS)
    ledger = [*small_ledger()[:2], entry(SECOND, 2.1, 2.5)]
    return a_story(facts, ledger, [Remark(ZERO + 1.8, f"an edit is lost {STRANGERS}", is_broken=True)])


def many_lanes(lane_count: int, try_count: int) -> Story:
    """Return a story with so many lanes, and so many tries in each."""
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
