"""`deckstorm replay`: one seed again, as a timeline; and the least of it that still breaks its promise."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console

from fakeslides.scenario.loader import find_scenario, load_scenario
from fakeslides.scenario.model import Scenario
from loadtests.commands.invalid_input import told_plainly
from loadtests.commands.results_folder import RESULTS_FOLDER, demand_writable
from loadtests.gates import EXIT_CODES, INTERRUPTED, Verdict
from loadtests.report.shrunk import ShrinkProgress, size_words
from loadtests.report.table import console
from loadtests.simulation.trace import Trace, first_difference
from loadtests.swarm.episode import Episode, live_through
from loadtests.swarm.export import exported_yaml
from loadtests.swarm.profile import swarm_profile
from loadtests.swarm.retelling import story_of_episode
from loadtests.swarm.shrinking import Shrinking
from loadtests.swarm.trial import trial_of
from loadtests.timeline.page import timeline_page
from loadtests.timeline.text import tell


@dataclass(frozen=True, slots=True)
class _Shown:
    folder: Path
    as_json: bool
    quiet: bool
    verbose: bool


@click.command()
@click.argument("scenario")
@click.option("--seed", type=click.IntRange(min=0), required=True, help="Which seed of its swarm.")
@click.option(
    "--shrink", is_flag=True, help="Find the fewest faults, whims, settings and decks that still break it."
)
@click.option("--verbose", is_flag=True, help="Tell everything, also what went well.")
@click.option("--check-determinism", is_flag=True, help="Run it twice and compare all that happened.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the page and the scenario.  [default: deckstorm-results/replay/SCENARIO]",
)
@click.option(
    "--json", "as_json", is_flag=True, help="Print what the seed came to as JSON, and nothing else."
)
@click.option("--quiet", is_flag=True, help="Print the verdict and nothing else.")
def replay(  # noqa: PLR0913 - one argument for each option of the command
    *,
    scenario: str,
    seed: int,
    shrink: bool,
    verbose: bool,
    check_determinism: bool,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run one seed of SCENARIO's swarm again in virtual time, and tell it as a timeline.

    The timeline is also written as a page that works offline (SEED.html).  With --shrink, what still breaks
    the promise is made as small as can be, and written as a scenario that a sweep can run (SEED.yaml).

    Exit codes: 0 every promise held, 1 one broke, 2 invalid input, 4 two runs of the seed differed, 130
    interrupted (the least that was found is written).
    """
    with told_plainly():
        file = find_scenario(scenario)
        weather = load_scenario(file)
        folder = demand_writable(out or RESULTS_FOLDER / "replay" / file.stem)
    shown = _Shown(folder, as_json, quiet, verbose)
    screen = console(quiet=quiet or as_json)
    episode = live_through(swarm_profile(weather, seed))
    if check_determinism:
        _demand_sameness(weather, seed, screen)
    code = EXIT_CODES[Verdict.FAIL if episode.broken else Verdict.PASS]
    if shrink and episode.broken:
        episode, was_interrupted = _shrunk(scenario, episode, shown, screen)
        code = INTERRUPTED if was_interrupted else code
    elif shrink:
        screen.print(f"seed {seed} breaks no promise, so there is nothing to shrink")
    _show(scenario, episode, shown, screen)
    sys.exit(code)


def _shrunk(name: str, failed: Episode, shown: _Shown, screen: Console) -> tuple[Episode, bool]:
    """Write the least that breaks what was broken; return it, and whether the search was interrupted."""
    was_interrupted = False
    with ShrinkProgress(screen) as progress, _interrupted_by_sigterm():
        shrinking = Shrinking(live_through, progress.kept)
        try:
            smallest = shrinking.smallest(failed)
        except KeyboardInterrupt:
            smallest, was_interrupted = shrinking.least or failed, True
    before, after = size_words(failed.profile), size_words(smallest.profile)
    how_far = ", and interrupted" if was_interrupted else ""
    screen.print(f"{before}, shrunk to {after} in {shrinking.tries_count} runs{how_far}")
    file = shown.folder / f"{failed.profile.seed}.yaml"
    broken = next(each for each in smallest.broken if each.promise == failed.broken[0].promise)
    file.write_text(exported_yaml(smallest.profile, broken, name), "utf-8")
    screen.print(f"scenario: {file}")
    return smallest, was_interrupted


@contextmanager
def _interrupted_by_sigterm() -> Iterator[None]:
    """Let SIGTERM do what Ctrl-C does while the block runs."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _show(name: str, episode: Episode, shown: _Shown, screen: Console) -> None:
    seed, story = episode.profile.seed, story_of_episode(name, episode)
    tell(screen, story, is_verbose=shown.verbose)
    page = shown.folder / f"{seed}.html"
    page.write_text(timeline_page(story), "ascii")
    screen.print(f"page: {page}   trace: {episode.digest}")
    if shown.as_json:
        click.echo(json.dumps(_document(seed, episode), ensure_ascii=False))
    elif shown.quiet:
        click.echo(f"{name}, seed {seed}: {'fail' if episode.broken else 'pass'}")


def _document(seed: int, episode: Episode) -> dict[str, object]:
    trial = trial_of(seed, episode)
    return {
        "schema_version": 1,
        "seed": seed,
        "digest": trial.digest,
        "virtual_seconds": trial.virtual_seconds,
        "strikes": trial.strikes,
        "checked": trial.checked_counts,
        "broken": [
            {"promise": broken.promise, "at_seconds": broken.at_seconds, "text": broken.text}
            for broken in trial.broken
        ],
    }


def _demand_sameness(scenario: Scenario, seed: int, screen: Console) -> None:
    """Run the seed twice more, and end the command if the runs part."""
    traces = [Trace(keeps_lines=True), Trace(keeps_lines=True)]
    for trace in traces:
        live_through(swarm_profile(scenario, seed), trace)
    difference = first_difference(*(trace.lines or [] for trace in traces))
    if difference is not None:
        click.echo(f"two runs of seed {seed} differ at {difference}", err=True)
        sys.exit(EXIT_CODES[Verdict.UNSOUND])
    screen.print(f"two runs of seed {seed} were the same, event by event: {traces[0].count:,} of them")
