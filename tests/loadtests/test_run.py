from pathlib import Path

import pytest

from engine.clock import MonotonicClock
from loadtests.measurements import Setting
from loadtests.run import run_setting
from loadtests.runners import runner
from tests.support.worlds import a_plan, a_scenario_file

# Each write's first answer comes when its client has long given up on it; what it committed, stays.
LATE = """faults:
  - {id: late, where: {method: presentations.batchUpdate}, when: {attempt: 1}, often: {rate: 100%},
     fault: {kind: http.delay, by: 30s, point: after_commit}}"""
NEVER = """faults:
  - {id: never, where: {method: presentations.create}, often: {rate: 100%},
     fault: {kind: tcp.reset, point: before_commit}, expect_fired: {at_least: 1}}"""


async def test_a_run_is_measured_from_both_sides(tmp_path: Path) -> None:
    """Every edit has its fate, every try its entry in the ledger, every rule its count."""
    counts: list[int] = []

    result = await run_setting(
        a_plan(a_scenario_file(tmp_path, NEVER)), Setting("coalesced", 3), MonotonicClock(), counts.append
    )

    assert result.measurement.metrics["operation_completion_share"] == 1
    assert result.measurement.metrics["writes_committed"] == 2
    assert set(result.audit.commits.values()) == {1}
    assert all(pair.told and pair.seen for pair in result.attempts)
    assert [(c.id, c.fired, c.expected_at_least) for c in result.measurement.faults] == [("never", 0, 1)]
    assert counts[-1] == 8


@pytest.mark.parametrize("clock", ["real", "virtual"])
async def test_a_commit_whose_call_still_goes_on_is_no_lost_edit(tmp_path: Path, clock: str) -> None:
    """The client knew better: the deck was edited, and the ledger had not heard of it yet."""
    settings = {"http_connection_timeout": 5.0, "circuit_breaker_threshold": 100}
    plan = a_plan(a_scenario_file(tmp_path, LATE), engine=settings, clock=clock)
    harness = MonotonicClock()

    async with runner(plan, harness) as run:
        result = await run(plan, Setting("coalesced", 1), lambda _: None)

    assert result.measurement.metrics["lost_edits"] == result.measurement.metrics["wrong_reports"] == 0
    assert result.measurement.shares["slide_success_share"].value == 1
    assert set(result.audit.commits.values()) == {1}
