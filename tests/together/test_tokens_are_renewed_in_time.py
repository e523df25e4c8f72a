"""Access tokens end every hour, and no edit notices: google-auth's own credentials, hours of virtual time."""

from collections.abc import Sequence
from itertools import pairwise

from engine.events import AttemptOutcome, Fate
from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from tests.support.plain_decks import plain_deck
from tests.support.real_engines import Outdoors
from tests.support.virtual_worlds import SEED, outdoors_in_virtual_time
from tests.support.weather import weather

HOURS, PAUSE_SECONDS = 4, 50.0
LIFE_SECONDS = 3_599.0
TOKENS = {"method": "token"}
SLOW_TOKENS = weather({"kind": "http.delay", "by": "20s", "point": "before_commit"}, where=TOKENS)


def test_a_new_token_is_fetched_when_the_old_one_is_half_over_and_nobody_waits_for_it() -> None:
    """Getting one takes twenty seconds here; only the first caller has to wait for that."""
    world, took_seconds = _edited_for_hours(SLOW_TOKENS)

    renewals = [
        later.arrived_at_seconds - earlier.arrived_at_seconds for earlier, later in _pairs_of_tokens(world)
    ]
    assert all(0.49 * LIFE_SECONDS < renewal < 0.52 * LIFE_SECONDS for renewal in renewals)
    assert len(renewals) >= 2 * HOURS - 2
    assert took_seconds[0] > 20.0
    assert max(took_seconds[1:]) < 5.0
    assert not [entry for entry in world.fake.ledger if entry.http_status == 401]


def test_while_the_token_endpoint_is_down_the_old_token_serves_until_it_is_nearly_over() -> None:
    """From the half of its life on there are three quarters of an hour for somebody to mend it."""
    down = weather({"kind": "http.status", "code": 503}, where=TOKENS, when={"nth": list(range(2, 400))})
    world, took_seconds = _edited_for_hours(down, hours=0.9)

    assert max(took_seconds) < 5.0
    assert all(report.applied for report in world.reports)
    asked = [earlier.arrived_at_seconds for earlier, _ in _pairs_of_tokens(world)]
    assert len(asked) > 10


def test_many_calls_that_need_a_token_at_once_cause_one_refresh() -> None:
    """At the top of the hour everybody comes at once."""
    decks = [plain_deck(f"deck-{number}", 1) for number in range(8)]

    async def live(loop: VirtualLoop) -> Outdoors:
        async with outdoors_in_virtual_time(loop, SLOW_TOKENS, decks, max_concurrent_slides=8) as world:
            await world.edit_all()
        return world

    world = run_in_virtual_time(live, seed=SEED)

    assert all(report.applied for report in world.reports)
    assert len(_tokens(world)) == 1


def test_a_revoked_token_costs_one_refresh_and_no_retry() -> None:
    """Nothing of it was applied, so it is not even a retry."""
    revoked = weather({"kind": "api.unauthenticated"}, often={"count": 1})
    world = _edited_once(revoked, batch_retry_attempts=0)

    refused, accepted = world.writes()
    assert (refused.http_status, accepted.http_status) == (401, 200)
    assert all(report.applied for report in world.reports)
    assert len(_tokens(world)) == 2
    sent = [attempt.outcome for attempt in world.attempts() if attempt.method == "presentations.batchUpdate"]
    assert sent == [AttemptOutcome.REJECTED, AttemptOutcome.ANSWERED]
    assert [entry.committed for entry in world.writes()] == [False, True]


def test_a_second_refusal_is_reported_and_no_third_try_is_made() -> None:
    """Credentials that lost their right get new tokens for ever, and none of them helps."""
    world = _edited_once(weather({"kind": "api.unauthenticated"}))

    fates = {operation.fate for report in world.reports for operation in report.operations}
    errors = {type(operation.error).__name__ for report in world.reports for operation in report.operations}
    assert (fates, errors) == ({Fate.REJECTED}, {"Unauthenticated"})
    assert [entry.http_status for entry in world.writes()] == [401, 401]


def _edited_for_hours(storm: Scenario, hours: float = HOURS) -> tuple[Outdoors, Sequence[float]]:
    """Return a world in which somebody edited all the time, and what each edit took."""
    took_seconds: list[float] = []

    async def live(loop: VirtualLoop) -> Outdoors:
        async with outdoors_in_virtual_time(loop, storm, [plain_deck("deck-0", 1)]) as world:
            while loop.time() < hours * 3_600.0:
                began = loop.time()
                await world.edit_all()
                took_seconds.append(loop.time() - began)
                assert all(report.applied for report in world.reports)
                await world.engine._desk.clock.sleep(PAUSE_SECONDS)
        return world

    return run_in_virtual_time(live, seed=SEED), took_seconds


def _edited_once(storm: Scenario, **settings: object) -> Outdoors:
    async def live(loop: VirtualLoop) -> Outdoors:
        async with outdoors_in_virtual_time(loop, storm, [plain_deck("deck-0", 2)], **settings) as world:
            await world.edit_all()
        return world

    return run_in_virtual_time(live, seed=SEED)


def _tokens(world: Outdoors) -> list[Entry]:
    found = [entry for entry in world.fake.ledger if entry.method == "token"]
    return sorted(found, key=lambda entry: entry.arrived_at_seconds)


def _pairs_of_tokens(world: Outdoors) -> list[tuple[Entry, Entry]]:
    return list(pairwise(_tokens(world)))
