import json
import os
import signal
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fakeslides.scenario.loader import load_scenario
from loadtests.commands import replay as replaying
from loadtests.commands.replay import replay
from loadtests.commands.scenarios import scenarios
from loadtests.mutants.trying import EVERY_MUTANT
from loadtests.simulation.trace import Trace
from loadtests.swarm.episode import Episode, live_through
from loadtests.swarm.profile import Profile, swarm_profile
from loadtests.swarm.promises import Broken
from tests.support.swarms import LOST, an_episode
from tests.support.worlds import a_scenario_file

STORMY = """faults:
  - {id: reset, where: {method: presentations.batchUpdate}, when: {attempt: 1}, often: {rate: 30%},
     fault: {kind: tcp.reset, point: after_commit}}"""
BROKEN = EVERY_MUTANT["lost answers leave no doubt"]


def _run(folder: Path, *arguments: str) -> Result:
    usual = [str(folder / "small.yaml"), "--out", str(folder / "out")]
    return CliRunner().invoke(replay, [*usual, *arguments])


def _first_that_breaks(file: Path) -> int:
    """Return the first seed in which a fault, and nothing else, makes the broken engine write twice."""
    scenario = load_scenario(file)
    with BROKEN.planted():
        return next(
            seed for seed in range(60) if LOST.promise in _names(live_through(swarm_profile(scenario, seed)))
        )


def _names(episode: Episode) -> list[str]:
    return [broken.promise for broken in episode.broken]


def test_a_seed_is_told_as_a_timeline_and_written_as_a_page(tmp_path: Path) -> None:
    """What happened, in a terminal and in a browser."""
    a_scenario_file(tmp_path, STORMY)

    result = _run(tmp_path, "--seed", "4")

    assert result.exit_code == 0, result.output
    assert "seed 4" in result.stdout
    assert "nothing broke" in result.stdout
    page = (tmp_path / "out" / "4.html").read_text("ascii")
    assert "<title>" in page
    assert "https://" not in page.replace("https://localhost", "")
    assert not (tmp_path / "out" / "4.yaml").exists()


def test_verbose_tells_more(tmp_path: Path) -> None:
    """Also what went well."""
    a_scenario_file(tmp_path, STORMY)

    brief, full = _run(tmp_path, "--seed", "4"), _run(tmp_path, "--seed", "4", "--verbose")

    assert len(full.stdout.splitlines()) > len(brief.stdout.splitlines())


def test_json_and_quiet_say_what_it_came_to_and_nothing_else(tmp_path: Path) -> None:
    """For machines, and for people in a hurry."""
    file = a_scenario_file(tmp_path, STORMY)

    found = json.loads(_run(tmp_path, "--seed", "4", "--json").stdout)
    quiet = _run(tmp_path, "--seed", "4", "--quiet")

    assert (found["schema_version"], found["seed"], found["broken"]) == (1, 4, [])
    assert found["digest"] == live_through(swarm_profile(load_scenario(file), 4)).digest
    assert quiet.stdout == f"{file}, seed 4: pass\n"


def test_a_seed_that_breaks_a_promise_says_so(tmp_path: Path) -> None:
    """Exit code 1, in every form."""
    seed = str(_first_that_breaks(a_scenario_file(tmp_path, STORMY)))

    with BROKEN.planted():
        told, quiet = _run(tmp_path, "--seed", seed), _run(tmp_path, "--seed", seed, "--quiet")
        found = json.loads(_run(tmp_path, "--seed", seed, "--json").stdout)

    assert (told.exit_code, quiet.exit_code) == (1, 1)
    assert "broken at" in told.stdout
    assert quiet.stdout.endswith(f"seed {seed}: fail\n")
    assert LOST.promise in [broken["promise"] for broken in found["broken"]]


def test_the_least_that_breaks_it_is_a_scenario_that_anybody_can_check_and_sweep(tmp_path: Path) -> None:
    """A few lines to hand to whoever is to mend it."""
    seed = _first_that_breaks(a_scenario_file(tmp_path, STORMY))

    with BROKEN.planted():
        result = _run(tmp_path, "--seed", str(seed), "--shrink")

    assert result.exit_code == 1, result.output
    assert "shrunk to" in result.stdout
    file = tmp_path / "out" / f"{seed}.yaml"
    checked = CliRunner().invoke(scenarios, ["check", str(file)])
    assert checked.exit_code == 0, checked.output
    assert 1 <= len(load_scenario(file).faults) <= 3
    assert load_scenario(file).workload.presentations == 1
    assert f"seed {seed}, that breaks {LOST.promise}" in file.read_text("utf-8").splitlines()[0]


