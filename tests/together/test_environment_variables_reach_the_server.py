"""Each of the operator's variables, by its effect on what the server sees.

Their seconds are spent in virtual time; what they say of connections is looked at on real sockets.
"""

from itertools import groupby, pairwise

import pytest

from engine.errors import TooBusy
from engine.events import Fate
from fakeslides.decks.deck import Deck
from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from tests.support.plain_decks import plain_deck
from tests.support.real_engines import Outdoors, outdoors
from tests.support.virtual_worlds import edited
from tests.support.weather import weather

SLOW = weather(server={"latency": {"fixed": "60ms"}})
DOWN = weather({"kind": "http.status", "code": 503, "point": "before_commit"})
KEYS = {f"{{{{key{number}}}}}": f"value {number}" for number in range(6)}


def four_decks() -> list[Deck]:
    """Return the decks that most of the tests edit."""
    return [plain_deck(f"deck-{number}", 4, KEYS) for number in range(4)]


def _run(environ: dict[str, str], scenario: Scenario = SLOW, **settings: object) -> Outdoors:
    return edited(scenario, four_decks(), environ, **{"batch_retry_delay": 0.01, **settings})


def _overlap(entries: list[Entry]) -> int:
    moments = [(e.arrived_at_seconds, 1) for e in entries] + [(e.ended_at_seconds, -1) for e in entries]
    at_once, most = 0, 0
    for _, step in sorted(moments):
        at_once += step
        most = max(most, at_once)
    return most


def test_enable_concurrent_batch_operations_false_makes_writes_strictly_sequential() -> None:
    """The switch for the emergency must win over everything else that is set."""
    environ = {
        "SCALAPAY_ENABLE_CONCURRENT_BATCH_OPERATIONS": "false",
        "SCALAPAY_MAX_CONCURRENT_SLIDES": "8",
        "SCALAPAY_BATCH_STRATEGY": "semaphore",
    }

    world = _run(environ, weather(server={"latency": {"fixed": "2ms"}}), writes_per_minute=1_000)

    writes = world.writes()
    assert len(writes) == 4 * 4 * len(KEYS)
    assert _overlap(writes) == 1
    assert {len(entry.requests) for entry in writes} == {1}


@pytest.mark.parametrize("ceiling", [1, 2, 3])
def test_max_concurrent_slides_is_the_most_the_server_serves_at_once(ceiling: int) -> None:
    """What the operator raises step by step must be what rises."""
    environ = {"SCALAPAY_MAX_CONCURRENT_SLIDES": str(ceiling), "SCALAPAY_BATCH_STRATEGY": "per_slide"}

    world = _run(environ)

    assert _overlap(world.writes()) == ceiling


def test_slides_api_batch_size_is_the_most_requests_in_one_write() -> None:
    """A smaller batch means more writes; both must be seen."""
    world = _run({"SCALAPAY_SLIDES_API_BATCH_SIZE": "4"})

    assert [len(entry.requests) for entry in world.commits_of(world.decks[0])] == [4, 2]


@pytest.mark.parametrize("retries", [0, 2])
def test_batch_retry_attempts_is_how_often_a_batch_comes_back(retries: int) -> None:
    """Retries that nobody bounded were part of the incident."""
    environ = {"SCALAPAY_BATCH_RETRY_ATTEMPTS": str(retries)}

    world = _run(environ, DOWN, breaker_enabled=False)

    assert {entry.attempt for entry in world.writes()} == set(range(1, retries + 2))
    assert len(world.writes()) == 4 * (retries + 1)


def test_batch_retry_delay_spaces_the_tries() -> None:
    """Without a pause a retry meets the same trouble again."""
    environ = {"SCALAPAY_BATCH_RETRY_DELAY": "2", "SCALAPAY_BATCH_RETRY_ATTEMPTS": "3"}

    hasty, patient = (
        edited(DOWN, [plain_deck("deck-0", 4, KEYS)], each, breaker_enabled=False)
        for each in ({**environ, "SCALAPAY_BATCH_RETRY_DELAY": "0"}, environ)
    )

    assert _longest_pause(hasty) < 0.5 < _longest_pause(patient)


@pytest.mark.parametrize(("threshold", "failures"), [(5, 3), (10, 6)])
def test_circuit_breaker_threshold_is_how_many_failures_the_server_sees(
    threshold: int, failures: int
) -> None:
    """What is sick should be left alone soon: a presentation after three fifths of what the host is given."""
    environ = {
        "SCALAPAY_CIRCUIT_BREAKER_THRESHOLD": str(threshold),
        "SCALAPAY_CIRCUIT_BREAKER_TIMEOUT": "300",
        "SCALAPAY_BATCH_RETRY_ATTEMPTS": "20",
    }

    world = edited(DOWN, [plain_deck("deck-0", 1)], environ, batch_retry_delay=0.01, operation_deadline=30.0)

    assert len(world.writes()) == failures
    assert {operation.fate for operation in world.reports[0].operations} == {Fate.INDETERMINATE}


