import asyncio

import pytest

from fakeslides.page.state import entry_event, state_of
from fakeslides.server import FakeSlides
from tests.support.fake_client import create_deck, one_fault, open_session, post_batch, scenario_of
from tests.support.patience import until

QUOTA = "server: {quota: {preset: google-default}}\nphases: [{name: calm, for: 1h}, {name: storm, for: 1h}]"


async def test_shows_decks_with_their_revisions() -> None:
    """An accepted batch is seen as a new revision."""
    async with FakeSlides() as fake, open_session(fake) as session:
        deck = await create_deck(session)
        [before] = state_of(fake)["decks"]
        await post_batch(session, deck)
        [after] = state_of(fake)["decks"]

    assert (before["id"], before["title"], before["slide_count"]) == (deck, "a deck", 1)
    assert before["revision_id"] != after["revision_id"]


async def test_shows_phases_and_how_full_each_quota_is() -> None:
    """The two that refuse a call without any rule."""
    async with FakeSlides(scenario_of(QUOTA)) as fake, open_session(fake) as session:
        await create_deck(session)
        state = state_of(fake)

    assert (state["phase"], state["phases"]) == ("calm", ["calm", "storm"])
    windows = [(fill["kind"], fill["scope"], fill["used"], fill["limit"]) for fill in state["quota"]]
    assert windows == [("write", "user", 1, 60), ("write", "project", 1, 600)]


async def test_shows_every_rule_and_how_often_it_struck() -> None:
    """A rule that never fires is seen to stand at zero."""
    async with FakeSlides(one_fault("kind: tcp.reset", "rate: 12.5%")) as fake:
        [rule] = state_of(fake)["faults"]

    assert (rule["id"], rule["kind"], rule["point"], rule["often"]) == (
        "it", "tcp.reset", "before_commit", "12.5 %",
    )  # fmt: skip
    assert (rule["matched"], rule["fired"]) == (0, 0)


async def test_a_call_that_hangs_is_shown_with_what_holds_it() -> None:
    """A stall leaves no line in the ledger until it is over."""
    async with FakeSlides(one_fault("kind: http.stall")) as fake, open_session(fake) as session:
        call = asyncio.create_task(post_batch(session, await create_deck(session)))
        await until(lambda: [live for live in state_of(fake)["live"] if live["fault"]])
        [live] = state_of(fake)["live"]
        call.cancel()

    assert (live["method"], live["fault"], live["point"]) == (
        "presentations.batchUpdate", "http.stall", "before_commit",
    )  # fmt: skip


async def test_a_line_says_what_became_of_a_call_and_leaves_its_texts_out() -> None:
    """A page that is open all day must not be sent every body."""
    async with FakeSlides() as fake, open_session(fake) as session:
        await post_batch(session, await create_deck(session))
        entry = list(fake.ledger)[-1]

    shown = entry_event(entry, ended_at=1000.0)

    assert (shown["committed"], shown["http_status"], shown["request_count"]) == (True, 200, 1)
    assert shown["ended_at"] == 1000.0
    assert "requests" not in shown


@pytest.mark.parametrize(
    ("often", "words"),
    [
        ("rate: 12.5%", "12.5 %"),
        ("rate: {from: 5%, to: 50%}", "from 5 % to 50 %"),
        ("count: 3", "the first 3"),
        ("every: 4", "every 4th"),
        ("burst: {enter: 10%, leave: 30%}", "bursts, 25 % of the time"),
        ("sequence: [{operation: a}, {operation: b}]", "2 chosen tries"),
    ],
)
async def test_says_in_words_how_often_a_rule_strikes(often: str, words: str) -> None:
    """Every form that a scenario file knows."""
    rule = f"{{id: it, when: {{offset: {{to: 1h}}}}, often: {{{often}}}, fault: {{kind: tcp.reset}}}}"
    async with FakeSlides(scenario_of(f"faults: [{rule}]")) as fake:
        [shown] = state_of(fake)["faults"]

    assert shown["often"] == words


async def test_an_injected_fault_stands_first_and_says_how_long_it_lasts() -> None:
    """It looks at calls before the scenario's rules do."""
    async with FakeSlides(one_fault("kind: tcp.reset")) as fake:
        [rule] = fake.scenario.faults
        injected_id = fake.weather.inject(rule, 30.0, fake._clock.now())
        injected, own = state_of(fake)["faults"]

    assert (injected["id"], injected["ends_in_seconds"]) == (injected_id, 30)
    assert (own["id"], own["ends_in_seconds"]) == ("it", None)
