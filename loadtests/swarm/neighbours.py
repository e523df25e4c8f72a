"""Other engines of the same user, which share nothing with the client but a quota file."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from engine import EngineSettings, SlidesEngine
from engine.errors import SlidesError
from engine.events import Event, Fate, OperationSettled
from fakeslides.decks import Deck, workload_decks
from fakeslides.ledger import Entry
from loadtests.audit import count_commits
from loadtests.client import engine_on
from loadtests.expectation import differences, edits_of, expected_texts
from loadtests.measurements import Document, Edit, OperationRow
from loadtests.simulation.world import SimulatedWorld
from loadtests.swarm.doomed_journal import Shelf
from loadtests.swarm.lives import spec_for
from loadtests.swarm.profile import Profile
from loadtests.swarm.whims import NEIGHBOURS_CALLS_COUNT

_PAUSE_SECONDS = 8.0
_SEEDS_APART = 7_000_003


def decks_of_neighbours(profile: Profile) -> list[Deck]:
    """Return a deck for each neighbour, of one slide; none of them is the client's."""
    workload, count = profile.scenario.workload, profile.whims.neighbours
    sizes = {"presentations": workload.presentations + count, "slides": 1}
    return workload_decks(workload.model_copy(update=sizes), profile.seed)[workload.presentations :]


@asynccontextmanager
async def neighbours(
    world: SimulatedWorld, settings: EngineSettings, decks: Sequence[Deck], shelf: Shelf, seed: int
) -> AsyncIterator["Diary"]:
    """Let one engine for each deck edit it, while the block runs; yield what they tell.

    Args:
        world: where they live.
        settings: of each engine.
        decks: one for each.
        shelf: where the quota file is.
        seed: of the run.
    """
    diary = Diary()
    work = [
        asyncio.create_task(_edit(world, _engine(world, settings, shelf, seed + number, diary), deck))
        for number, deck in enumerate(decks, 1)
    ]
    try:
        yield diary
    finally:
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


class Diary:
    """What the engines of neighbours tell.

    Attributes:
        fates: of each edit, one for each call that asked for it.
    """

    def __init__(self) -> None:
        self.fates: dict[str, list[Fate]] = {}

    def tell(self, event: Event) -> None:
        """Take an event of an engine; no promise but that of the fates is about them."""
        if isinstance(event, OperationSettled):
            self.fates.setdefault(event.operation_id, []).append(event.fate)

    def write(self, name: str, facts: Mapping[str, Any]) -> None:
        """Forget a fact of the client's own."""


def untruths_of_neighbours(
    decks: Iterable[Deck],
    diary: Diary,
    ledger: Sequence[Entry],
    before: Mapping[str, Document],
    after: Mapping[str, Document],
) -> Iterator[str]:
    """Yield what neighbours were told and is not so, in words.

    Each asks for the same edits again and again, and each call of them lands once if it was told to be
    applied, never if it was told not to be, and once or never if that was left open.  What their decks say
    goes by the order of the commits: one call may have spoilt the key of an edit that lands with a later one.
    """
    for deck in decks:
        document = before[deck.presentation_id]
        edits = edits_of(document, deck.replacements)
        landed = [each for entry in _history(document, ledger) for each in _carried(edits, entry)]
        commits = Counter(edit.operation_id for edit in landed)
        for edit in edits:
            fates, count = diary.fates.get(edit.operation_id, []), commits[edit.operation_id]
            least = fates.count(Fate.APPLIED)
            if not least <= count <= least + fates.count(Fate.INDETERMINATE):
                told = ", ".join(fates) or "nothing"
                yield f"{edit.operation_id} of a neighbour was told to be {told}, and committed {count} times"
        expected = expected_texts(document, landed)
        yield from map(str, differences(expected, after[deck.presentation_id]))


def _history(document: Document, ledger: Iterable[Entry]) -> Iterator[Entry]:
    """Yield what was committed to a presentation, from revision to revision."""
    own = (each for each in ledger if each.presentation_id == document["presentationId"])
    following = {entry.revision_before: entry for entry in own if entry.committed}
    revision = document["revisionId"]
    while revision in following:
        entry = following.pop(revision)
        yield entry
        revision = entry.revision_after


def _carried(edits: Sequence[Edit], entry: Entry) -> Iterator[Edit]:
    """Yield the edits that a committed batch applied."""
    counts = count_commits([OperationRow(edit) for edit in edits], [entry])
    return (edit for edit in edits for _ in range(counts[edit.operation_id]))


async def _edit(world: SimulatedWorld, engine: SlidesEngine, deck: Deck) -> None:
    """Edit a deck a few times, whatever becomes of it."""
    async with engine:
        for _ in range(NEIGHBOURS_CALLS_COUNT):
            with suppress(SlidesError):
                await engine.replace_text(deck.presentation_id, deck.replacements)
            await world.clock.sleep(_PAUSE_SECONDS)


def _engine(
    world: SimulatedWorld, settings: EngineSettings, shelf: Shelf, seed: int, diary: Diary
) -> SlidesEngine:
    spec = spec_for(world.fake, _SEEDS_APART * seed)
    return engine_on(world.ground, spec, settings, diary, shelf.quota_file())
