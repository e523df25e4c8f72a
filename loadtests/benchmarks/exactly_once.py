"""Whether every edit lands exactly once, or its fate is told truthfully, on the real server over real TLS.

    python -m loadtests.benchmarks.exactly_once

Twenty thousand edits in weather that loses requests and answers, lets copies arrive late, edits beside the
client, poisons requests and storms with 429 and 503.  A client that retries blindly goes through the same
weather, which shows that the audit can see what it looks for.  The exit code is 1 if this is not proven.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import click
from google.oauth2 import service_account
from rich.console import Console
from rich.progress import Progress

from engine import EngineSettings, SlidesEngine, SlidesError
from engine.clock import MonotonicClock
from fakeslides.clock import ServerClock
from fakeslides.decks import Deck, workload_decks
from fakeslides.scenario.model import Scenario, Workload
from fakeslides.server import FakeSlides
from loadtests.audit import Audit, audit
from loadtests.benchmarks.blind_client import BlindClient
from loadtests.client import SCOPE
from loadtests.expectation import edits_of
from loadtests.measurements import WRITE, OperationRow

MOST_INDETERMINATE_SHARE = 0.001
LEAST_APPLIED_SHARE = 0.9
_SPEED, _SEED, _DECKS_AT_ONCE = 20.0, 20261128, 16
_SLIDES, _KEYS, _BLIND_PART = 10, 4, 10

Fates = Mapping[str, tuple[str, str]]
"""Of each operation: its fate, and why."""
Edit = Callable[[Deck], Awaitable[Fates]]


@dataclass(frozen=True, slots=True)
class Result:
    """What a client came to.

    Attributes:
        found: by the audit.
        fates: how many operations have each.
        unsure: why each operation is indeterminate that is.
        strikes: how often each fault struck.
    """

    found: Audit
    fates: Counter[str]
    unsure: Mapping[str, str]
    strikes: Mapping[str, int]

    @property
    def flaws_count(self) -> int:
        """Edits that were lost, duplicated or told wrongly, and texts that are not as the reports say."""
        found = self.found
        return sum(map(len, (found.lost, found.duplicated, found.wrong_reports, found.deck_differences)))

    @property
    def indeterminate_share(self) -> float:
        """The part of all operations whose fate the client could not know."""
        return len(self.found.indeterminate) / max(1, self.fates.total())

    @property
    def applied_share(self) -> float:
        """The part of all operations that the client says were applied."""
        return self.fates["applied"] / max(1, self.fates.total())


def weather() -> Scenario:
    """Return the weather: each share is of the writes, storms are of writes as well."""
    writes = {"method": WRITE}
    at_times = [
        ("lost-request", "5%", {"kind": "tcp.reset", "point": "before_commit"}),
        ("lost-answer", "5%", {"kind": "tcp.reset", "point": "after_commit"}),
        ("late-copy", "1%", {"kind": "http.delay", "by": "40s", "point": "before_commit"}),
        ("collaborator", "5%", {"kind": "api.stale_revision"}),
    ]
    in_storms = [
        ("storm-429", {"kind": "api.rate_limit", "scope": "user"}),
        ("storm-503", {"kind": "api.unavailable", "point": "before_commit"}),
    ]
    storm = {"burst": {"enter": "0.5%", "leave": "20%"}}
    poison = {
        "id": "poison", "where": writes, "draw": "operation", "often": {"rate": "2%"},
        "fault": {"kind": "http.status", "code": 400},
    }  # fmt: skip
    rules = [{"id": name, "where": writes, "often": {"rate": rate}, "fault": f} for name, rate, f in at_times]
    storms = [{"id": name, "where": writes, "often": storm, "fault": f} for name, f in in_storms]
    sections = {"promise": "Every edit exactly once.", "seed": _SEED, "faults": [poison, *rules, *storms]}
    return Scenario.model_validate({"version": 1, **sections})


async def with_the_engine(operations_count: int, on_deck: Callable[[], None]) -> Result:
    """Let the engine edit; `on_deck` is told of each deck that is done."""

    async def edit_all(fake: FakeSlides, decks: Sequence[Deck]) -> Fates:
        engine = SlidesEngine(
            _settings(),
            credentials=service_account.Credentials.from_service_account_file(  # type: ignore[no-untyped-call]  # google-auth publishes no types
                str(fake.credentials_file), scopes=[SCOPE]
            ),
            endpoint=fake.endpoint,
            ca_file=fake.ca_file,
            clock=MonotonicClock(_SPEED),
            random=Random(_SEED),  # noqa: S311 - jitter, not a secret
        )
        async with engine:
            return await _each(decks, lambda deck: _edited_by(engine, deck), on_deck)

    return await _tried(operations_count, edit_all)


async def with_blind_retries(operations_count: int, on_deck: Callable[[], None]) -> Result:
    """Let a client edit that sends again whatever fails, and names no revision."""

    async def edit_all(fake: FakeSlides, decks: Sequence[Deck]) -> Fates:
        async with BlindClient(fake, _SPEED) as client:
            return await _each(decks, client.edit, on_deck)

    return await _tried(operations_count, edit_all)


def decks_count(operations_count: int) -> int:
    """Return how many decks so many operations take."""
    return -(-operations_count // (_SLIDES * _KEYS))


async def _tried(
    operations_count: int, edit_all: Callable[[FakeSlides, Sequence[Deck]], Awaitable[Fates]]
) -> Result:
    size = Workload(presentations=decks_count(operations_count), slides=_SLIDES, replacements=_KEYS)
    decks = workload_decks(size, _SEED)
    before = {deck.presentation_id: deck.document for deck in decks}
    clock = ServerClock(1 / _SPEED)
    async with FakeSlides(weather(), decks=decks, clock=clock) as fake:
        fates = await edit_all(fake, decks)
        while fake.front.live():
            await clock.sleep(1.0)  # late copies are still to come
        edits = [edit for deck in decks for edit in edits_of(deck.document, deck.replacements)]
        rows = [OperationRow(edit, fate=fates.get(edit.operation_id, (None, ""))[0]) for edit in edits]
        after = {name: fake.store.get(name).to_json() for name in before}
        strikes = {name: counted["fired"] for name, counted in fake.fault_counts().items()}
        return Result(
            audit(rows, tuple(fake.ledger), before, after),
            Counter(fate for fate, _ in fates.values()),
            {name: why for name, (fate, why) in fates.items() if fate == "indeterminate"},
            strikes,
        )


async def _each(decks: Sequence[Deck], edit: Edit, on_deck: Callable[[], None]) -> Fates:
    places, fates = asyncio.Semaphore(_DECKS_AT_ONCE), dict[str, tuple[str, str]]()

    async def in_turn(deck: Deck) -> None:
        async with places:
            fates.update(await edit(deck))
            on_deck()

    async with asyncio.TaskGroup() as group:
        for deck in decks:
            group.create_task(in_turn(deck))
    return fates


async def _edited_by(engine: SlidesEngine, deck: Deck) -> Fates:
    try:
        report = await engine.replace_text(deck.presentation_id, deck.replacements)
    except SlidesError as error:
        edits = edits_of(deck.document, deck.replacements)
        return {edit.operation_id: ("not_sent", str(error)) for edit in edits}
    return {each.operation_id: (each.fate.value, str(each.error)) for each in report.operations}


def _settings() -> EngineSettings:
    plenty = dict.fromkeys(("writes_per_minute", "project_writes_per_minute"), 1_000_000)
    return EngineSettings(
        batch_strategy="per_slide",
        max_concurrent_slides=8,
        http_connection_pool_size=8,
        reads_per_minute=1_000_000,
        project_reads_per_minute=1_000_000,
        operation_deadline=86_400.0,
        **plenty,
    )


def lines_of(name: str, result: Result) -> list[str]:
    """Return a client's lines of the table, and a line for each edit that is indeterminate."""
    found, fates = result.found, result.fates
    numbers = [
        fates.total(), fates["applied"], fates["rejected"], fates["not_sent"], fates["indeterminate"],
        len(found.lost), len(found.duplicated), len(found.wrong_reports), sum(result.strikes.values()),
    ]  # fmt: skip
    row = f"{name:<14}" + "".join(f"{number:>10}" for number in numbers)
    return [row, *(f"  indeterminate: {name}: {why}" for name, why in result.unsure.items())]


