"""A write whose answer is lost is applied once and reported truthfully, whichever way it was lost."""

import pytest

from engine.events import AttemptOutcome, Fate
from fakeslides.decks.deck import Deck
from fakeslides.scenario.model import Scenario
from tests.support.engines import assert_nothing_left
from tests.support.plain_decks import plain_deck
from tests.support.real_engines import Outdoors, outdoors
from tests.support.virtual_worlds import edited
from tests.support.weather import weather

LOSSES = [
    ("tcp.reset", "before_commit"),
    ("tcp.reset", "after_commit"),
    ("tcp.reset", "mid_body"),
    ("tls.record_corrupt", "before_commit"),
    ("tls.record_corrupt", "after_commit"),
    ("tls.record_corrupt", "mid_body"),
]


@pytest.mark.parametrize(("kind", "point"), LOSSES)
async def test_a_lost_answer_costs_no_edit_and_doubles_none(kind: str, point: str) -> None:
    """Before or after the commit looks the same from here; only the server's ledger knows."""
    async with outdoors(struck(kind, point), three_decks(), speed=50.0) as world:
        await world.edit_all()
        assert_nothing_left(world.engine)

    assert_written_once(world, writes_per_deck=1)


@pytest.mark.parametrize(("kind", "point"), LOSSES)
def test_nor_does_it_among_many_writes_in_virtual_time(kind: str, point: str) -> None:
    """One write for each edit makes answers to lose enough, also in the midst of others."""
    world = edited(struck(kind, point), three_decks(), batch_strategy="sequential")

    assert_written_once(world, writes_per_deck=4)


def struck(kind: str, point: str) -> Scenario:
    """Return a scenario in which every third write is struck."""
    return weather({"kind": kind, "point": point}, often={"every": 3})


def three_decks() -> list[Deck]:
    """Return the decks to edit."""
    return [plain_deck(f"deck-{number}", 2) for number in range(3)]


def assert_written_once(world: Outdoors, writes_per_deck: int) -> None:
    """Fail unless something was struck, and everything landed once all the same."""
    assert world.fake.fault_counts()["struck"]["fired"] > 0
    assert all(report.applied for report in world.reports)
    assert all(world.texts(deck) == {"Ada 12 €"} for deck in world.decks)
    assert [len(world.commits_of(deck)) for deck in world.decks] == [writes_per_deck] * 3


async def test_a_corrupted_record_is_seen_as_a_tls_failure_and_absorbed() -> None:
    """The error of the incident must be counted, and must not surface."""
    corrupted = weather({"kind": "tls.record_corrupt", "point": "before_commit"}, often={"count": 1})

    async with outdoors(corrupted, [plain_deck("deck-0")], speed=50.0) as world:
        (report,) = await world.edit_all()

    failed = [attempt for attempt in world.attempts() if attempt.outcome is AttemptOutcome.UNKNOWN]
    assert [attempt.error_class for attempt in failed] == ["RecordLayerFailure"]
    assert failed[0].is_tls_failure
    assert report.applied


async def test_a_write_that_landed_is_recognised_by_its_text_when_no_retry_is_left() -> None:
    """What was applied and never answered can still be seen."""
    lost = weather({"kind": "tcp.reset", "point": "after_commit"})

    async with outdoors(lost, [plain_deck("deck-0")], batch_retry_attempts=0) as world:
        (report,) = await world.edit_all()

    assert report.applied
    assert len(world.commits_of(world.decks[0])) == 1


async def test_a_write_that_nothing_can_be_seen_of_is_called_indeterminate() -> None:
    """A copy may still be on its way, so neither word would be true."""
    lost = weather({"kind": "tcp.reset", "point": "before_commit"})

    async with outdoors(lost, [plain_deck("deck-0")], batch_retry_attempts=0) as world:
        (report,) = await world.edit_all()

    assert {operation.fate for operation in report.operations} == {Fate.INDETERMINATE}
