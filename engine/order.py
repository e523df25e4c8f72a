"""What `deckstorm apply` was asked to do, and how it is carried out."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.client import SlidesEngine
from engine.errors import EngineClosed
from engine.events import Event, Listener
from engine.journal.file import Journal
from engine.journal.records import JournalError
from engine.journal_options import JournalOptions
from engine.monitoring.textfile import metrics_in
from engine.notices import notice
from engine.quota.opening import quota_in
from engine.quota.sharing import SharedQuota
from engine.results import BatchReport, RequestsReport, WritePlan
from engine.resuming import state_to_resume
from engine.settings import EngineSettings
from engine.stopping import CLOSING_SECONDS, LastResort, Stop, heeding_signals
from engine.told import FateCount
from engine.wire.credentials import default_credentials

Complain = Callable[[str], None]
"""Given a line for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to do, and where: `text_map` or `requests`, or neither to take up what the journal holds."""

    presentation_id: str
    text_map: dict[str, str] | None
    journal: JournalOptions
    settings: EngineSettings
    endpoint: str
    ca_file: Path | None
    deadline_seconds: float | None
    metrics_file: Path | None = None
    is_quiet: bool = False
    quota_file: Path | None = None
    quota_redis: str | None = field(default=None, repr=False)  # a password may be in it
    requests: Sequence[Mapping[str, Any]] | None = None
    is_atomic: bool = False

    def __post_init__(self) -> None:
        if self.text_map is not None and self.requests is not None:
            raise ValueError("--replace and --requests do not go together; take one after the other")
        if self.is_atomic and self.requests is None:
            raise ValueError("--atomic needs --requests FILE")
        if self.quota_file is not None and self.quota_redis is not None:
            raise ValueError(
                "--quota-file and --quota-redis, or SCALAPAY_QUOTA_FILE and SCALAPAY_QUOTA_REDIS, do not go "
                "together: a quota is kept in one place"
            )


@dataclass(frozen=True, slots=True)
class Done:
    """What a run came to.

    Attributes:
        result: None if it was stopped before there was anything to report.
        was_stopped: by a signal.
    """

    result: BatchReport | RequestsReport | WritePlan | None
    was_stopped: bool


def carried_out(order: Order, complain: Complain, *, dry_run: bool) -> Done:
    """Do what was asked for.

    Args:
        order: what that is.
        complain: told of what goes wrong, and of signals.
        dry_run: plan, and write nothing.

    Raises:
        SlidesError: nothing was applied.
        ValueError: options that do not go together.
        JournalError, MissingExtra: a file, or what an option takes, cannot be used.
    """
    fates = FateCount()
    if dry_run and order.journal.path is not None:
        raise ValueError("--dry-run writes nothing; leave --journal out")
    try:
        with (
            order.journal.opened(order.presentation_id) as journal,
            metrics_in(order.metrics_file, order.settings, complain) as metrics,
            LastResort(order.settings.drain_timeout + CLOSING_SECONDS, complain) as last_resort,
        ):
            work = _Work(order, journal, complain, fates, last_resort)
            done = asyncio.run(work.done(metrics, dry_run=dry_run))
    except KeyboardInterrupt:  # where signals cannot be heeded
        done = Done(None, was_stopped=True)
    except JournalError as error:
        if fates.is_empty:
            raise
        raise JournalError(f"{error}; {fates}; --resume goes on once the journal can be written") from None
    if done.was_stopped:
        complain(
            f"interrupted; {fates}{'' if order.journal.path is None else '; --resume goes on from here'}"
        )
    return done


@dataclass(frozen=True, slots=True)
class _Work:
    order: Order
    journal: Journal | None
    complain: Complain
    fates: FateCount
    last_resort: LastResort

    async def done(self, listeners: Sequence[Listener], *, dry_run: bool) -> Done:
        async with quota_in(self.order.quota_file, self.order.quota_redis) as quota:
            return await self._done_with(quota, listeners, dry_run=dry_run)

    async def _done_with(
        self, quota: SharedQuota | None, listeners: Sequence[Listener], *, dry_run: bool
    ) -> Done:
        order = self.order
        engine = SlidesEngine(
            order.settings,
            credentials=default_credentials(),
            endpoint=order.endpoint,
            ca_file=order.ca_file,
            listeners=[self.fates, *([] if order.is_quiet else [self._tell]), *listeners],
            journal=self.journal,
            quota=quota,
        )
        stop = Stop(
            engine,
            order.settings.drain_timeout,
            self.complain,
            lambda: str(self.fates),
            on_first=self.last_resort.prepare,
        )
        async with heeding_signals(stop), engine:
            try:
                result = await self._result(engine, dry_run=dry_run)
            except EngineClosed:  # before there was anything to report
                result = None
            return Done(result, stop.was_called)

    async def _result(
        self, engine: SlidesEngine, *, dry_run: bool
    ) -> BatchReport | RequestsReport | WritePlan:
        order = self.order
        where, deadline = order.presentation_id, order.deadline_seconds
        if order.journal.is_resumed and self.journal is not None and self.journal.calls:
            _refuse_to_make_atomic(order, self.journal)
            return await engine.resume(
                where, order.text_map, requests=order.requests, deadline_seconds=deadline
            )
        if order.requests is not None:
            if dry_run:
                return engine.plan_requests(where, order.requests, is_atomic=order.is_atomic)
            atomic = order.is_atomic
            return await engine.apply_requests(
                where, order.requests, is_atomic=atomic, deadline_seconds=deadline
            )
        if order.text_map is None:
            raise ValueError("missing option --replace FILE or --requests FILE")
        work = engine.plan_text if dry_run else engine.replace_text
        return await work(where, order.text_map, deadline_seconds=deadline)

    def _tell(self, event: Event) -> None:
        line = notice(event)
        if line is not None:
            self.complain(line)


def _refuse_to_make_atomic(order: Order, journal: Journal) -> None:
    """Raise `JournalError` if a call is to be atomic from here on: part of it may be applied already."""
    if order.is_atomic and not state_to_resume(journal, order.presentation_id).begun.is_atomic:
        raise JournalError(
            f"{journal.path}: --atomic: the run to resume was begun without it, and cannot become atomic any "
            "more; leave --atomic out"
        )
