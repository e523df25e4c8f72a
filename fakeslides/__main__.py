"""`python -m fakeslides` and `deckstorm serve`: the fake alone, until Ctrl-C."""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from fakeslides.decks import Deck, DeckError, load_decks, workload_decks
from fakeslides.greeting import Introduction, farewell
from fakeslides.scenario.loader import ScenarioError, find_scenario, load_scenario
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.units import parse_time_scale

_INVALID = 2
_INTERRUPTED = 130

try:
    from fakeslides.server import CALM, FakeSlides
except ModuleNotFoundError as error:
    if __name__ != "__main__":
        raise  # `deckstorm` says it in its own words
    needs = f"needs {error.name}, which is not installed; install it with: pip install 'deckstorm[testbed]'"
    click.echo(f"python -m fakeslides {needs}", err=True)
    sys.exit(_INVALID)


@dataclass(frozen=True, slots=True)
class _Order:
    """What to serve, and how."""

    scenario: Scenario
    decks: Sequence[Deck] | None
    seed: int | None
    port: int
    state_dir: Path | None
    is_json: bool


def _read_time_scale(_context: click.Context, _parameter: click.Parameter, value: str | None) -> float | None:
    try:
        return None if value is None else parse_time_scale(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


@click.command()
@click.argument("scenario", required=False)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port of the Slides API; 0 picks one.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of every draw; default: the scenario's.")
@click.option(
    "--time-scale",
    callback=_read_time_scale,
    help="Real seconds per scenario second, such as 1/20; default: the scenario's.",
)
@click.option(
    "--deck",
    "deck_files",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="A saved presentations.get answer to serve; repeat for more. Default: the scenario's workload.",
)
@click.option("--json", "is_json", is_flag=True, help="Print one line of JSON when ready, and nothing else.")
@click.option(
    "--state-dir",
    type=click.Path(file_okay=False, resolve_path=True, path_type=Path),
    help="Write the CA and the service-account file here; default: a temporary folder.",
)
def serve(  # noqa: PLR0913 # one argument for each option of the command
    *,
    scenario: str | None,
    port: int,
    seed: int | None,
    time_scale: float | None,
    deck_files: tuple[Path, ...],
    is_json: bool,
    state_dir: Path | None,
) -> None:
    """Serve a fake Google Slides on 127.0.0.1 until Ctrl-C.

    SCENARIO is a file, or the name of one that ships with deckstorm, such as production_incident.  Without
    one nothing goes wrong and no quota is counted.

    It prints the API's address, the CA to trust, a service-account file, the presentations, and how to point
    clients at them; in the end, what was called, answered, committed and struck.

    Exit codes: 0 ended by SIGTERM, 2 invalid input or a port in use, 130 ended by Ctrl-C.
    """
    try:
        weather = _read_scenario(scenario, time_scale)
        decks = load_decks(deck_files) or None
        if state_dir is not None:
            state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (ScenarioError, DeckError, OSError) as error:
        said = _say(error, port) if isinstance(error, OSError) else error
        click.echo(f"deckstorm serve: {said}", err=True)
        sys.exit(_INVALID)
    sys.exit(asyncio.run(_serve_until_told(_Order(weather, decks, seed, port, state_dir, is_json))))


def _read_scenario(name: str | None, time_scale: float | None) -> Scenario:
    scenario = CALM if name is None else load_scenario(find_scenario(name))
    return scenario if time_scale is None else scenario.model_copy(update={"time_scale": time_scale})


async def _serve_until_told(order: _Order) -> int:
    """Serve until a signal comes; return the exit code."""
    told: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    for number, code in ((signal.SIGTERM, 0), (signal.SIGINT, _INTERRUPTED)):
        asyncio.get_running_loop().add_signal_handler(number, _tell, told, code)
    fake = FakeSlides(
        order.scenario, decks=_decks(order), seed=order.seed, port=order.port, state_dir=order.state_dir
    )
    try:
        async with fake:
            _print(_introduce(fake, is_json=order.is_json))
            code = await told
            if not order.is_json:
                _print(farewell(fake.ledger, fake.fault_counts()))
            return code
    except OSError as error:
        click.echo(f"deckstorm serve: {_say(error, order.port)}", err=True)
        return _INVALID


def _say(error: OSError, port: int) -> str:
    reason = os.strerror(error.errno) if error.errno else str(error)
    if error.filename is not None:
        return f"{error.filename}: {reason}; choose a folder that can be written to"
    return f"--port {port}: {reason}; choose another port, or 0"


def _tell(told: asyncio.Future[int], code: int) -> None:
    if not told.done():
        told.set_result(code)


def _decks(order: _Order) -> Sequence[Deck]:
    """Return the decks asked for; someone who just looks around gets one to look at."""
    if order.decks is not None:
        return order.decks
    seed = order.scenario.seed if order.seed is None else order.seed
    return workload_decks(order.scenario.workload, seed)


def _introduce(fake: FakeSlides, *, is_json: bool) -> str:
    introduction = Introduction(
        endpoint=fake.endpoint,
        ca_file=fake.ca_file,
        credentials_file=fake.credentials_file,
        access_token=fake.give_access_token(),
        presentations=fake.presentations,
        admin_url=fake.admin_url,
        admin_token=fake.admin_token,
        page_url=fake.page_url,
    )
    return introduction.as_json() if is_json else introduction.as_text(fake.scenario)


def _print(text: str) -> None:
    """Print at once; whoever read along may be gone, as `tee` is after the Ctrl-C that ends both."""
    try:
        click.echo(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    serve(prog_name="python -m fakeslides")
