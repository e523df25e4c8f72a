"""What `deckstorm apply` was asked to do; the whole way: tests/engine/test_main.py."""

import asyncio
from pathlib import Path

import pytest

from engine.journal_options import JournalOptions
from engine.order import Done, Order, carried_out
from engine.results import WritePlan
from engine.settings import EngineSettings
from fakeslides.server import FakeSlides
from tests.support.plain_decks import KEYS, plain_deck


def _order(fake: FakeSlides | None, journal: JournalOptions | None = None) -> Order:
    endpoint, ca_file = ("https://localhost", None) if fake is None else (fake.endpoint, fake.ca_file)
    settings = EngineSettings()
    return Order("deck-a", dict(KEYS), journal or JournalOptions(), settings, endpoint, ca_file, None)


async def _carried_out(fake: FakeSlides, monkeypatch: pytest.MonkeyPatch, *, dry_run: bool) -> Done:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(fake.credentials_file))
    return await asyncio.to_thread(carried_out, _order(fake), pytest.fail, dry_run=dry_run)


async def test_an_order_comes_to_a_report(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is complained about."""
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        done = await _carried_out(fake, monkeypatch, dry_run=False)

    assert done.result is not None
    assert done.result.applied
    assert not done.was_stopped


async def test_a_dry_run_comes_to_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same order, and nothing is written."""
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        done = await _carried_out(fake, monkeypatch, dry_run=True)

    assert isinstance(done.result, WritePlan)


def test_a_dry_run_needs_no_journal(tmp_path: Path) -> None:
    """It would be begun, and hold nothing."""
    order = _order(None, JournalOptions(tmp_path / "journal"))

    with pytest.raises(ValueError, match="leave --journal out"):
        carried_out(order, pytest.fail, dry_run=True)

    assert not (tmp_path / "journal").exists()


def test_an_interrupt_where_no_signal_can_be_heeded_is_told_all_the_same(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Event loops of Windows raise KeyboardInterrupt."""
    told: list[str] = []

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("engine.order.default_credentials", interrupted)

    done = carried_out(_order(None, JournalOptions(tmp_path / "journal")), told.append, dry_run=False)

    assert done == Done(None, was_stopped=True)
    assert told[0].startswith("interrupted; 0 edits applied")
    assert told[0].endswith("; --resume goes on from here")
