from typing import Any

import pytest

from engine.settings import EngineSettings
from loadtests.dry_run import Counts, dry_run
from loadtests.measurements import WRITE
from loadtests.schedule import READ, PlannedCall, Schedule
from tests.support.rulebooks import a_rule
from tests.support.weather import weather

RESET = {"kind": "tcp.reset", "point": "before_commit"}
ALWAYS = {"every": 1}


def writes(count: int, *, apart_seconds: float = 0.0) -> Schedule:
    """Return writes to as many presentations, all on one connection."""
    calls = [PlannedCall(WRITE, f"deck-{n}", f"deck-{n}/s/0", n * apart_seconds, 0) for n in range(count)]
    return Schedule(calls, 0.4, 0.4 * count)


def struck(planned: Schedule, fault: dict[str, Any], **rule: object) -> Counts:
    """Return what a rule called `struck` does; the engine tries twice again, and its breaker is off."""
    settings = EngineSettings(batch_retry_attempts=2, breaker_enabled=False)
    return dry_run(weather(fault, **{"often": ALWAYS, **rule}), planned, settings, 1)


def fired(planned: Schedule, fault: dict[str, Any], **rule: object) -> int:
    """Return how often it struck."""
    return struck(planned, fault, **rule).fired["struck"]


def test_a_failed_call_is_tried_again_until_its_retries_are_used_up() -> None:
    """So a rule has more to look at than there are calls."""
    assert fired(writes(4), RESET) == 4 * 3
    assert fired(writes(4), RESET, when={"attempt": 1}) == 4
    assert struck(writes(4), RESET, when={"attempt": [1, 2]}).matched["struck"] == 8


@pytest.mark.parametrize("fault", [{"kind": "http.delay", "by": "1s"}, {"kind": "api.permission"}])
def test_what_is_only_slow_or_final_is_not_tried_again(fault: dict[str, Any]) -> None:
    """The first gives an answer, the second one that will not change."""
    assert fired(writes(4), fault) == 4


def test_a_write_in_doubt_is_followed_by_a_look() -> None:
    """That read has the write's name, and rules look at it too."""
    struck_once = {"when": {"attempt": 1}, "where": {"method": WRITE}}
    scenario = weather({**RESET, "point": "after_commit"}, often=ALWAYS, **struck_once)
    look = {"id": "look", "where": {"method": READ}, "often": {"rate": "0%"}, "fault": RESET}
    rule = type(scenario.faults[0]).model_validate(look)
    both = scenario.model_copy(update={"faults": (*scenario.faults, rule)})

    counts = dry_run(both, writes(3), EngineSettings(), 1)

    assert counts.matched["look"] == 3


def test_later_calls_of_a_connection_are_late_by_what_earlier_ones_lost() -> None:
    """A phase may be over by then."""
    stall = {"kind": "http.stall"}
    first_half_minute = {"offset": {"to": "30s"}, "attempt": 1}

    assert fired(writes(5), stall, when=first_half_minute) == 1


def test_an_open_breaker_holds_all_calls_up() -> None:
    """An outage is looked at by few calls, however many wait."""
    settings = EngineSettings(circuit_breaker_threshold=5, circuit_breaker_timeout=15)
    scenario = weather({"kind": "http.status", "code": 503}, often=ALWAYS, when={"offset": {"to": "30s"}})

    counts = dry_run(scenario, writes(50), settings, 1)

    assert 5 <= counts.fired["struck"] <= 7


def test_weather_that_never_ends_is_given_up_at_the_deadline() -> None:
    """While the breaker is open no retry is used up, so nothing else would end it."""
    scenario = weather({"kind": "http.status", "code": 503}, often=ALWAYS)

    counts = dry_run(scenario, writes(3), EngineSettings(operation_deadline=900), 1)

    assert 5 <= counts.fired["struck"] < 30


def test_refusals_do_not_open_the_breaker() -> None:
    """The server is well when it says that a request is wrong."""
    settings = EngineSettings(batch_retry_attempts=0, circuit_breaker_threshold=2)
    scenario = weather({"kind": "http.status", "code": 404}, often=ALWAYS, when={"offset": {"to": "30s"}})

    assert dry_run(scenario, writes(20), settings, 1).fired["struck"] == 20


def test_a_reset_connection_is_opened_again_under_the_next_number() -> None:
    """`where: {connection: 2}` is met only after the first one was lost."""
    assert fired(writes(4), RESET, where={"connection": [1, 2]}) == 2


def test_a_revoked_token_is_replaced() -> None:
    """So a rule for tokens has something to look at after the first one."""
    revoked = weather({"kind": "api.unauthenticated"}, often={"count": 1})
    token = a_rule("token", where={"method": "token"}, when={"nth": 2})
    scenario = revoked.model_copy(update={"faults": (*revoked.faults, token)})
    planned = writes(3)
    first = PlannedCall("token", None, "token#1", 0.0, 0)

    counts = dry_run(scenario, Schedule([first, *planned.calls], 0.4, 1.0), EngineSettings(), 1)

    assert counts.fired == {"struck": 1, "token": 1}


def test_a_connection_beyond_what_the_server_allows_is_struck() -> None:
    """The client goes on over those it has; with no crowd to count, a limit could never be exceeded."""
    calls = [PlannedCall(WRITE, f"deck-{n}", f"deck-{n}/s/0", 0.0, lane=n % 3) for n in range(9)]
    planned = Schedule(calls, 0.4, 1.0)

    counts = struck(planned, {"kind": "tcp.accept_limit", "at_most": 1}, where={})

    assert counts.fired["struck"] == 2


def test_every_kind_of_fact_that_rules_may_ask_for_is_there() -> None:
    """A rule that looks at the engine's calls must look at them in a dry run too."""
    where = {
        "request": "replaceAllText",
        "user": "*@*",
        "header": {"X-Deckstorm-Attempt": "1"},
        "presentation": "deck-*",
    }

    assert fired(writes(3), RESET, where=where) == 3


def test_the_same_seed_gives_the_same_counts() -> None:
    """Whoever reads a forecast twice must not read two."""
    runs = [struck(writes(30), RESET, often={"rate": "30%"}) for _ in range(2)]

    assert runs[0] == runs[1]


def test_a_revoked_token_is_followed_by_a_request_for_another() -> None:
    """The check said that no rule on the second token could ever strike."""
    scenario = weather({"kind": "api.unauthenticated"}, often={"count": 2})
    token = {
        "id": "token",
        "where": {"method": "token"},
        "often": ALWAYS,
        "fault": {"kind": "http.status", "code": 503},
    }
    rule = type(scenario.faults[0]).model_validate(token)
    both = scenario.model_copy(update={"faults": (*scenario.faults, rule)})

    counts = dry_run(both, writes(3), EngineSettings(batch_retry_attempts=2), 1)

    assert counts.fired == {"struck": 2, "token": 2 * 3}
