"""Any run's faults can be struck again, try by try."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.clock import MonotonicClock
from fakeslides.ledger import Entry
from loadtests.measurements import Setting
from loadtests.report.files import write_struck
from loadtests.run import run_setting
from tests.support.virtual_worlds import measured
from tests.support.worlds import a_plan, a_scenario_file

STORM = """
faults:
  - {id: before, where: {method: presentations.batchUpdate}, often: {rate: 30%},
     fault: {kind: tcp.reset, point: before_commit}}
  - {id: after, where: {method: presentations.batchUpdate}, often: {rate: 30%},
     fault: {kind: tcp.reset, point: after_commit}}
  - {id: busy, often: {every: 5}, fault: {kind: http.status, code: 503}}
"""
AT_THE_DOOR = """
faults:
  - {id: refused, often: {every: 2}, fault: {kind: tcp.reset, point: on_accept},
     limit: {total: 2}}
  - {id: alerts, often: {count: 1}, fault: {kind: tls.alert, point: in_handshake}}
  - {id: stale, often: {rate: 50%}, fault: {kind: api.stale_revision}}
  - {id: lost, where: {method: presentations.batchUpdate}, often: {count: 2},
     fault: {kind: tcp.fin, point: mid_body}}
"""
CALM_CLIENT = {"engine": {"breaker_enabled": False}}
Struck = tuple[str | None, int | None, str, str | None, str | None]


def struck_in(ledger: Sequence[Entry]) -> list[Struck]:
    """Return what struck whom, in an order of its own: which call ends first is a matter of moments."""
    struck = [(e.identity, e.attempt, e.method, e.fault, e.point) for e in ledger if e.rule_id is not None]
    return sorted(struck, key=str)


@pytest.mark.parametrize(
    ("weather", "setting", "presentations"),
    [
        (STORM, Setting("coalesced", 2), 4),
        (STORM, Setting("per_slide", 3), 4),
        # Which call opens a connection is a matter of moments, unless there is only one at a time.
        (AT_THE_DOOR, Setting("per_slide", 1), 1),
    ],
    ids=["coalesced", "per_slide", "connections"],
)
def test_an_exported_run_strikes_the_same_tries_again(
    tmp_path: Path, weather: str, setting: Setting, presentations: int
) -> None:
    """Also those that were struck by the order in which calls came, which no seed can repeat.

    The client must make the same tries again.  So each deck is written slide by slide, since writers of one
    deck that race decide anew who has to look what the other did; and the breaker is off, since who probes
    for all is a matter of moments.
    """
    plan = a_plan(a_scenario_file(tmp_path, weather, presentations=presentations), **CALM_CLIENT)
    first = measured(plan, setting)
    write_struck(tmp_path, plan, first)
    exported = tmp_path / "struck" / f"{setting.strategy}-{setting.concurrency}.yaml"

    second = measured(a_plan(exported, **CALM_CLIENT), setting)

    assert len(struck_in(first.ledger)) >= 4
    assert struck_in(second.ledger) == struck_in(first.ledger)


def test_a_run_of_real_processes_strikes_the_same_in_virtual_time(tmp_path: Path) -> None:
    """What happened once on a slow day can be looked at as often as one likes."""
    plan = a_plan(a_scenario_file(tmp_path, STORM, presentations=4), **CALM_CLIENT)
    setting = Setting("coalesced", 2)
    first = asyncio.run(run_setting(plan, setting, MonotonicClock()))
    write_struck(tmp_path, plan, first)

    second = measured(a_plan(tmp_path / "struck" / "coalesced-2.yaml", **CALM_CLIENT), setting)

    assert len(struck_in(first.ledger)) >= 4
    assert struck_in(second.ledger) == struck_in(first.ledger)
