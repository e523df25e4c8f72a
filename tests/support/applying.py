"""`deckstorm apply` beside a fake, within the test's own process."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

from click.testing import CliRunner, Result

from engine.__main__ import apply
from fakeslides.ledger import Entry
from fakeslides.server import FakeSlides
from tests.support.weather import weather

STALLED = weather({"kind": "http.stall", "point": "before_commit"})
BOX = {"createShape": {"shapeType": "TEXT_BOX", "elementProperties": {"pageObjectId": "deck-a-s0"}}}


def environment_for(fake: FakeSlides | None) -> dict[str, str]:
    """Return the variables that name the fake's credentials; without a fake there are none to be found."""
    found = {} if fake is None else {"GOOGLE_APPLICATION_CREDENTIALS": str(fake.credentials_file)}
    return {"NO_GCE_CHECK": "true", **found}


def where(fake: FakeSlides) -> list[str]:
    """Return the options that lead to the fake."""
    return ["--endpoint", fake.endpoint, "--ca", str(fake.ca_file)]


async def apply_beside(
    fake: FakeSlides | None, *arguments: object, env: Mapping[str, str] | None = None
) -> Result:
    """Run the command beside the fake; it brings an event loop of its own."""
    options = [] if fake is None else where(fake)
    command = [*map(str, arguments), *options]
    environment = {**environment_for(fake), **(env or {})}
    return await asyncio.to_thread(CliRunner().invoke, apply, command, env=environment)


def requests_file(folder: Path, *requests: object) -> Path:
    """Write a list of requests to a file."""
    file = folder / "requests.json"
    file.write_text(json.dumps({"requests": requests}), "utf-8")
    return file


def writes_of(fake: FakeSlides) -> list[Entry]:
    """Return the writes that arrived at the fake."""
    return [entry for entry in fake.ledger if entry.method == "presentations.batchUpdate"]


def assert_one_message(result: Result, expected: str) -> None:
    """Fail unless the command ended with exit code 2 and a single line that says `expected`."""
    assert result.exit_code == 2
    assert expected in result.output
    assert len(result.output.splitlines()) == 1
    assert "Traceback" not in result.output
