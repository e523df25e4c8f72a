"""The engine meets the same weather with the same results, whether its world is real or virtual."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from engine.settings import Strategy
from fakeslides.scenario.model import Scenario
from tests.support.both_worlds import Account, Course, in_reality, in_virtual_time
from tests.support.fake_client import scenario_of
from tests.support.fault_cases import CASES, Case
from tests.support.plain_decks import plain_deck

each_strategy = pytest.mark.parametrize("strategy", Strategy)
WRITES = "method: presentations.batchUpdate"


def is_of_connections(case: Case) -> bool:
    """Say whether the fault strikes connections, and not calls."""
    return case.point in {"on_accept", "in_handshake"}


OF_CALLS = [case for case in CASES if not is_of_connections(case)]
# What befalls all who share a user or a token with the call that was struck.
BEFALLS_ALL = {"api.rate_limit", "http.retry_after", "api.unauthenticated"}
FOR_ALL = [case.fault for case in OF_CALLS if case.kind in BEFALLS_ALL]
FOR_ONE = [case.fault for case in OF_CALLS if case.kind not in BEFALLS_ALL and not case.is_in_vain]
# No answer; or it comes, as the commit does, when the client has long sent its write again.
LATE = [
    *(case.fault for case in OF_CALLS if case.is_in_vain),
    "kind: http.delay, by: 45s, point: before_request_read",
    "kind: http.delay, by: 45s, point: before_commit",
    "kind: http.delay, by: 45s, point: after_commit",
    "kind: api.slow_commit, by: 45s, point: before_commit",
]
REFUSED = "kind: tcp.refuse, for: 10s, point: on_accept"
CUT_WHILE_IDLE = "kind: tcp.idle_reset, after: 2s, point: on_accept"
ON_CONNECTIONS = [
    case for case in CASES if is_of_connections(case) and case.kind not in {"tcp.refuse", "tcp.idle_reset"}
]


def a_course(rules: Iterable[str], strategy: Strategy, *, decks_count: int = 1, **choices: Any) -> Course:  # noqa: ANN401 - as a course and the settings have them
    """Return a course of small decks under some rules, on clocks that run twenty times as fast.

    Nobody waits for anybody: a breaker that opens, or a quota that is full, would hold up whoever comes next,
    and who that is, is a matter of microseconds.
    """
    of_engine = {
        "writes_per_minute": 1_000_000,
        "reads_per_minute": 1_000_000,
        "breaker_enabled": False,
        "max_concurrent_slides": 3,
        "batch_strategy": strategy,
        "batch_retry_delay": choices.pop("batch_retry_delay", 1.0),
        "http_connection_timeout": choices.pop("http_connection_timeout", 600.0),
    }
    decks = [plain_deck(f"deck-{number}", 2, {"{{customer}}": "Ada"}) for number in range(decks_count)]
    return Course(_weather(rules), decks, of_engine, **{"speed": 20.0, **choices})


def _weather(rules: Iterable[str]) -> Scenario:
    return scenario_of("\n".join(["faults:", *(f"  - {{{rule}}}" for rule in rules)]))


def one_each(faults: Sequence[str]) -> list[str]:
    """Return rules that strike the first write to each deck, each with another fault."""
    return [
        f"id: it-{number}, where: {{presentation: deck-{number}, {WRITES}}}, "
        f"often: {{count: 1}}, fault: {{{fault}}}"
        for number, fault in enumerate(faults)
    ]


def at_the_beginning_and_amid_a_write(fault: str) -> list[str]:
    """Return rules that strike the first connection, and the next after one that a write has lost."""
    return [
        f"id: it, where: {{connection: [1, 3]}}, often: {{every: 1}}, fault: {{{fault}}}",
        f"id: lost, where: {{{WRITES}}}, often: {{count: 1}}, fault: {{kind: tcp.fin, point: after_commit}}",
    ]


def all_struck(account: Account) -> bool:
    """Say whether every rule struck: where nothing happens, all worlds are alike."""
    return all(counts["fired"] for counts in account.strikes.values())


def on_connections(strategy: Strategy) -> dict[str, Course]:
    """Return a course for each fault of connections, with a server to itself."""
    courses = {
        case.fault: a_course(
            at_the_beginning_and_amid_a_write(case.fault),
            strategy,
            http_connection_timeout=20.0 if case.is_in_vain else 600.0,
        )
        for case in ON_CONNECTIONS
    }
    courses[REFUSED] = a_course(at_the_beginning_and_amid_a_write(REFUSED), strategy, batch_retry_delay=8.0)
    # Idle is a connection whose client backs off.
    resting = [
        f"id: it, where: {{connection: 1}}, often: {{count: 1}}, fault: {{{CUT_WHILE_IDLE}}}",
        f"id: pause, where: {{{WRITES}}}, often: {{count: 1}}, fault: {{kind: api.unavailable}}",
    ]
    courses[CUT_WHILE_IDLE] = a_course(resting, strategy, batch_retry_delay=8.0)
    return courses


@each_strategy
def test_faults_of_single_calls_come_to_the_same(strategy: Strategy) -> None:
    """One engine, three attempts in flight, and another fault for each deck: as in a sweep."""
    course = a_course(one_each(FOR_ONE), strategy, decks_count=len(FOR_ONE), speed=60.0)

    virtual, (real,) = in_virtual_time(course), in_reality(course)

    assert all_struck(virtual)
    assert virtual == real


@each_strategy
def test_refusals_that_concern_all_calls_come_to_the_same(strategy: Strategy) -> None:
    """A quota that is believed to be used up, and a token that is no longer any good."""
    course = a_course(
        one_each(FOR_ALL), strategy, decks_count=len(FOR_ALL), speed=120.0, has_own_engines=True
    )

    virtual, (real,) = in_virtual_time(course), in_reality(course)

    assert all_struck(virtual)
    assert virtual == real


@each_strategy
def test_silence_and_late_commits_come_to_the_same(strategy: Strategy) -> None:
    """Nothing is as much a matter of time as a write that lands after its client has given up."""
    course = a_course(
        one_each(LATE),
        strategy,
        decks_count=len(LATE),
        http_connection_timeout=30.0,
        has_own_engines=True,
    )

    virtual, (real,) = in_virtual_time(course), in_reality(course)

    assert all_struck(virtual)
    assert virtual == real


@each_strategy
def test_faults_of_connections_come_to_the_same(strategy: Strategy) -> None:
    """Nobody says for which call a connection is opened, so it is struck before the token and amid writes."""
    courses = on_connections(strategy)

    virtual = {fault: in_virtual_time(course) for fault, course in courses.items()}
    real = dict(zip(courses, in_reality(*courses.values()), strict=True))

    assert all(map(all_struck, virtual.values()))
    assert virtual == real
