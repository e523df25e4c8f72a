"""Any run's faults can be struck again, try by try."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.clock import MonotonicClock
from fakeslides.ledger import Entry
from loadtests.measurements import Setting
from loadtests.report.files import write_struck
from loadtests.run import run_setting
from tests.support.worlds import a_plan, a_scenario_file

STORM = """
faults:
  - {id: before, where: {method: presentations.batchUpdate}, often: {rate: 30%},
     fault: {kind: tcp.reset, point: before_commit}}
  - {id: after, where: {method: presentations.batchUpdate}, often: {rate: 30%},
     fault: {kind: tcp.reset, point: after_commit}}
  - {id: busy, often: {every: 5}, fault: {kind: http.status, code: 503}}
"""
Struck = tuple[str | None, int | None, str, str | None, str | None]


def struck_in(ledger: Sequence[Entry]) -> list[Struck]:
    """Return what struck whom, in an order of its own: which call ends first is a matter of moments."""
    struck = [(e.identity, e.attempt, e.method, e.fault, e.point) for e in ledger if e.rule_id is not None]
    return sorted(struck, key=str)


@pytest.mark.parametrize("setting", [Setting("coalesced", 2), Setting("semaphore", 3)], ids=lambda s: s.name)
async def test_an_exported_run_strikes_the_same_tries_again(tmp_path: Path, setting: Setting) -> None:
    """Also those that were struck by the order in which calls came, which no seed can repeat."""
    plan = a_plan(a_scenario_file(tmp_path, STORM, presentations=4))
    first = await run_setting(plan, setting, MonotonicClock())
    write_struck(tmp_path, plan, first)
    exported = tmp_path / "struck" / f"{setting.strategy}-{setting.concurrency}.yaml"

    second = await run_setting(a_plan(exported), setting, MonotonicClock())

    assert len(struck_in(first.ledger)) >= 4
    assert struck_in(second.ledger) == struck_in(first.ledger)
