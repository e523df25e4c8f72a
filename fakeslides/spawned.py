"""A fake in a process of its own, so that its user's loop, threads and load do not matter to it."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO

from fakeslides.control import Control

_PATIENCE_SECONDS = 10.0


class SpawnError(Exception):
    """The fake did not start; the text is what it said."""


@dataclass(frozen=True, slots=True)
class SpawnedFake:
    """A running fake.

    Attributes:
        endpoint: the API's address, `https://localhost:PORT`.
        ca_file: the certificate to trust.
        credentials_file: a service account's key file.
        presentations: the ids of the decks it began with.
        admin_url: the admin API's address.
        admin_token: what the admin API wants to see.
        process: where it runs.
    """

    endpoint: str
    ca_file: Path
    credentials_file: Path
    presentations: list[str]
    admin_url: str
    admin_token: str
    process: "subprocess.Popen[str]"

    @property
    def control(self) -> Control:
        """What looks into the fake and changes its weather."""
        return Control(self.admin_url, self.admin_token)

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables for programs that take credentials and trust from their environment."""
        trusting = ("REQUESTS_CA_BUNDLE", "HTTPLIB2_CA_CERTS", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE")
        return dict.fromkeys(trusting, str(self.ca_file)) | {
            "GOOGLE_APPLICATION_CREDENTIALS": str(self.credentials_file)
        }


@contextmanager
def spawned_fake(scenario: str | Path | None = None) -> Iterator[SpawnedFake]:
    """Run a fake for the length of a `with` block.

    Args:
        scenario: a file, the name of one that ships, or the text of one; None is calm.

    Raises:
        SpawnError: it did not start.
    """
    with TemporaryDirectory(prefix="fakeslides-") as name, (Path(name) / "stderr").open("w+") as complaints:
        command = [sys.executable, "-m", "fakeslides", *_named(scenario, Path(name)), "--json"]
        # A pipe that nobody reads would hang the fake once it is full.
        with subprocess.Popen(  # noqa: S603 # this very program
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints, text=True
        ) as process:
            try:
                yield _ready(process, complaints)
            finally:
                _stop(process)


class FakePool:
    """Fakes that are started once for each scenario, and lent out again as if just started."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._fakes: dict[str, tuple[SpawnedFake, Mapping[str, Any]]] = {}

    def lend(self, scenario: str | Path | None = None) -> SpawnedFake:
        """Return a fake, whatever became of it before.

        Args:
            scenario: as for `spawned_fake`.

        Raises:
            SpawnError: it did not start.
        """
        known = self._fakes.get(str(scenario))
        if known is not None and known[0].process.poll() is None:
            fake, at_start = known
            fake.control.replace_scenario(at_start)
            fake.control.reset()
            return fake
        fake = self._stack.enter_context(spawned_fake(scenario))
        self._fakes[str(scenario)] = fake, fake.control.current_scenario()
        return fake

    def close(self) -> None:
        """End all of them."""
        self._stack.close()


def _named(scenario: str | Path | None, folder: Path) -> list[str]:
    """Return the argument that names a scenario; the text of one is written into a file."""
    if scenario is None:
        return []
    if isinstance(scenario, Path) or "\n" not in scenario:
        return [str(scenario)]
    path = folder / "scenario.yaml"
    path.write_text(scenario, "utf-8")
    return [str(path)]


def _ready(process: "subprocess.Popen[str]", complaints: TextIO) -> SpawnedFake:
    """Wait for the one line that the fake prints when it serves."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        process.wait()
        complaints.seek(0)
        raise SpawnError(complaints.read().strip() or f"it ended with exit code {process.returncode}")
    ready = json.loads(line)
    return SpawnedFake(
        endpoint=ready["endpoint"],
        ca_file=Path(ready["ca_file"]),
        credentials_file=Path(ready["credentials_file"]),
        presentations=ready["presentations"],
        admin_url=ready["admin_url"],
        admin_token=ready["admin_token"],
        process=process,
    )


def _stop(process: "subprocess.Popen[str]") -> None:
    process.terminate()
    try:
        process.communicate(timeout=_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
