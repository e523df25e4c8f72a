from pathlib import Path

from engine.clock import MonotonicClock
from loadtests.measurements import Setting
from loadtests.run import run_setting
from tests.support.worlds import a_plan, a_scenario_file

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
