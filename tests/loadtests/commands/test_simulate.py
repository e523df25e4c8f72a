import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result

from loadtests.commands.simulate import RESULT_NAME, simulate, verdict_of
from loadtests.gates import Verdict
from loadtests.swarm import hunt
from loadtests.swarm.failing_seeds import FILE_NAME
from loadtests.swarm.tally import Tally
from tests.support.marked import MARK, marked_processes
from tests.support.patience import until
from tests.support.swarms import (
    LOST,
    a_trial,
    all_is_well,
    dies_at_three,
    fails_at_three,
    is_calm,
    never_the_same,
)
from tests.support.worlds import a_scenario_file

STORMY = """faults:
  - {id: reset, where: {method: presentations.batchUpdate}, when: {attempt: 1}, often: {rate: 30%},
     fault: {kind: tcp.reset, point: after_commit}}"""
Trial = Callable[..., object]


class Simulations:
    """Simulations of a small scenario, whose results lie in one folder."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file = a_scenario_file(folder, STORMY)
        self.out = folder / "out"
        self._monkeypatch = monkeypatch

    def run(self, *arguments: str, trial: Trial | None = None) -> Result:
        """Run the command on one worker, with another thing to try than a world if one is given."""
        if trial is not None:
            self._monkeypatch.setattr(hunt, "try_seed", trial)
        usual = [str(self.file), "--workers", "1", "--out", str(self.out)]
        return CliRunner().invoke(simulate, [*usual, *arguments])

    def written(self) -> dict[str, Any]:
        """Return what simulation.json says."""
        document: dict[str, Any] = json.loads((self.out / RESULT_NAME).read_text("utf-8"))
        return document


@pytest.fixture
def simulations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Simulations:
    """Return simulations of a small stormy scenario."""
    return Simulations(tmp_path, monkeypatch)


def test_seeds_that_keep_every_promise_end_with_what_they_came_to(simulations: Simulations) -> None:
    """Worlds of its own, in a process of its own: exit code 0, a summary, a file."""
    result = simulations.run("--seeds", "4")

    assert result.exit_code == 0, result.output
    assert "4 seeds of" in result.stdout
    assert "TheStormIsSurvived" in result.stdout
    written = simulations.written()
    assert (written["schema_version"], written["seeds"], written["exit_code"]) == (1, 4, 0)
    assert written["failed"] == []
    assert written["promises"]["EveryEditIsToldTruly"]["checked"] == 16
    assert not (simulations.out / FILE_NAME).exists()


def test_a_promise_that_breaks_ends_it_with_what_to_type_next(simulations: Simulations) -> None:
    """Exit code 1; the seed is kept."""
    result = simulations.run("--seeds", "9", trial=fails_at_three)

    assert result.exit_code == 1, result.output
    assert f"seed 3 broke EveryEditIsToldTruly at 12.500 s: {LOST.text}" in result.stdout
    assert f"deckstorm replay {simulations.file} --seed 3" in " ".join(result.stdout.split())
    assert simulations.written()["failed"][0]["seed"] == 3
    assert simulations.written()["seeds"] == 4
    assert json.loads((simulations.out / FILE_NAME).read_text("utf-8")) == {"seeds": [3]}


def test_a_seed_that_failed_is_tried_first_the_next_time(simulations: Simulations) -> None:
    """Whichever seeds are asked for then."""
    simulations.run("--seeds", "9", trial=fails_at_three)

    again = simulations.run("--seeds", "2", "--first-seed", "50", trial=fails_at_three)

    assert again.exit_code == 1
    assert simulations.written()["seeds"] == 1


def test_to_keep_going_is_to_try_all(simulations: Simulations) -> None:
    """And then it fails all the same."""
    result = simulations.run("--seeds", "9", "--keep-going", trial=fails_at_three)

    assert (result.exit_code, simulations.written()["seeds"]) == (1, 9)


@pytest.mark.parametrize(
    ("arguments", "trial", "code", "verdict"),
    [
        (["--seeds", "2"], all_is_well, 0, "pass"),
        (["--seeds", "4"], fails_at_three, 1, "fail"),
        (["--seeds", "2"], is_calm, 3, "inconclusive"),
        (["--seeds", "4"], dies_at_three, 4, "unsound"),
        (["--seeds", "2", "--check-determinism"], never_the_same, 4, "unsound"),
    ],
)
def test_each_end_has_its_exit_code_and_its_word(
    simulations: Simulations, arguments: list[str], trial: Trial, code: int, verdict: str
) -> None:
    """Continuous integration reads the one, a person the other."""
    result = simulations.run(*arguments, "--quiet", trial=trial)

    assert (result.exit_code, result.stdout) == (code, f"{simulations.file}: {verdict}\n")
    assert simulations.written()["exit_code"] == code


def test_json_is_all_that_is_printed_when_asked_for(simulations: Simulations) -> None:
    """So that it can be piped."""
    result = simulations.run("--seeds", "2", "--json", trial=all_is_well)

    assert json.loads(result.stdout) == simulations.written()


def test_every_seed_can_be_run_twice_and_compared(simulations: Simulations) -> None:
    """The second time other worlds have been before it in its process."""
    result = simulations.run("--seeds", "3", "--check-determinism")

    assert result.exit_code == 0, result.output
    assert (simulations.written()["seeds"], simulations.written()["unlike"]) == (3, [])


def test_where_two_runs_part_is_said(simulations: Simulations) -> None:
    """The seed, and then the first event that differs, if it differs once more."""
    result = simulations.run("--seeds", "2", "--check-determinism", trial=never_the_same)

    assert "two runs of a seed differed: 1" in result.stdout
    assert "this time both runs were the same" in result.stdout


def test_bad_input_is_told_plainly_before_anything_runs(simulations: Simulations, tmp_path: Path) -> None:
    """A scenario that is not there, and a file of failing seeds that is something else."""
    nowhere = CliRunner().invoke(simulate, ["nowhere", "--out", str(tmp_path / "no")])
    simulations.out.mkdir()
    (simulations.out / FILE_NAME).write_text("[]", "utf-8")
    spoilt = simulations.run()

    assert (nowhere.exit_code, spoilt.exit_code) == (2, 2)
    assert "nowhere" in nowhere.stderr
    assert f"{simulations.out / FILE_NAME}: expected" in spoilt.stderr
    assert "Traceback" not in nowhere.output + spoilt.output
    assert not (tmp_path / "no").exists()
    assert not (simulations.out / RESULT_NAME).exists()


@pytest.mark.parametrize("arguments", [["--seeds", "0"], ["--first-seed", "-1"], ["--workers", "0"]])
def test_numbers_out_of_bounds_are_refused(simulations: Simulations, arguments: list[str]) -> None:
    """They would look like a hunt that found nothing."""
    assert simulations.run(*arguments).exit_code == 2


def test_a_broken_promise_outweighs_a_broken_harness() -> None:
    """It was seen; and where nothing was seen at all, calm proves nothing."""
    failed, died = Tally(), Tally()
    failed.add(a_trial(1, LOST))
    failed.deaths[2] = died.deaths[2] = "gone"

    assert verdict_of(failed) is Verdict.FAIL
    assert verdict_of(died) is Verdict.UNSOUND
    assert verdict_of(Tally()) is Verdict.INCONCLUSIVE


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to see every process")
@pytest.mark.parametrize("interrupt", [signal.SIGINT, signal.SIGTERM])
def test_what_was_tried_is_written_when_it_is_interrupted_and_no_process_is_left(
    tmp_path: Path, interrupt: signal.Signals
) -> None:
    """Whoever stops a long hunt has waited for it, and owns the machine afterwards."""
    mark, out = uuid4().hex, tmp_path / "out"
    out.mkdir()
    (out / FILE_NAME).write_text('{"seeds": [5]}', "utf-8")
    command = ["simulate", str(a_scenario_file(tmp_path, STORMY)), "--seeds", "100000", "--workers", "2"]
    with subprocess.Popen(
        [sys.executable, "-m", "loadtests", *command, "--out", str(out)],
        env={**os.environ, MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as hunting:
        # Seed 5 is tried first, and holds.
        asyncio.run(until(lambda: "5" not in (out / FILE_NAME).read_text("utf-8")))

        hunting.send_signal(interrupt)
        _, complaints = hunting.communicate(timeout=30)

    assert hunting.returncode == 130, complaints
    assert complaints == ""
    written = json.loads((out / RESULT_NAME).read_text("utf-8"))
    assert written["exit_code"] == 130
    assert 1 <= written["seeds"] < 100000
    assert marked_processes(mark) == []
