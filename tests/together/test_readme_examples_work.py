"""The programs in the README, run word for word against the fake."""

import asyncio
import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import engine
from fakeslides.server import FakeSlides
from tests.support.loopback import only_loopback
from tests.support.plain_decks import plain_deck, texts_of

pytestmark = pytest.mark.usefixtures(only_loopback.__name__)

README = Path(__file__).resolve().parents[2].joinpath("README.md").read_text("utf-8")
OFFICIAL, _WITH_PYTEST, OURS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlides]:
    """Return a running fake with one deck."""
    async with FakeSlides(decks=[plain_deck("deck-a")]) as running:
        yield running


async def test_the_official_client_of_the_readme_reads_a_deck(
    fake: FakeSlides, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is what a person with a client of their own copies first."""
    names = {
        "CREDENTIALS_FILE": str(fake.credentials_file),
        "CA_FILE": str(fake.ca_file),
        "ENDPOINT": fake.endpoint,
        "PRESENTATION": "deck-a",
    }

    await asyncio.to_thread(_run_and_close, OFFICIAL, names)

    assert capsys.readouterr().out == "Plain\n"


async def test_the_engine_of_the_readme_edits_a_deck(
    fake: FakeSlides, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is what a service that fills decks begins with."""
    at_the_fake = partial(engine.SlidesEngine, endpoint=fake.endpoint, ca_file=fake.ca_file)
    monkeypatch.setattr(engine, "SlidesEngine", at_the_fake)
    names: dict[str, Any] = {}
    exec(OURS.replace('"key.json"', repr(str(fake.credentials_file))), names)

    await names["fill"]("deck-a")

    assert capsys.readouterr().out == "deck-a-s0 ['applied']\ndeck-a-s1 ['applied']\n"
    assert all(text.startswith("Ada Ltd ") for text in texts_of(fake.store.get("deck-a").to_json()))


def _run_and_close(program: str, names: dict[str, Any]) -> None:
    exec(program, names)
    names["slides"].close()
