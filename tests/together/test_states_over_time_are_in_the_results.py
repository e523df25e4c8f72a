"""What the breaker and the adaptive limit did can be read off a run's results, whatever its clock."""

from pathlib import Path

from engine.clock import MonotonicClock
from fakeslides.scenario.loader import find_scenario
from loadtests.measurements import Setting
from loadtests.metrics import Measurement
from loadtests.run import run_setting
from tests.support.virtual_worlds import measured
from tests.support.worlds import a_plan

BROWNOUT = """version: 1
promise: A brownout slows the work down, and then it goes on as before.
seed: 3
time_scale: 1/25
server: {latency: {fixed: 400ms}}
faults:
  - {id: brownout, where: {method: presentations.batchUpdate}, often: {count: 4},
     fault: {kind: http.status, code: 503, point: before_commit}, expect_fired: {at_least: 1}}
workload: {presentations: 12, slides: 6, replacements: 2}
"""


def _changes(measurement: Measurement, kind: str) -> list[tuple[str, str]]:
    return [(change.before, change.after) for change in measurement.states if change.kind == kind]


def test_an_outage_opens_the_breaker_which_parks_probes_and_closes_again() -> None:
    """Nothing is lost; the server is left alone until it is back, and then asked for one thing at a time."""
    plan = a_plan(find_scenario("outage"))

    measurement = measured(plan, Setting("per_slide", 3)).measurement

    changes = _changes(measurement, "breaker")
    assert changes[:2] == [("closed", "open"), ("open", "half-open")]
    assert changes[-2:] == [("open", "half-open"), ("half-open", "closed")]
    one_at_a_time, *_, last = [after for _, after in _changes(measurement, "limit")]
    assert one_at_a_time == "1" != last
    assert measurement.metrics["operation_completion_share"] == 1
    assert measurement.metrics["slide_success_share"] == 1
    assert measurement.waits_seconds["breaker"] > 0


async def test_a_brownout_makes_the_limit_fall_and_rise_again(tmp_path: Path) -> None:
    """The note asked for less on errors and more on success."""
    file = tmp_path / "brownout.yaml"
    file.write_text(BROWNOUT, "utf-8")
    plan = a_plan(file, engine={"writes_per_minute": 600, "circuit_breaker_threshold": 1000})

    measurement = (await run_setting(plan, Setting("per_slide", 3), MonotonicClock())).measurement

    steps = [int(after) - int(before) for before, after in _changes(measurement, "limit")]
    assert min(steps) < 0
    assert steps[-1] > 0
