"""The command: what it prints, how it ends, and what it says of bad input."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from fakeslides.__main__ import serve

SMALL = "version: 1\npromise: p\nworkload: {presentations: 2, slides: 1, replacements: 1}\n"


@contextmanager
def serving(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run the command as a process of its own."""
    command = [sys.executable, "-m", "fakeslides", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        yield process
        if process.poll() is None:
            process.kill()


@pytest.fixture
def small(tmp_path: Path) -> str:
    """Return the path of a small scenario."""
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, "utf-8")
    return str(path)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_one_line_of_json_is_all_a_harness_needs(small: str, number: int, code: int) -> None:
    """Ready when printed, open to whoever has what is in it, and gone when told."""
    with serving(small, "--json") as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        trusting = ssl.create_default_context(cafile=ready["ca_file"])
        deck = f"{ready['endpoint']}/v1/presentations/{ready['presentations'][0]}"
        with pytest.raises(urllib.error.HTTPError, match="401"):
            urllib.request.urlopen(deck, context=trusting)
        bearer = {"Authorization": f"Bearer {ready['access_token']}"}
        with urllib.request.urlopen(urllib.request.Request(deck, headers=bearer), context=trusting) as answer:
            served = json.load(answer)
        process.send_signal(number)
        output, errors = process.communicate(timeout=20)

    assert set(ready) == {
        "endpoint", "ca_file", "credentials_file", "access_token", "presentations",
        "admin_url", "admin_token",
    }  # fmt: skip
    assert len(ready["presentations"]) == 2
    assert served["presentationId"] == ready["presentations"][0]
    assert (process.returncode, output, errors) == (code, "", "")
    assert not Path(ready["ca_file"]).exists()


def test_serves_saved_decks_in_place_of_the_workload(small: str, tmp_path: Path) -> None:
    """What breaks a client may be in somebody's own deck only."""
    files = [tmp_path / f"{name}.json" for name in ("one", "two")]
    for file in files:
        file.write_text(json.dumps({"presentationId": file.stem, "title": f"my {file.stem}"}), "utf-8")

    with serving(small, "--json", *(part for file in files for part in ("--deck", str(file)))) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        asked = urllib.request.Request(
            f"{ready['admin_url']}/presentations/two",
            headers={"Authorization": f"Bearer {ready['admin_token']}"},
        )
        with urllib.request.urlopen(asked) as answer:
            served = json.load(answer)

    assert ready["presentations"] == ["one", "two"]
    assert served["title"] == "my two"


def test_its_clock_can_be_told_to_run_fast_without_a_scenario_too() -> None:
    """Whoever said so got a calm server in real time, and no word about it."""
    with serving("--time-scale", "1/20") as process:
        assert process.stdout is not None
        for line in iter(process.stdout.readline, ""):
            if "its clock runs" in line or "curl --cacert" in line:
                break

    assert "its clock runs 20 times as fast as yours" in line


def test_says_what_to_install_where_the_testbed_is_missing(tmp_path: Path) -> None:
    """The base install carries this package too, and ended in a traceback."""
    (tmp_path / "trustme.py").write_text("raise ModuleNotFoundError('gone', name='trustme')", "utf-8")

    ended = subprocess.run(
        [sys.executable, "-m", "fakeslides"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    said = "python -m fakeslides needs trustme, which is not installed; install it with: pip install"
    assert (ended.returncode, ended.stderr) == (2, f"{said} 'deckstorm[testbed]'\n")


def test_tells_a_person_how_to_point_clients_at_it(small: str, tmp_path: Path) -> None:
    """Whoever starts it wants to use it, and not to read the source first."""
    with serving(small, "--state-dir", str(tmp_path / "state")) as process:
        assert process.stdout is not None
        text = "".join(iter(process.stdout.readline, "")) if process.poll() else ""
        while "curl --cacert" not in text:
            text += process.stdout.readline()
        process.send_signal(signal.SIGINT)
        farewell, errors = process.communicate(timeout=20)

    for told in (
        "https://localhost:",
        "ca.pem",
        "service-account.json",
        "HTTPLIB2_CA_CERTS",
        "NODE_EXTRA_CA_CERTS",
        "/#token=",
    ):
        assert told in text
    assert farewell.endswith("\nNo call of the API came.\n")
    assert process.returncode == 130
    assert errors == ""
    assert (tmp_path / "state" / "ca.pem").exists()


def test_a_reader_that_is_gone_does_not_spoil_the_end(small: str) -> None:
    """In `deckstorm serve | tee log` one Ctrl-C ends both, and `tee` is the quicker one."""
    with serving(small) as process:
        assert process.stdout is not None
        while "Google Slides, faked" not in process.stdout.readline():
            pass
        process.stdout.close()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
        assert process.stderr is not None
        errors = process.stderr.read()

    assert (process.returncode, errors) == (130, "")


def test_a_port_in_use_is_said_in_one_line() -> None:
    """It is the most likely thing to go wrong."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with serving("--port", port) as process:
            _, errors = process.communicate(timeout=20)

    assert process.returncode == 2
    assert errors == f"deckstorm serve: --port {port}: Address already in use; choose another port, or 0\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["no_such_scenario"], "no scenario 'no_such_scenario'"),
        (["--time-scale", "20"], "is not a time scale"),
        (["--port", "99999"], "99999"),
        (["--deck", "nowhere.json"], "nowhere.json"),
        (["--seed", "x"], "x"),
        (["--state-dir", "/proc/x"], "/proc/x: No such file or directory; choose a folder that can be"),
    ],
)
def test_bad_input_is_told_and_ends_with_two(arguments: list[str], says: str) -> None:
    """One message that names the place, and no traceback."""
    result = CliRunner().invoke(serve, arguments)

    assert result.exit_code == 2
    assert says in result.output
    assert "Traceback" not in result.output


def test_a_broken_scenario_is_told_with_file_and_line(tmp_path: Path) -> None:
    """The message is the loader's."""
    path = tmp_path / "broken.yaml"
    path.write_text("version: 1\npromise: p\nseeed: 1\n", "utf-8")

    result = CliRunner().invoke(serve, [str(path)])

    assert result.exit_code == 2
    assert f"{path}:3: seeed: is not a known key; did you mean seed?" in result.output


def test_a_file_that_is_no_deck_is_told(tmp_path: Path) -> None:
    """Somebody gave the wrong JSON."""
    path = tmp_path / "list.json"
    path.write_text("[]", "utf-8")

    result = CliRunner().invoke(serve, ["--deck", str(path)])

    assert result.exit_code == 2
    assert "list.json" in result.output
