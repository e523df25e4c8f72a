"""The page talks to its own server only, and trusts nobody's text."""

from fakeslides.decks import Deck
from fakeslides.server import FakeSlides
from fakeslides.slides.new_deck import new_deck
from tests.support.browser import open_tab
from tests.support.watching import WATCHING, press_until, watching


async def test_no_request_leaves_the_machine(browser: str) -> None:
    """Not even for the picture that a deck names."""
    async with watching(browser) as (fake, tab):
        await tab.wait_for("document.querySelector('#picture svg')")

    assert len(tab.requested) > 10
    assert [address for address in tab.requested if not address.startswith(fake.admin_url + "/")] == []


async def test_the_token_does_not_stay_in_the_address(browser: str) -> None:
    """It would be seen over a shoulder, and kept in the history."""
    async with watching(browser) as (fake, tab):
        assert await tab.evaluate("location.href") == f"{fake.admin_url}/"


async def test_without_a_token_it_asks_for_one(browser: str) -> None:
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


async def test_a_decks_text_is_never_taken_for_a_script(browser: str) -> None:
    """Decks come from strangers."""
    trap = "<img src=x onerror=\"document.title='caught'\"><script>document.title='caught'</script>"
    deck = Deck("trap", new_deck("trap", trap), {})
    async with watching(browser, decks=[deck]) as (_, tab):
        await tab.wait_for("document.querySelector('.deck .title')")

        assert await tab.evaluate("document.querySelector('.deck .title').textContent") == trap
        assert await tab.evaluate("document.title") != "caught"
