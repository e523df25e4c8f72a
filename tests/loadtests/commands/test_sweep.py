import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loadtests.commands.sweep import sweep
from tests.support.runs import a_document
from tests.support.worlds import a_scenario_file

NEVER = """faults:
  - {id: never, where: {method: presentations.create}, often: {rate: 100%},
     fault: {kind: tcp.reset, point: before_commit}, expect_fired: {at_least: 1}}"""


def _run(folder: Path, *arguments: str, **environment: str) -> Result:
    usual = ["--strategy", "coalesced", "--concurrency", "3", "--out", str(folder / "out")]
    return CliRunner().invoke(sweep, [*arguments, *usual], env=environment)


def test_a_sweep_ends_with_table_files_and_verdict(tmp_path: Path) -> None:
    """The main job, at its smallest."""
    result = _run(tmp_path, str(a_scenario_file(tmp_path)))

    assert result.exit_code == 0, result.output
    assert "verdict: pass" in result.stdout
    assert json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))["scenario"] == "small"
    assert len((tmp_path / "out" / "attempts.ndjson").read_text("utf-8").splitlines()) == 4


def test_json_is_all_that_is_printed_when_asked_for(tmp_path: Path) -> None:
    """So that it can be piped."""
    result = _run(tmp_path, str(a_scenario_file(tmp_path)), "--json")

    assert json.loads(result.stdout)["verdict"] == "pass"


def test_a_weather_that_did_not_happen_is_inconclusive(tmp_path: Path) -> None:
    """Exit code 3, never a pass."""
    result = _run(tmp_path, str(a_scenario_file(tmp_path, NEVER)), "--quiet")

    assert (result.exit_code, result.stdout) == (3, "small: inconclusive\n")


def test_every_report_says_that_the_weather_did_not_happen(tmp_path: Path) -> None:
    """Whichever of them somebody reads: how often the fault might have struck, and that it did not."""
    result = _run(tmp_path, str(a_scenario_file(tmp_path, NEVER)))

    (setting,) = json.loads((tmp_path / "out" / "results.json").read_text("utf-8"))["settings"]
    assert [(fault["id"], fault["matched"], fault["fired"]) for fault in setting["faults"]] == [
        ("never", 0, 0)
    ]
    assert "| never | 0 | 0 | 0 of 1 | 0 | 1 |" in (tmp_path / "out" / "summary.md").read_text("utf-8")
    assert 'name="never.fired" value="0"' in (tmp_path / "out" / "junit.xml").read_text("utf-8")
    assert ["never", "0", "0", "0", "of", "1", "0", "1"] in [
        line.split() for line in result.stdout.splitlines()
    ]


def test_a_weather_that_did_not_happen_is_inconclusive_though_nobody_asked_for_it(tmp_path: Path) -> None:
    """A rule whose `where` means nothing must not turn a storm into a green run."""
    forgotten = NEVER.replace(", expect_fired: {at_least: 1}", "")

    result = _run(tmp_path, str(a_scenario_file(tmp_path, forgotten)), "--quiet")

    assert (result.exit_code, result.stdout) == (3, "small: inconclusive\n")


def test_load_that_had_to_strike_and_did_not_is_inconclusive(tmp_path: Path) -> None:
    """A quota that nobody ran into shows nothing of how a client behaves when it does."""
    roomy = "server: {quota: {writes_per_user: 1000}, expect_fired: {quota: {at_least: 1}}}"

    result = _run(tmp_path, str(a_scenario_file(tmp_path, roomy)), "--quiet")

    assert (result.exit_code, result.stdout) == (3, "small: inconclusive\n")


def test_a_saved_deck_is_what_is_edited(tmp_path: Path) -> None:
    """Somebody's own deck, not the scenario's: each of its two keys is asked for on both of its slides."""
    deck = tmp_path / "deck.json"
    deck.write_text(json.dumps(a_document({"s1": "{{name}}, {{place}}", "s2": "{{name}}"})), "utf-8")

    result = _run(tmp_path, str(a_scenario_file(tmp_path)), "--deck", str(deck), "--json")

    (setting,) = json.loads(result.stdout)["settings"]
    assert result.exit_code == 0, result.output
    assert (setting["metrics"]["operations"], setting["metrics"]["deck_differences"]) == (4, 0)
    attempts = map(json.loads, (tmp_path / "out" / "attempts.ndjson").read_text("utf-8").splitlines())
    assert {attempt["presentation_id"] for attempt in attempts} == {"deck"}


def test_one_deck_given_twice_is_refused(tmp_path: Path) -> None:
    """It came out as a failed gate, as if the client had edited everything twice."""
    deck = tmp_path / "deck.json"
    deck.write_text(json.dumps(a_document({"s1": "{{name}}"})), "utf-8")

    result = _run(tmp_path, "calm", "--deck", str(deck), "--deck", str(deck))

    assert (result.exit_code, result.stdout) == (2, "")
    assert f"{deck}: presentationId: deck is in {deck} already" in result.stderr


def test_a_deck_without_anything_to_replace_is_inconclusive(tmp_path: Path) -> None:
    """Every count is 0 then, and every gate on a count would hold."""
    deck = tmp_path / "deck.json"
    deck.write_text(json.dumps(a_document({"s1": "nothing to do"})), "utf-8")

    result = _run(tmp_path, str(a_scenario_file(tmp_path)), "--deck", str(deck), "--quiet")

    assert (result.exit_code, result.stdout) == (3, "small: inconclusive\n")


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["nowhere"], {}, "nowhere"),
        (["calm", "--deck", "nowhere.json"], {}, "nowhere.json"),
        (["calm"], {"SCALAPAY_BATCH_RETRY_ATTEMPTS": "often"}, "SCALAPAY_BATCH_RETRY_ATTEMPTS"),
        (["calm"], {"SCALAPAY_MAX_CONCURRENT_SLIDES": "lots"}, "SCALAPAY_MAX_CONCURRENT_SLIDES"),
    ],
)
def test_bad_input_is_told_plainly_before_anything_runs(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    """One message that names the place, exit code 2, no traceback, no results."""
    result = _run(tmp_path, *arguments, **environment)

    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output
    assert not (tmp_path / "out").exists()
