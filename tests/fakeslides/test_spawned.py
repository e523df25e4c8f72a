"""A fake in its own process: how it starts, and that it always ends."""

import signal
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from fakeslides.spawned import FakePool, SpawnedFake, SpawnError, spawned_fake

ONE_DECK = "version: 1\npromise: p\nworkload: {presentations: 1, slides: 1, replacements: 1}\n"


def status_of(fake: SpawnedFake, path: str) -> int:
    """Ask the API without a token, with TLS verified."""
    trusting = ssl.create_default_context(cafile=fake.ca_file)
    try:
        with urllib.request.urlopen(fake.endpoint + path, context=trusting) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


class TestOneFake:
    def test_serves_for_the_length_of_a_block_and_then_is_gone(self) -> None:
        """Neither process nor files stay behind."""
        with spawned_fake(ONE_DECK) as fake:
            status = status_of(fake, f"/v1/presentations/{fake.presentations[0]}")

        assert status == 401
        assert fake.process.returncode == 0
        assert not fake.ca_file.exists()

    def test_is_gone_after_an_exception_too(self) -> None:
        """A test that fails leaves no process behind."""
        with pytest.raises(ZeroDivisionError), spawned_fake(ONE_DECK) as fake:
            _ = 1 / 0

        assert fake.process.returncode == 0

    def test_one_that_does_not_listen_is_killed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A fake that hangs must not hang its user."""
        monkeypatch.setattr("fakeslides.spawned._PATIENCE_SECONDS", 0.05)

        with spawned_fake(ONE_DECK) as fake:
            fake.process.send_signal(signal.SIGSTOP)

        assert fake.process.returncode == -signal.SIGKILL

    def test_does_not_hang_however_much_it_says_on_its_standard_error(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A pipe that nobody reads takes 64 KB, which a few dozen tracebacks fill."""
        monkeypatch.setenv("PYTHONVERBOSE", "1")  # a line for each of hundreds of modules

        with spawned_fake(ONE_DECK) as fake:
            assert status_of(fake, "/v1/presentations/x") == 401

    def test_tells_other_programs_whom_to_trust_and_who_to_be(self) -> None:
        """By the variables that they look at anyway."""
        with spawned_fake(ONE_DECK) as fake:
            environment = fake.environment

            program = (
                "import google.auth, ssl, os;"
                "credentials, project = google.auth.default();"
                "ssl.create_default_context(cafile=os.environ['REQUESTS_CA_BUNDLE']); print(project)"
            )
            told = subprocess.run(
                [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
            )

        assert told.stdout == "deckstorm-fake\n"

    @pytest.mark.parametrize(
        ("scenario", "says"),
        [
            ("production_accident", "did you mean production_incident?"),
            (ONE_DECK + "seeed: 1\n", "scenario.yaml:4: seeed: is not a known key; did you mean seed?"),
        ],
    )
    def test_one_that_does_not_start_says_why(self, scenario: str, says: str) -> None:
        """In the words of the command, without a traceback."""
        with pytest.raises(SpawnError) as caught, spawned_fake(scenario):
            pytest.fail("the block must not begin")

        assert says in str(caught.value)
        assert "Traceback" not in str(caught.value)


class TestPool:
    @pytest.fixture
    def pool(self) -> Iterator[FakePool]:
        """Return a pool that ends with the test."""
        with closing(FakePool()) as pool:
            yield pool

    def test_lends_the_same_fake_again_as_if_just_started(self, pool: FakePool) -> None:
        """Starting one takes a second; a thousand tests must not take a thousand."""
        first = pool.lend(ONE_DECK)
        first.control.replace_scenario("version: 1\npromise: other\n")
        first.control.inject({"kind": "tcp.reset"}, 60.0)
        status_of(first, "/v1/presentations/x")

        again = pool.lend(ONE_DECK)

        assert again is first
        assert (again.control.fired(), again.control.ledger()) == ({}, [])
        assert again.control.current_scenario()["promise"] == "p"

    def test_starts_another_for_another_scenario_and_in_place_of_one_that_died(self, pool: FakePool) -> None:
        """A test may kill what it was lent."""
        first, calm = pool.lend(ONE_DECK), pool.lend(None)
        assert calm.endpoint != first.endpoint

        first.process.kill()
        first.process.wait()
        again = pool.lend(ONE_DECK)

        assert status_of(again, "/v1/presentations/x") == 401

    def test_takes_a_file_too(self, pool: FakePool, tmp_path: Path) -> None:
        """Projects keep their weather in files."""
        file = tmp_path / "mine.yaml"
        file.write_text(ONE_DECK, "utf-8")

        assert len(pool.lend(file).presentations) == 1