HEAD = f"{'client':<14}" + "".join(
    f"{name:>10}"
    for name in ("edits", "applied", "rejected", "not sent", "unsure", "lost", "doubled", "wrong", "strikes")
)


def objections(engine: Result, blind: Result) -> list[str]:
    """Return why nothing is proven: the engine's flaws, and what was not tried; empty if all is well."""
    idle = ", ".join(name for name, count in engine.strikes.items() if not count)
    found = {
        "an edit was lost, doubled or told wrongly": engine.flaws_count > 0,
        "an edit has no fate": bool(engine.found.unsettled),
        "of too many edits nobody can know": engine.indeterminate_share > MOST_INDETERMINATE_SHARE,
        "too few edits were applied": engine.applied_share < LEAST_APPLIED_SHARE,  # who sends none loses none
        "blind retries doubled nothing, so that the audit may be blind": not blind.found.duplicated,
        f"{idle} never struck, which more edits would mend": bool(idle),
    }
    return [text for text, is_so in found.items() if is_so]


@click.command()
@click.option(
    "--operations", type=click.IntRange(min=1), default=20_000, show_default=True, help="How many edits."
)
def main(operations: int) -> None:
    """Edit in bad weather, exactly once, and beside it with blind retries; print what the audit finds."""
    with Progress(console=Console(stderr=True)) as progress:
        parts = {"engine": operations, "blind retries": max(1, operations // _BLIND_PART)}
        tasks = {name: progress.add_task(name, total=decks_count(count)) for name, count in parts.items()}
        engine = asyncio.run(with_the_engine(operations, lambda: progress.advance(tasks["engine"])))
        blind = asyncio.run(
            with_blind_retries(parts["blind retries"], lambda: progress.advance(tasks["blind retries"]))
        )
    click.echo(HEAD)
    click.echo("\n".join([*lines_of("engine", engine), *lines_of("blind retries", blind)]))
    click.echo("  ".join(f"{name} {count}" for name, count in engine.strikes.items()))
    against = objections(engine, blind)
    click.echo(
        f"not proven: {'; '.join(against)}" if against else "every edit exactly once, or its fate told"
    )
    sys.exit(bool(against))


if __name__ == "__main__":
    main()
