"""The engine meets the same weather with the same results, whether its world is real or virtual."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine.clock import MonotonicClock
from engine.settings import Strategy
from fakeslides.scenario.loader import find_scenario, load_scenario
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.writer import scenario_yaml
from fakeslides.server import FakeSlides
from loadtests.client import Ground
from loadtests.measurements import Setting
from loadtests.metrics import Measurement
from loadtests.run import run_setting
from loadtests.run_plan import RunPlan
from loadtests.runners import run_virtually
from loadtests.statistics import Interval
from tests.support.both_worlds import Account, Course, engine_on, in_reality, in_virtual_time
from tests.support.fake_client import scenario_of
from tests.support.fault_cases import CASES, Case
from tests.support.plain_decks import plain_deck
from tests.support.worlds import a_plan

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
# Both end halfway between two tries, 8 and 16 seconds apart: the real world's clock may be late by much.
REFUSED = "kind: tcp.refuse, for: 16s, point: on_accept"
CUT_WHILE_IDLE = "kind: tcp.idle_reset, after: 4s, point: on_accept"
UNHURRIED = {"batch_retry_delay": 16.0, "speed": 10.0}
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


def struck_at_once(strategy: Strategy) -> dict[str, Course]:
    """Return a course for each fault that spoils a connection there and then, with a server to itself."""
    return {
        case.fault: a_course(at_the_beginning_and_amid_a_write(case.fault), strategy)
        for case in ON_CONNECTIONS
        if not case.is_in_vain
    }


def struck_by_silence(strategy: Strategy) -> dict[str, Course]:
    """Return a course for each fault of connections that is a matter of time, with a server to itself."""
    courses = {
        case.fault: a_course(
            at_the_beginning_and_amid_a_write(case.fault), strategy, http_connection_timeout=60.0
        )
        for case in ON_CONNECTIONS
        if case.is_in_vain
    }
    courses[REFUSED] = a_course(at_the_beginning_and_amid_a_write(REFUSED), strategy, **UNHURRIED)
    # Idle is a connection whose client backs off.
    resting = [
        f"id: it, where: {{connection: 1}}, often: {{count: 1}}, fault: {{{CUT_WHILE_IDLE}}}",
        f"id: pause, where: {{{WRITES}}}, often: {{count: 1}}, fault: {{kind: api.unavailable}}",
    ]
    courses[CUT_WHILE_IDLE] = a_course(resting, strategy, **UNHURRIED)
    return courses


@each_strategy
def test_faults_of_single_calls_come_to_the_same(strategy: Strategy) -> None:
    """One engine, three attempts in flight, and another fault for each deck: as in a sweep."""
    course = a_course(one_each(FOR_ONE), strategy, decks_count=len(FOR_ONE), speed=30.0)

    virtual, (real,) = in_virtual_time(course), in_reality(course)

    assert all_struck(virtual)
    assert virtual == real


@each_strategy
def test_refusals_that_concern_all_calls_come_to_the_same(strategy: Strategy) -> None:
    """A quota that is believed to be used up, and a token that is no longer any good."""
    course = a_course(one_each(FOR_ALL), strategy, decks_count=len(FOR_ALL), has_own_engines=True)

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
@pytest.mark.parametrize("struck", [struck_at_once, struck_by_silence])
def test_faults_of_connections_come_to_the_same(
    struck: Callable[[Strategy], dict[str, Course]], strategy: Strategy
) -> None:
    """Nobody says for which call a connection is opened, so it is struck before the token and amid writes."""
    courses = struck(strategy)

    virtual = {fault: in_virtual_time(course) for fault, course in courses.items()}
    real = dict(zip(courses, in_reality(*courses.values()), strict=True))

    assert all(map(all_struck, virtual.values()))
    assert virtual == real


async def edit_before_and_after_a_pause(course: Course, fake: FakeSlides, ground: Ground) -> int:
    """Return how many connections were opened by an engine that rests for a minute between two calls."""
    async with engine_on(course, fake, ground, []) as engine:
        await engine.replace_text("deck-0", {"{{customer}}": "Ada"})
        await ground.clock.sleep(60.0)
        await engine.replace_text("deck-0", {"Ada": "Eve"})
    return fake.connection_counts()["handshakes"]


def test_a_fast_clock_leaves_connections_alive_that_a_minute_would_have_ended() -> None:
    """The pool keeps them for fifteen real seconds; only in virtual time are those the scenario's as well."""
    course = Course(scenario_of(""), [plain_deck("deck-0", 1)], {}, speed=60.0)

    virtual = in_virtual_time(course, edit_before_and_after_a_pause)
    (real,) = in_reality(course, story=edit_before_and_after_a_pause)

    assert (virtual, real) == (2, 1)


def a_small_plan(name: str, folder: Path) -> RunPlan:
    """Return a plan of a shipped scenario with eight decks, whose storm does not end.

    On a clock that runs fast, the time that real processes need to compute is long; where a storm ended, they
    would meet less of it.
    """
    shipped = load_scenario(find_scenario(name))
    storm, *rest = shipped.phases
    lasting = (storm.model_copy(update={"for_seconds": 3600.0}), *rest)
    small = shipped.workload.model_copy(update={"presentations": 8})
    scenario = shipped.model_copy(update={"phases": lasting, "workload": small, "time_scale": 1 / 50})
    file = folder / f"{name}.yaml"
    file.write_text(scenario_yaml(scenario), "utf-8")
    return a_plan(file, engine={"circuit_breaker_threshold": 1_000})


def counts_of(measurement: Measurement) -> Mapping[str, object]:
    """Return what draws decide that are keyed by who calls: all but times and shares."""
    timed = {"elapsed_seconds", "applied_per_minute", *measurement.shares}
    counts = {name: value for name, value in measurement.metrics.items() if name not in timed}
    strikes = {fault.id: fault.fired for fault in measurement.faults}
    return {**counts, "strikes": strikes, "failed_attempts": measurement.failed_attempts}


def shares_outside(one: Measurement, other: Measurement) -> list[str]:
    """Return the shares of one run that lie outside the intervals of the other."""
    return [
        name
        for name, share in one.shares.items()
        if share.value is not None and not _holds(other.shares[name].interval, share.value)
    ]


def _holds(interval: Interval, value: float) -> bool:
    # Wilson's bounds of a whole are whole but for rounding.
    return interval.low - 1e-9 <= value <= interval.high + 1e-9


@pytest.mark.parametrize(
    ("name", "strategy"),
    [
        ("flaky_network", "coalesced"),
        ("lost_answers", "coalesced"),
        ("production_incident", "per_slide"),
    ],
)
def test_success_metrics_of_a_scenario_are_those_of_real_processes(
    name: str, strategy: str, tmp_path: Path
) -> None:
    """Gates judge these numbers, whichever clock they were measured on."""
    plan, setting = a_small_plan(name, tmp_path), Setting(strategy, 3)

    real = asyncio.run(run_setting(plan, setting, MonotonicClock())).measurement
    virtual = run_virtually(replace(plan, clock="virtual", time_scale=1.0), setting).measurement

    assert sum(virtual.failed_attempts.values()) > 0
    assert counts_of(virtual) == counts_of(real)
    assert shares_outside(virtual, real) == shares_outside(real, virtual) == []