def test_the_scenario_is_about_the_promise_that_broke_first_though_others_break_in_it_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shrunk for one promise and named for another, it told a wrong story."""
    a_scenario_file(tmp_path)
    sooner = Broken("NothingIsLeft", 1.0, "a lock")

    def live(profile: Profile, trace: Trace | None = None) -> Episode:
        del trace
        is_large = profile.scenario.workload.presentations > 1 or len(profile.scenario.faults) > 1
        return an_episode(profile, *((LOST,) if is_large else (sooner, LOST)))

    monkeypatch.setattr(replaying, "live_through", live)
    _run(tmp_path, "--seed", "1", "--shrink")

    text = (tmp_path / "out" / "1.yaml").read_text("utf-8")
    assert f"breaks {LOST.promise}" in text.splitlines()[0]
    assert LOST.text in text.splitlines()[1]


@pytest.mark.parametrize("interrupt", [signal.SIGINT, signal.SIGTERM])
def test_the_least_so_far_is_written_when_the_search_for_it_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, interrupt: signal.Signals
) -> None:
    """A search of many minutes was lost by Ctrl-C."""
    a_scenario_file(tmp_path)
    runs = count(1)

    def live(profile: Profile, trace: Trace | None = None) -> Episode:
        del trace
        if next(runs) == 5:
            os.kill(os.getpid(), interrupt)
        return an_episode(profile, LOST)

    monkeypatch.setattr(replaying, "live_through", live)
    result = _run(tmp_path, "--seed", "1", "--shrink")

    assert result.exit_code == 130, result.output
    assert "in 4 runs, and interrupted" in result.stdout
    assert f"breaks {LOST.promise}" in (tmp_path / "out" / "1.yaml").read_text("utf-8")
    assert (tmp_path / "out" / "1.html").exists()


def test_there_is_nothing_to_shrink_where_nothing_broke(tmp_path: Path) -> None:
    """And that is said."""
    a_scenario_file(tmp_path, STORMY)

    result = _run(tmp_path, "--seed", "4", "--shrink")

    assert result.exit_code == 0
    assert "seed 4 breaks no promise, so there is nothing to shrink" in result.stdout


def test_two_runs_of_a_seed_are_compared_when_asked_for(tmp_path: Path) -> None:
    """Event by event."""
    a_scenario_file(tmp_path, STORMY)

    result = _run(tmp_path, "--seed", "4", "--check-determinism")

    assert result.exit_code == 0
    assert "two runs of seed 4 were the same, event by event" in result.stdout


@pytest.mark.parametrize("option", [[], ["--quiet"], ["--json"]])
def test_two_runs_that_part_end_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: list[str]
) -> None:
    """Exit code 4, and where they part: a night's job that asked for the verdict only has to know it too."""
    a_scenario_file(tmp_path)
    words = iter(["a", "b"])

    def live(profile: Profile, trace: Trace | None = None) -> Episode:
        if trace is not None:
            trace.note(1.0, next(words))
        return an_episode(profile)

    monkeypatch.setattr(replaying, "live_through", live)
    result = _run(tmp_path, "--seed", "1", "--check-determinism", *option)

    assert (result.exit_code, result.stdout) == (4, "")
    assert "two runs of seed 1 differ at event 1" in result.stderr


def test_a_scenario_that_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    """Exit code 2, nothing written."""
    result = CliRunner().invoke(replay, ["nowhere", "--seed", "1", "--out", str(tmp_path / "out")])

    assert result.exit_code == 2
    assert "nowhere" in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("arguments", [[], ["--seed", "-1"], ["--seed", "x"]])
def test_a_seed_must_be_given_and_be_one(tmp_path: Path, arguments: list[str]) -> None:
    """There is no usual one."""
    a_scenario_file(tmp_path)

    assert _run(tmp_path, *arguments).exit_code == 2
