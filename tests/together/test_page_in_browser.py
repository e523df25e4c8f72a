"""The page as a person meets it, in a real browser: what it shows, how fast, and to whom it talks."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from fakeslides.decks import Deck, workload_decks
from fakeslides.scenario.model import Scenario, Workload
from fakeslides.server import FakeSlides
from fakeslides.slides.new_deck import new_deck
from tests.support.browser import Tab, open_tab, running_chromium
from tests.support.fake_client import create_deck, one_fault, open_session, post_batch, scenario_of

SOON_MS = 1000
READABLE = 4.5
WATCHING = "document.querySelector('#link.live') && document.querySelector('#kind option')"

# Every text whose contrast with what is behind it is too low (https://www.w3.org/TR/WCAG22/#contrast-minimum);
# the slide is the deck's own and stays out.
TOO_PALE = """
(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const isText = (node) => node.nodeType === 3 && node.data.trim();
  const hasText = (element) => [...element.childNodes].some(isText);
  const seen = [...document.querySelectorAll("body *")].filter((element) =>
    hasText(element) && element.checkVisibility() && !element.closest("svg, option, noscript, :disabled"));
  const pale = seen.map((element) => {
    const [a, b] = [light(numbers(getComputedStyle(element).color)), light(ground(element))];
    return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.className, element.textContent];
  }).filter(([contrast]) => contrast < READABLE);
  return {pale, seenCount: seen.length};
})()
""".replace("READABLE", str(READABLE))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one browser for all tests here."""
    with running_chromium(tmp_path_factory.mktemp("profile")) as port:
        yield port


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


class TestWhatIsSeen:
    async def test_a_struck_deck_is_painted_within_a_second_of_the_strike(self, browser: str) -> None:
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

    async def test_a_call_that_stalls_is_seen_while_it_hangs(self, browser: str) -> None:
        """It has no verdict in the ledger before it ends."""
        async with (
            watching(browser, one_fault("kind: http.stall")) as (fake, tab),
            open_session(fake) as session,
        ):
            call = asyncio.create_task(post_batch(session, fake.presentations[0]))
            await tab.wait_for("document.querySelector('#live .struck')?.textContent.includes('http.stall')")
            call.cancel()
            await tab.wait_for("!document.querySelector('#live li')")

    async def test_each_request_stands_there_with_its_verdict(self, browser: str) -> None:
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

    async def test_the_slide_is_drawn_and_drawn_anew_when_it_is_edited(self, browser: str) -> None:
        """Keys that still wait for a value are marked."""
        decks = workload_decks(Workload(presentations=1, slides=2), 7)
        async with watching(browser, decks=decks) as (fake, tab), open_session(fake) as session:
            await tab.wait_for("document.querySelectorAll('#picture mark').length > 0")
            for key in decks[0].replacements:
                await post_batch(session, fake.presentations[0], key)
            await tab.wait_for("document.querySelectorAll('#picture mark').length === 0")

            assert "Row 1" in await tab.evaluate("document.querySelector('#picture').textContent")

    async def test_an_old_strike_is_not_shown_as_a_new_one(self, browser: str) -> None:
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

    async def test_quota_windows_fill(self, browser: str) -> None:
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


class TestForEverybody:
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    async def test_every_text_can_be_read(self, browser: str, scheme: str) -> None:
        """A contrast of at least 4.5 to what is behind it, struck rows and decks included."""
        async with (
            watching(browser, one_fault("kind: http.status, code: 503", "every: 3")) as (fake, tab),
            open_session(fake) as session,
        ):
            await tab.prefer("dark" if scheme == "dark" else "light")
            for presentation_id in (fake.presentations[0], "none", fake.presentations[0]):
                await post_batch(session, presentation_id)
            await tab.wait_for(
                "document.querySelector('.deck.struck') && document.querySelector('tr.struck')"
            )

            found = await tab.evaluate(TOO_PALE)

        assert found["pale"] == []
        assert found["seenCount"] > 40

    async def test_light_and_dark_look_different(self, browser: str) -> None:
        """Somebody who prefers dark gets dark."""
        async with watching(browser) as (_, tab):
            await tab.prefer("light")
            light = await tab.screenshot()
            await tab.prefer("dark")
            dark = await tab.screenshot()

        assert light != dark

    @pytest.mark.parametrize("width", [360, 800, 1440])
    async def test_nothing_sticks_out_of_the_window(self, browser: str, width: int) -> None:
        """A phone shows it too."""
        async with watching(browser) as (_, tab):
            await tab.resize(width, 800)

            assert await tab.evaluate("document.documentElement.scrollWidth") <= width

    async def test_every_control_has_a_name(self, browser: str) -> None:
        """What a screen reader would call it."""
        async with watching(browser) as (_, tab):
            nameless = await tab.evaluate(
                "[...document.querySelectorAll('button, input, select')]"
                ".filter((one) => !(one.labels?.length || one.ariaLabel || one.textContent.trim()))"
                ".map((one) => one.outerHTML)"
            )

        assert nameless == []

    async def test_what_comes_is_said_aloud(self, browser: str) -> None:
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


