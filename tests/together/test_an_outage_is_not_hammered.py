"""The server is down for ten minutes while hundreds wait: it is left alone, and then all of them finish."""

from collections import deque
from collections.abc import Iterable
from functools import cache

from engine.events import AttemptAdmitted, BreakerChanged
from tests.support.plain_decks import plain_deck
from tests.support.real_engines import Outdoors
from tests.support.virtual_worlds import edited
from tests.support.weather import weather

DECKS_COUNT = 300
PHASES = [
    {"name": "calm", "for": "30s"},
    {"name": "outage", "for": "600s"},
    {"name": "recovery", "for": "7200s"},
]
DOWN = {"kind": "http.status", "code": 503, "point": "before_commit"}
SERVER = {"latency": {"fixed": "400ms"}, "quota": {"preset": "google-default"}}


@cache
def world(*, is_down: bool) -> Outdoors:
    """Return a world in which many jobs were queued at once, in virtual time, with or without the outage."""
    if is_down:
        sky = weather(DOWN, where={}, when={"phase": "outage"}, phases=PHASES, server=SERVER)
    else:
        sky = weather(phases=PHASES, server=SERVER)
    decks = [plain_deck(f"deck-{number}", 1) for number in range(DECKS_COUNT)]
    return edited(sky, decks, max_concurrent_slides=3, operation_deadline=7_200)


def test_no_minute_holds_a_fifth_more_attempts_than_without_the_outage() -> None:
    """Retries are how a crowd keeps a sick server sick, and knocks it down again when it is back."""
    for method in ("presentations.get", "presentations.batchUpdate"):
        healthy, stormy = (
            _most_in_a_minute(_arrivals(world(is_down=down), method)) for down in (False, True)
        )

        assert stormy <= 1.2 * healthy


def test_while_it_is_down_it_is_asked_once_in_each_open_period() -> None:
    """One cheap read says all there is to know."""
    periods = [0]
    for event in world(is_down=True).events:
        if isinstance(event, BreakerChanged) and event.after == "open":
            periods.append(0)
        if isinstance(event, AttemptAdmitted) and event.is_trial:
            periods[-1] += 1

    # Two good trials close it after the last period.
    assert periods[1:] == [1] * (len(periods) - 2) + [2]
    assert len(periods) - 1 <= 8
    in_the_outage = [e for e in world(is_down=True).fake.ledger if e.http_status == 503]
    assert len(in_the_outage) <= 5 + 3 + len(periods)


def test_afterwards_every_job_finishes_and_none_is_lost() -> None:
    """Waiting is not giving up."""
    stormy = world(is_down=True)

    assert all(report.applied for report in stormy.reports)
    assert len(stormy.reports) == DECKS_COUNT
    assert all(stormy.texts(deck) == {"Ada 12 €"} for deck in stormy.decks)


def _arrivals(lived: Outdoors, method: str) -> Iterable[float]:
    return sorted(entry.arrived_at_seconds for entry in lived.fake.ledger if entry.method == method)


def _most_in_a_minute(times: Iterable[float]) -> int:
    most, recent = 0, deque[float]()
    for at in times:
        recent.append(at)
        while recent[0] <= at - 60.0:
            recent.popleft()
        most = max(most, len(recent))
    return most
