"""Records of journals, and engines that write them, for tests."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from unittest.mock import patch

from engine.events import AttemptOutcome, Event, Fate
from engine.journal.digests import digest_of_map
from engine.journal.file import Journal
from engine.journal.records import (
    Answered,
    CallBegun,
    Intended,
    Record,
    Settled,
    decode,
    encode,
)
from engine.results import BatchReport
from tests.support.engines import DECK, pretend_engine
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import PretendSlides

TEXT_MAP = {"go": "go go", "{{b}}": "Bob"}


def begun(*names: str, call: int = 1, presentation_id: str = DECK, is_redacted: bool = False) -> CallBegun:
    """Return the beginning of a call with one operation for each name."""
    operations = tuple((name, f"slide of {name}", (f"page of {name}",), 0) for name in names)
    text_map = None if is_redacted else tuple(TEXT_MAP.items())
    return CallBegun(
        call, presentation_id, 1e9, "per_slide", 100, operations, "s", digest_of_map(TEXT_MAP, "s"), text_map
    )


def intended(*names: str, fence: str = "r1", attempt: int = 1, at: float = 1e9) -> Intended:
    """Return the intent of a batch with one request for each operation."""
    requests = tuple((name,) for name in names)
    return Intended(1, names[0], requests, attempt, fence, "body", "before", "after", {}, at)


def answered(name: str, outcome: AttemptOutcome, *, is_in_doubt: bool = False) -> Answered:
    """Return what came of the batch that begins with an operation."""
    return Answered(1, name, outcome, is_in_doubt)


def settled(*names: str, fate: Fate) -> Settled:
    """Return the fate of operations."""
    return Settled(1, names, fate)


def rewrite(path: Path, *records: Record) -> None:
    """Let a journal hold these records and no others."""
    path.write_bytes(b"".join(map(encode, records)))


def records_of(path: Path) -> list[Record]:
    """Return what a journal holds."""
    return decode(path.read_bytes(), "journal")[0]


async def edit_with(
    path: Path,
    slides: PretendSlides,
    *,
    resumes: bool = False,
    times: int = 1,
    text_map: Mapping[str, str] = MappingProxyType(TEXT_MAP),
    clock: RunningClock | None = None,
    listeners: Sequence[list[Event]] = (),
    redacts_texts: bool = False,
    tenant: str | None = None,
    journal: Journal | None = None,
    **settings: object,
) -> BatchReport:
    """Edit `slides` to the end, or go on with it, perhaps several times, with `journal` or one at `path`."""
    clock = clock or RunningClock()
    held = Journal(path, redacts_texts=redacts_texts) if journal is None else nullcontext(journal)
    with held as opened:
        engine = pretend_engine(slides, clock, listeners=[events.append for events in listeners], **settings)
        engine._desk = replace(engine._desk, journal=opened)
        for _ in range(times):
            do = engine.resume if resumes else engine.replace_text
            work = do(DECK, text_map, tenant=tenant)
            task = asyncio.create_task(work)
            with patch("asyncio.to_thread", at_once):
                await clock.run(task)
        return await task


async def at_once(sync: Callable[..., None], *arguments: int) -> None:
    """Stand in for a thread, whose time a manual clock knows nothing of."""
    sync(*arguments)


def cut_after(path: Path, kind: type, number: int = 1) -> None:
    """Let a journal end after its `number`th record of a kind, as if the process had died then."""
    kept: list[Record] = []
    left_count = number
    for record in records_of(path):
        kept.append(record)
        left_count -= isinstance(record, kind)
        if left_count == 0:
            break
    rewrite(path, *kept)