def test_circuit_breaker_timeout_is_how_long_the_server_is_left_alone() -> None:
    """Long enough to recover, short enough to notice."""
    environ = {"SCALAPAY_CIRCUIT_BREAKER_THRESHOLD": "2", "SCALAPAY_CIRCUIT_BREAKER_TIMEOUT": "20"}
    brief = weather({"kind": "http.status", "code": 503, "point": "before_commit"}, often={"count": 2})

    world = edited(brief, [plain_deck("deck-0", 2)], environ)

    assert world.reports[0].applied
    arrivals = sorted(entry.arrived_at_seconds for entry in world.fake.ledger)
    assert max(later - earlier for earlier, later in pairwise(arrivals)) >= 16.0  # 20 s less the jitter


async def test_http_connection_pool_size_is_the_most_connections_the_server_sees() -> None:
    """Too many of them is what broke TLS that night."""
    environ = {"SCALAPAY_HTTP_CONNECTION_POOL_SIZE": "2", "SCALAPAY_MAX_CONCURRENT_SLIDES": "8"}

    async with outdoors(SLOW, four_decks(), environ=environ) as world:
        await world.edit_all()

    assert world.fake.connection_counts()["connections_peak"] == 2


async def test_http_connection_timeout_is_how_long_an_answer_is_waited_for() -> None:
    """A server that never answers must not hold an edit for ever."""
    stalled = weather({"kind": "http.stall", "point": "before_commit"}, often={"count": 1})
    environ = {"SCALAPAY_HTTP_CONNECTION_TIMEOUT": "0.2"}

    async with outdoors(stalled, [plain_deck("deck-0", 2)], environ=environ, batch_retry_delay=0.01) as world:
        (report,) = await world.edit_all()

    struck = next(entry for entry in world.writes() if entry.fault == "http.stall")
    assert report.applied
    assert 0.1 < struck.ended_at_seconds - struck.arrived_at_seconds < 10.0


@pytest.mark.parametrize(
    ("strategy", "writes_count"), [("sequential", 24), ("per_slide", 4), ("semaphore", 4), ("coalesced", 1)]
)
def test_batch_strategy_decides_how_many_writes_a_deck_costs(strategy: str, writes_count: int) -> None:
    """Writes are what the quota counts."""
    environ = {"SCALAPAY_BATCH_STRATEGY": strategy}

    world = _run(environ, weather(), writes_per_minute=1_000)

    assert [len(world.commits_of(deck)) for deck in world.decks] == [writes_count] * 4


def test_writes_per_minute_and_quota_use_share_space_the_writes() -> None:
    """A write too many is a 429 for somebody."""
    environ = {"SCALAPAY_WRITES_PER_MINUTE": "4", "SCALAPAY_QUOTA_USE_SHARE": "0.5"}

    world = edited(None, [plain_deck(f"deck-{n}", 1) for n in range(4)], environ)

    arrivals = [entry.arrived_at_seconds for entry in world.writes()]
    assert arrivals[2] - arrivals[0] >= 60.0
    assert arrivals[3] - arrivals[1] >= 60.0


def test_project_writes_per_minute_spaces_the_writes_as_well() -> None:
    """Google refuses a call for which either of the two has no room."""
    scenario = weather(server={"quota": {"preset": "google-default", "writes_per_project": 2}})
    environ = {"SCALAPAY_PROJECT_WRITES_PER_MINUTE": "2", "SCALAPAY_QUOTA_USE_SHARE": "1"}

    world = edited(scenario, [plain_deck(f"deck-{n}", 1) for n in range(5)], environ)

    assert [entry.http_status for entry in world.writes()] == [200] * 5


def test_operation_deadline_ends_what_takes_too_long() -> None:
    """Every edit has its fate in time."""
    world = _run({"SCALAPAY_OPERATION_DEADLINE": "0.4"})

    fates = [operation.fate for report in world.reports for operation in report.operations]
    assert fates.count(Fate.APPLIED) >= 4 * len(KEYS)
    assert fates.count(Fate.NOT_SENT) >= 4 * len(KEYS)
    assert max(entry.ended_at_seconds for entry in world.writes()) < 0.5


def test_max_queued_calls_is_the_most_that_wait_at_once() -> None:
    """Beyond it the answer is no, at once, instead of a wait without an end."""
    with pytest.raises(TooBusy, match="3 calls wait"):
        _run({"SCALAPAY_MAX_QUEUED_CALLS": "3"})


def test_max_calls_under_way_lets_the_others_wait() -> None:
    """With room for one, a deck is finished before the next is looked at, whatever may be in flight."""
    environ = {"SCALAPAY_MAX_CONCURRENT_SLIDES": "4", "SCALAPAY_MAX_CALLS_UNDER_WAY": "1"}

    world = edited(weather(), [plain_deck(f"deck-{n}", 2) for n in range(4)], environ)

    touched = [entry.presentation_id for entry in world.fake.ledger if entry.presentation_id]
    assert [deck for deck, _ in groupby(touched)] == [f"deck-{n}" for n in range(4)]


def test_include_notes_false_leaves_the_speaker_notes_alone() -> None:
    """They may hold the template's instructions."""
    world = _run({"SCALAPAY_INCLUDE_NOTES": "false"})

    texts = world.texts(world.decks[0])
    assert texts == {" ".join(KEYS), " ".join(KEYS.values())}


def _longest_pause(world: Outdoors) -> float:
    arrivals = [entry.arrived_at_seconds for entry in world.writes() if entry.presentation_id == "deck-0"]
    return max(later - earlier for earlier, later in pairwise(arrivals))
