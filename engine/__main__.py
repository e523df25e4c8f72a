"""`python -m engine` and `deckstorm apply`: replace texts in a presentation and say what became of each."""

import asyncio
import json
import ssl
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import click

from engine.client import GOOGLE, SlidesEngine
from engine.errors import (
    CredentialsRefused,
    NotFound,
    PermissionDenied,
    QuotaFileError,
    SlidesError,
    Unauthenticated,
    Untrusted,
)
from engine.events import Event, Fate, Listener
from engine.journal.file import Journal
from engine.journal.records import JournalError
from engine.journal_options import JournalOptions
from engine.monitoring.extras import MissingExtra
from engine.monitoring.textfile import metrics_in
from engine.notices import notice
from engine.quota.file import QuotaFile, quota_in
from engine.replacements import ReplacementsError, load_replacements
from engine.results import BatchReport, TextPlan
from engine.settings import EngineSettings, SettingsError, Strategy
from engine.told import FateCount, told
from engine.wire.credentials import default_credentials

APPLIED, NOT_APPLIED, INVALID_INPUT, INDETERMINATE, INTERRUPTED = 0, 1, 2, 5, 130


@dataclass(frozen=True, slots=True)
class _Order:
    """What to do, and where."""

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


def _read_endpoint(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.BadParameter(f"{value!r} is no base URL; expected one such as {GOOGLE}")
    return value


@click.command()
@click.argument("presentation")
@click.option(
    "--replace",
    "replacements_file",
    type=click.Path(path_type=Path),
    help="What to find and what to put there: a mapping in YAML or JSON, or two columns of CSV.",
)
@click.option("--dry-run", is_flag=True, help="Read the presentation, print the plan, write nothing.")
@click.option(
    "--endpoint", default=GOOGLE, show_default=True, callback=_read_endpoint, help="Base URL of the API."
)
@click.option(
    "--ca",
    "ca_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A PEM file with an authority to trust beside the system's.",
)
@click.option(
    "--strategy",
    type=click.Choice([strategy.value for strategy in Strategy]),
    help="How edits become batches.",
)
@click.option(
    "--journal",
    "journal_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep on disk what is about to be written, so that a killed run can be resumed.",
)
@click.option("--resume", is_flag=True, help="Go on with the run that --journal holds.")
@click.option("--redact-texts", is_flag=True, help="Keep no text in the journal, only digests.")
@click.option("--deadline", type=click.FloatRange(min=0, min_open=True), help="Seconds for all of it.")
@click.option(
    "--quota-file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="SCALAPAY_QUOTA_FILE",
    show_envvar=True,
    help="Share the quota with all processes of this machine that name the same file.",
)
@click.option(
    "--metrics-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write Prometheus metrics there in the end, for node_exporter's textfile collector.",
)
@click.option("--json", "is_json", is_flag=True, help="Print one JSON object.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def apply(  # noqa: PLR0913 - one argument for each option of the command
    *,
    presentation: str,
    replacements_file: Path | None,
    dry_run: bool,
    endpoint: str,
    ca_file: Path | None,
    strategy: str | None,
    journal_file: Path | None,
    resume: bool,
    redact_texts: bool,
    deadline: float | None,
    quota_file: Path | None,
    metrics_file: Path | None,
    is_json: bool,
    quiet: bool,
) -> None:
    """Replace texts on every slide of PRESENTATION, the id in its address.

    Credentials are found as by Google's libraries: the file that GOOGLE_APPLICATION_CREDENTIALS names, then
    the default credentials.  Settings come from SCALAPAY_ environment variables.  A journal may hold texts of
    the presentation; only its owner can read it.

    Exit codes: 0 all edits applied; 1 some not; 2 invalid input; 5 what became of some cannot be known;
    130 interrupted.
    """
    try:
        settings = EngineSettings.from_environment(batch_strategy=strategy)
        journal = JournalOptions(journal_file, resume, redact_texts)
        text_map = None if replacements_file is None else load_replacements(replacements_file)
        order = _Order(
            presentation,
            text_map,
            journal,
            settings,
            endpoint,
            ca_file,
            deadline,
            metrics_file,
            quiet,
            quota_file,
        )
        done = _run(order, dry_run=dry_run)
    except ssl.SSLError as error:
        _stop(f"--ca {ca_file}: no authority can be read from it: {error}", INVALID_INPUT)
    except (
        SettingsError,
        ReplacementsError,
        JournalError,
        MissingExtra,
        QuotaFileError,
        ValueError,
    ) as error:
        _stop(str(error), INVALID_INPUT)
    except NotFound:
        _stop(f"there is no presentation {presentation}, or these credentials may not see it", INVALID_INPUT)
    except Untrusted as error:
        _stop(f"{endpoint}: {error}; if it is yours, name its authority with --ca", INVALID_INPUT)
    except (CredentialsRefused, PermissionDenied, Unauthenticated) as error:
        _stop(f"these credentials do not work here: {error}", INVALID_INPUT)
    except SlidesError as error:
        _stop(
            f"nothing was {'changed' if resume else 'applied'}: {type(error).__name__}: {error}", NOT_APPLIED
        )
    if not quiet:
        click.echo(json.dumps(done.as_dict(), ensure_ascii=False, indent=2) if is_json else told(done))
    sys.exit(_exit_code(done))


def _run(order: _Order, *, dry_run: bool) -> BatchReport | TextPlan:
    fates = FateCount()
    listeners = [fates] if order.is_quiet else [fates, _tell]
    if dry_run and order.journal.path is not None:
        raise ValueError("--dry-run writes nothing; leave --journal out")
    try:
        with (
            order.journal.opened(order.presentation_id) as journal,
            metrics_in(order.metrics_file, order.settings, _complain) as metrics,
            quota_in(order.quota_file) as quota,
        ):
            return asyncio.run(_work(order, [*listeners, *metrics], journal, quota, dry_run=dry_run))
    except KeyboardInterrupt:
        hint = "" if order.journal.path is None else "; --resume goes on from here"
        _stop(f"interrupted; {fates}{hint}", INTERRUPTED)


async def _work(
    order: _Order,
    listeners: Sequence[Listener],
    journal: Journal | None,
    quota: QuotaFile | None,
    *,
    dry_run: bool,
) -> BatchReport | TextPlan:
    engine = SlidesEngine(
        order.settings,
        credentials=default_credentials(),
        endpoint=order.endpoint,
        ca_file=order.ca_file,
        listeners=listeners,
        journal=journal,
        quota=quota,
    )
    where, text_map, deadline = order.presentation_id, order.text_map, order.deadline_seconds
    async with engine:
        if order.journal.is_resumed and journal is not None and journal.calls:
            return await engine.resume(where, text_map, deadline_seconds=deadline)
        if text_map is None:
            raise ValueError("missing option --replace FILE")
        work = engine.plan_text if dry_run else engine.replace_text
        return await work(where, text_map, deadline_seconds=deadline)


def _tell(event: Event) -> None:
    line = notice(event)
    if line is not None:
        _complain(line)


def _complain(line: str) -> None:
    click.echo(f"deckstorm apply: {line}", err=True)


def _stop(message: str, exit_code: int) -> NoReturn:
    for line in message.splitlines():
        _complain(line)
    sys.exit(exit_code)


def _exit_code(done: BatchReport | TextPlan) -> int:
    if isinstance(done, TextPlan) or done.applied:
        return APPLIED
    is_unknown = any(operation.fate is Fate.INDETERMINATE for operation in done.operations)
    return INDETERMINATE if is_unknown else NOT_APPLIED


if __name__ == "__main__":
    apply()
