"""Locust and the ordinary client tell the same story of the same weather."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from engine.clock import MonotonicClock
from loadtests.locustfiles.headless import headless_command
from loadtests.measurements import Setting
from loadtests.metrics import Measurement
from loadtests.run import run_setting
from loadtests.statistics import Interval
from tests.support.incident import a_small_incident
from tests.support.worlds import a_plan, a_scenario_file

LOCUST = headless_command("replace_text")
MEASURED: dict[int, tuple[Measurement, Measurement]] = {}


async def _measured(file: Path, concurrency: int, **choices: object) -> Measurement:
    run = await run_setting(a_plan(file, **choices), Setting("coalesced", concurrency), MonotonicClock())
    return run.measurement


async def _both(folder: Path, concurrency: int) -> tuple[Measurement, Measurement]:
    """Return what the ordinary client and Locust measure of one incident, which is lived through once."""
    if concurrency not in MEASURED:
        file = a_small_incident(folder)
        MEASURED[concurrency] = (
            await _measured(file, concurrency),
            await _measured(file, concurrency, client_command=LOCUST),
        )
    return MEASURED[concurrency]


def _overlap(one: Interval, other: Interval) -> bool:
    return one.low <= other.high and other.low <= one.high


def _locust(file: Path, out: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = ["locust", str(file), "--strategy=coalesced", "--concurrency=2", f"--out={out}", *options]
    return subprocess.run(
        [sys.executable, "-m", "loadtests", *command], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("concurrency", [1, 8, 3])
async def test_both_measure_the_same_things_and_come_to_the_same_result(
    tmp_path: Path, concurrency: int
) -> None:
    """Who sweeps with Locust must not have to ask what its numbers mean."""
    ordinary, locust = await _both(tmp_path, concurrency)

    assert locust.metrics.keys() == ordinary.metrics.keys()
    assert locust.shares.keys() == ordinary.shares.keys()
    assert {name: share.count for name, share in locust.shares.items()} == {
        name: share.count for name, share in ordinary.shares.items()
    }
    assert all(
        _overlap(share.interval, ordinary.shares[name].interval) for name, share in locust.shares.items()
    )
    assert locust.processes.client_exit_status == 0


async def test_both_meet_the_same_faults(tmp_path: Path) -> None:
    """Draws hang on who an edit is, not on who asks for it; else the two could not be compared."""
    ordinary, locust = await _both(tmp_path, 3)

    assert [fault.fired for fault in locust.faults] == [fault.fired for fault in ordinary.faults]


def test_the_command_writes_what_the_sweep_writes(tmp_path: Path) -> None:
    """Whatever reads results.json needs to know nothing of Locust."""
    file = a_scenario_file(tmp_path)

    ended = _locust(file, tmp_path / "locust", "--quiet")
    subprocess.run(
        [sys.executable, "-m", "loadtests", "sweep", str(file), "--strategy=coalesced", "--concurrency=2",
         f"--out={tmp_path / 'sweep'}", "--quiet"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert (ended.returncode, ended.stdout) == (0, "small: pass\n"), ended.stderr
    locust, sweep = (
        json.loads((tmp_path / name / "results.json").read_text("utf-8")) for name in ("locust", "sweep")
    )
    assert locust.keys() == sweep.keys()
    assert [setting.keys() for setting in locust["settings"]] == [
        setting.keys() for setting in sweep["settings"]
    ]
    assert {path.name for path in (tmp_path / "locust").iterdir()} == {
        path.name for path in (tmp_path / "sweep").iterdir()
    }


def test_a_gate_that_fails_makes_the_command_fail(tmp_path: Path) -> None:
    """Locust's own exit status knows nothing of gates."""
    file = a_scenario_file(tmp_path)
    text = file.read_text("utf-8")
    file.write_text(text + '  - {id: out-of-reach, metric: slide_success_share, require: "< 50%"}\n', "utf-8")

    ended = _locust(file, tmp_path / "out")

    assert ended.returncode == 1, ended.stderr
    assert "out-of-reach" in ended.stdout


def test_other_tenants_are_there_from_the_first_edit_on(tmp_path: Path) -> None:
    """A run that claims to share the server must have shared it; the engine itself holds three at most."""
    _locust(a_scenario_file(tmp_path), tmp_path / "out", "--tenants=3", "--quiet")

    results = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))
    assert results["verdict"] == "pass"
    assert results["settings"][0]["processes"]["connections_peak"] > 3
