"""An outage: the breaker opens, work parks, cheap reads find out, and it goes on one by one."""

from functools import cache

from engine.events import BreakerChanged, LimitChanged
from tests.support.plain_decks import plain_deck
from tests.support.real_engines import Outdoors
from tests.support.virtual_worlds import edited
from tests.support.weather import weather

PHASES = [{"name": "calm", "for": "1s"}, {"name": "outage", "for": "30s"}, {"name": "recovery", "for": "60s"}]
OUTAGE = weather(
    {"kind": "http.status", "code": 503, "point": "before_commit"},
    where={},
    when={"phase": "outage"},
    phases=PHASES,
    server={"latency": {"fixed": "400ms"}},
)


@cache
def world_after_an_outage() -> Outdoors:
    """Return a world in which four decks were edited through an outage of half a minute, in virtual time."""
    return edited(
        OUTAGE,
        [plain_deck(f"deck-{number}", 4) for number in range(4)],
        batch_strategy="per_slide",
        max_concurrent_slides=4,
        http_connection_pool_size=4,
    )


def test_every_edit_lands_and_the_breaker_tells_its_story() -> None:
    """Closed, open, half-open, and closed again: a person must be able to read what happened."""
    world = world_after_an_outage()

    states = [event.after for event in world.events if isinstance(event, BreakerChanged)]
    assert all(report.applied for report in world.reports)
    assert all(world.texts(deck) == {"Ada 12 €"} for deck in world.decks)
    assert states[:2] == ["open", "half-open"]
    assert states[-2:] == ["half-open", "closed"]


def test_the_server_is_left_alone_while_it_is_down() -> None:
    """Callers that keep calling are what keeps a sick server sick."""
    world = world_after_an_outage()

    during = [e for e in world.fake.ledger if e.http_status == 503]
    opened_after = [e for e in during if e.method == "presentations.batchUpdate"]
    assert len(opened_after) <= 5 + 4  # the threshold, and what was under way when it was reached
    assert len(during) - len(opened_after) <= 5


def test_it_is_reads_that_find_out_and_writes_that_follow_one_by_one() -> None:
    """No user's edit is risked, and nothing comes back all at once."""
    world = world_after_an_outage()

    after = [e for e in world.fake.ledger if e.arrived_at_seconds > 31.0 and e.method != "token"]
    assert [entry.method for entry in after[:2]] == ["presentations.get"] * 2
    limits = [event for event in world.events if isinstance(event, LimitChanged)]
    assert any(event.after == 1 for event in limits)
    first, second = [e for e in after if e.method == "presentations.batchUpdate"][:2]
    assert first.ended_at_seconds <= second.arrived_at_seconds