class TestByKeyboard:
    async def test_the_focus_is_always_seen(self, browser: str) -> None:
        """Whoever can't point must see where they are."""
        async with watching(browser) as (_, tab):
            for _ in range(20):
                await tab.press("Tab")
                width = await tab.evaluate(
                    "parseFloat(getComputedStyle(document.activeElement).outlineWidth)"
                )

                assert width >= 2 or await tab.evaluate("document.activeElement === document.body")


class TestWhatStaysInside:
    async def test_no_request_leaves_the_machine(self, browser: str) -> None:
        """Not even for the picture that a deck names."""
        async with watching(browser) as (fake, tab):
            await tab.wait_for("document.querySelector('#picture svg')")

        assert len(tab.requested) > 10
        assert [address for address in tab.requested if not address.startswith(fake.admin_url + "/")] == []

    async def test_the_token_does_not_stay_in_the_address(self, browser: str) -> None:
        """It would be seen over a shoulder, and kept in the history."""
        async with watching(browser) as (fake, tab):
            assert await tab.evaluate("location.href") == f"{fake.admin_url}/"

    async def test_without_a_token_it_asks_for_one(self, browser: str) -> None:
        """A page that is loaded again has forgotten it."""
        async with FakeSlides() as fake, open_tab(browser) as tab:
            await tab.open(fake.admin_url)
            await tab.wait_for("document.querySelector('#door').checkVisibility()")
            await press_until(tab, "document.activeElement.id === 'token'")
            await tab.type_text("wrong")
            await tab.press("Enter")
            await tab.wait_for("document.querySelector('#link').textContent.includes('not right')")
            await press_until(tab, "document.activeElement.id === 'token'")
            await tab.type_text(fake.admin_token)
            await tab.press("Enter")

            await tab.wait_for(WATCHING)

    async def test_a_decks_text_is_never_taken_for_a_script(self, browser: str) -> None:
        """Decks come from strangers."""
        trap = "<img src=x onerror=\"document.title='caught'\"><script>document.title='caught'</script>"
        deck = Deck("trap", new_deck("trap", trap), {})
        async with watching(browser, decks=[deck]) as (_, tab):
            await tab.wait_for("document.querySelector('.deck .title')")

            assert await tab.evaluate("document.querySelector('.deck .title').textContent") == trap
            assert await tab.evaluate("document.title") != "caught"

    async def test_it_comes_back_after_the_connection_broke(self, browser: str) -> None:
        """A laptop that slept shows the truth again."""
        async with watching(browser) as (_, tab):
            await tab.call(
                "Network.emulateNetworkConditions",
                offline=True,
                latency=0,
                downloadThroughput=0,
                uploadThroughput=0,
            )
            await tab.evaluate("0")
            await tab.call(
                "Network.emulateNetworkConditions",
                offline=False,
                latency=0,
                downloadThroughput=-1,
                uploadThroughput=-1,
            )

            await tab.wait_for(WATCHING)
            tab.complaints.clear()  # the browser notes that it was offline


async def press_until(tab: Tab, condition: str, *, shift: bool = False) -> None:
    """Press Tab until the focus is where it should be."""
    for _ in range(60):
        if await tab.evaluate(condition):
            return
        await tab.press("Tab", shift=shift)
    pytest.fail(f"the keyboard never got there: {condition}")
