from pathlib import Path
from unittest.mock import patch

import pytest

from loadtests.client import ClientSpec
from loadtests.measurements import Setting
from loadtests.run import result_of
from loadtests.simulation.trace import Trace
from loadtests.simulation.world import Told
from loadtests.virtual_run import record_virtual_run
from loadtests.world import WorldError
from tests.support.worlds import a_plan, a_scenario_file

SETTING = Setting("coalesced", 2)
NORMAL = "server: {latency: {lognormal: {p50: 300ms, p99: 1s}}}"


def test_edits_every_slide_in_no_time_of_ours(tmp_path: Path) -> None:
    """What takes minutes of the scenario's time takes moments, and comes to the same kind of record."""
    plan = a_plan(a_scenario_file(tmp_path, NORMAL), clock="virtual")

    record = record_virtual_run(plan, SETTING)

    measured = result_of(record).measurement
    assert measured.shares["slide_success_share"].successes == 4
    assert measured.metrics["lost_edits"] == measured.metrics["duplicated_edits"] == 0
    assert record.client_exit.status == 0
    assert record.log.elapsed_seconds > 0.3
    assert record.log.cpu_seconds is None


def test_what_a_call_waits_before_its_first_read_is_part_of_its_latency(tmp_path: Path) -> None:
    """All decks are asked for at once; at one slot the last has waited for the whole run, and must say so."""
    plan = a_plan(a_scenario_file(tmp_path, NORMAL, presentations=3), clock="virtual")

    record = record_virtual_run(plan, Setting("coalesced", 1))

    last_settled = max(row.settled_at_seconds or 0.0 for row in record.operations)
    assert {row.asked_at_seconds for row in record.operations} == {0.0}
    assert result_of(record).measurement.latency_seconds.max == last_settled > 0.0


def test_the_same_seed_comes_to_the_same_record(tmp_path: Path) -> None:
    """Only when it was and how long our machine took may differ."""
    plan = a_plan(a_scenario_file(tmp_path, NORMAL), clock="virtual")
    traces = Trace(), Trace()

    one, other = (record_virtual_run(plan, SETTING, trace) for trace in traces)

    assert one.trace_digest == other.trace_digest == traces[0].digest() == traces[1].digest()
    assert (one.log, one.ledger, one.documents_after) == (other.log, other.ledger, other.documents_after)


def test_each_repeat_sees_other_weather(tmp_path: Path) -> None:
    """It would measure the same thing twice."""
    plan = a_plan(a_scenario_file(tmp_path, NORMAL), clock="virtual")

    one, other = (record_virtual_run(plan, Setting("coalesced", 2, repeat)) for repeat in (1, 2))

    assert one.log.elapsed_seconds != other.log.elapsed_seconds


def test_a_client_that_raises_is_told_as_a_process_that_ended_badly(tmp_path: Path) -> None:
    """The gates know one language for both clocks."""
    plan = a_plan(a_scenario_file(tmp_path), clock="virtual")

    async def fail(*_: object) -> None:
        raise ZeroDivisionError("a reason")

    with patch("loadtests.virtual_run.run_client", fail):
        record = record_virtual_run(plan, SETTING)

    assert record.client_exit.status == 1
    assert "ZeroDivisionError: a reason" in record.client_exit.complaints


def test_a_client_that_does_not_end_is_ended_at_the_deadline(tmp_path: Path) -> None:
    """What hangs for ever in real time is killed there; here it takes no longer than anything else."""
    weather = "faults: [{id: hang, often: {rate: 100%}, fault: {kind: http.stall}}]"
    plan = a_plan(a_scenario_file(tmp_path, weather), clock="virtual", engine={"operation_deadline": 60.0})

    async def hang(spec: ClientSpec, told: Told, _ground: object) -> None:
        told.write("ClientStarted", {"at_seconds": 1000.0})
        while True:
            await told._loop.create_future()

    with patch("loadtests.virtual_run.run_client", hang):
        record = record_virtual_run(plan, SETTING)

    assert record.client_exit.was_killed_at_deadline


def test_a_broken_simulation_is_a_broken_world(tmp_path: Path) -> None:
    """It says nothing of the client, so it must not be measured as if it did."""
    plan = a_plan(a_scenario_file(tmp_path), clock="virtual")

    async def reach_out(_spec: object, told: Told, _ground: object) -> None:
        told._loop.add_signal_handler(15, print)

    expected = "the simulation broke: Refused: a handler for signal 15 was asked for in a simulated world"
    with patch("loadtests.virtual_run.run_client", reach_out), pytest.raises(WorldError, match=expected):
        record_virtual_run(plan, SETTING)
