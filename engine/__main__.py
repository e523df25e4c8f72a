"""`python -m engine` and `deckstorm apply`: edit a presentation and say what became of each edit."""

import json
import ssl
import sys
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import click

from engine.client import GOOGLE
from engine.errors import (
    CredentialsRefused,
    NotFound,
    PermissionDenied,
    QuotaFileError,
    QuotaServerError,
    SlidesError,
    Unauthenticated,
    Untrusted,
)
from engine.exit_codes import INTERRUPTED, INVALID_INPUT, NOT_APPLIED, exit_code
from engine.extras import MissingExtra
from engine.journal.records import JournalError
from engine.journal_options import JournalOptions
from engine.order import Order, carried_out
from engine.quota.redis_address import RedisAddress
from engine.replacements import ReplacementsError, load_replacements
from engine.request_files import RequestFileError, load_requests
from engine.settings import EngineSettings, SettingsError, Strategy
from engine.told import told


def _read_endpoint(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise click.BadParameter(f"{value!r} is no base URL; expected one such as {GOOGLE}")
    return value


def _read_redis(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    try:
        return value and RedisAddress.of(value).url
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.argument("presentation")
@click.option(
    "--replace",
    "replacements_file",
    type=click.Path(path_type=Path),
    help="What to find and what to put there: a mapping in YAML or JSON, or two columns of CSV.",
)
@click.option(
    "--requests",
    "requests_file",
    type=click.Path(path_type=Path),
    help="Requests of any kind as Google writes them: a list in YAML or JSON.",
)
@click.option("--atomic", is_flag=True, help="All of --requests or nothing; they have to fit one write.")
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
    "--quota-redis",
    metavar="URL",
    callback=_read_redis,
    envvar="SCALAPAY_QUOTA_REDIS",
    show_envvar=True,
    help="Share it with processes of any machine that name the same Redis server: redis://HOST:PORT/NUMBER, "
    "or rediss:// for TLS. Needs pip install 'deckstorm[redis]'. A password is safer in the variable.",
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
    requests_file: Path | None,
    atomic: bool,
    dry_run: bool,
    endpoint: str,
    ca_file: Path | None,
    strategy: str | None,
    journal_file: Path | None,
    resume: bool,
    redact_texts: bool,
    deadline: float | None,
    quota_file: Path | None,
    quota_redis: str | None,
    metrics_file: Path | None,
    is_json: bool,
    quiet: bool,
) -> None:
    """Replace texts on every slide of PRESENTATION, the id in its address, or apply requests to it.

    Credentials are found as by Google's libraries: the file that GOOGLE_APPLICATION_CREDENTIALS names, then
    the default credentials.  Settings come from SCALAPAY_ environment variables.  A journal may hold texts of
    the presentation; only its owner can read it.

    SIGTERM or Ctrl-C: nothing more is sent, what was sent is answered, and the rest stays in the journal. A
    second one ends the process at once.

    Exit codes: 0 all edits applied; 1 some not; 2 invalid input; 5 what became of some cannot be known; 6
    stopped by a signal, and the rest is in the journal for --resume; 130 stopped by a signal without a
    journal, or by a second one.
    """
    try:
        settings = EngineSettings.from_environment(batch_strategy=strategy)
        journal = JournalOptions(journal_file, resume, redact_texts)
        text_map = None if replacements_file is None else load_replacements(replacements_file)
        requests = None if requests_file is None else load_requests(requests_file)
        order = Order(
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
            quota_redis,
            requests,
            atomic,
        )
        done = carried_out(order, _complain, dry_run=dry_run)
    except KeyboardInterrupt:  # while files are loaded; later on, signals are heeded
        _stop("interrupted; nothing was sent", INTERRUPTED)
    except ssl.SSLError as error:
        _stop(f"--ca {ca_file}: no authority can be read from it: {error}", INVALID_INPUT)
    except (
        SettingsError,
        ReplacementsError,
        RequestFileError,
        JournalError,
        MissingExtra,
        QuotaFileError,
        QuotaServerError,
        ValueError,
    ) as error:
        _stop(str(error), INVALID_INPUT)
    except (NotFound, Untrusted, CredentialsRefused, PermissionDenied, Unauthenticated) as error:
        _stop(_what_to_mend(error, presentation, endpoint), INVALID_INPUT)
    except SlidesError as error:
        _stop(
            f"nothing was {'changed' if resume else 'applied'}: {type(error).__name__}: {error}", NOT_APPLIED
        )
    if done.result is not None and not quiet:
        said = told(done.result)
        click.echo(json.dumps(done.result.as_dict(), ensure_ascii=False, indent=2) if is_json else said)
    sys.exit(exit_code(done.result, was_stopped=done.was_stopped, has_journal=journal_file is not None))


def _what_to_mend(error: SlidesError, presentation: str, endpoint: str) -> str:
    match error:
        case NotFound():
            return f"there is no presentation {presentation}, or these credentials may not see it"
        case Untrusted():
            return f"{endpoint}: {error}; if it is yours, name its authority with --ca"
    return f"these credentials do not work here: {error}"


def _complain(line: str) -> None:
    click.echo(f"deckstorm apply: {line}", err=True)


def _stop(message: str, code: int) -> NoReturn:
    for line in message.splitlines():
        _complain(line)
    sys.exit(code)


if __name__ == "__main__":
    apply()
