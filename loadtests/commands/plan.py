"""`deckstorm plan`: how far concurrency can be raised."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from engine.settings import EngineSettings
from loadtests.capacity import Capacity, Step
from loadtests.capacity import plan as capacities
from loadtests.commands.invalid_input import InvalidInput, told_plainly
from loadtests.commands.options import what_to_sweep, which_clock
from loadtests.commands.sweeping import Choices, sweep_first
from loadtests.outcomes import SweepOutcome
from loadtests.report.cells import shown_seconds
from loadtests.report.results import load_results


@click.command()
@click.argument("source", metavar="SCENARIO|RESULTS")
@what_to_sweep
@which_clock
@click.option("--json", "as_json", is_flag=True, help="Print the plan as JSON and nothing else.")
def plan(*, source: str, as_json: bool, **choices: Any) -> None:  # noqa: ANN401 - checked by click
    """Say for each strategy the highest concurrency at which all gates hold, and what limits it there.

    RESULTS is a results.json or the folder of a sweep; a SCENARIO is swept first, as the options say.  With
    --repeat 2 or more, the gain of the next step carries an interval.
    """
    with told_plainly():
        sweep = _results(source, Choices(**choices), as_json=as_json)
        settings = EngineSettings.from_environment()
    quota, pool_size = own_writes_per_minute(settings), settings.http_connection_pool_size
    found = capacities(sweep.settings, writes_per_minute=quota, pool_size=pool_size)
    click.echo(json.dumps([asdict(each) for each in found]) if as_json else as_text(found))


def own_writes_per_minute(settings: EngineSettings) -> int | None:
    """Return the writes that an engine allows itself in any minute; None if it does not pace itself."""
    if not settings.pacer_enabled:
        return None
    allowed = min(settings.writes_per_minute, settings.project_writes_per_minute)
    return math.floor(allowed * settings.quota_use_share)


def as_text(found: Sequence[Capacity]) -> str:
    """Return the plan as a person reads it, a paragraph per strategy."""
    return "\n".join(line for capacity in found for line in _paragraph(capacity))


def _results(source: str, choices: Choices, *, as_json: bool) -> SweepOutcome:
    if Path(source).is_dir() or source.endswith(".json"):
        _refuse_options_of_a_sweep(source)
        return load_results(Path(source))
    return sweep_first(source, choices, quiet=as_json, is_step=as_json)


def _refuse_options_of_a_sweep(source: str) -> None:
    """Refuse what could only be obeyed by measuring anew: the plan would not be about it.

    Raises:
        InvalidInput: such an option was given.
    """
    context = click.get_current_context()
    for option in context.command.params:
        is_given = context.get_parameter_source(str(option.name)) is ParameterSource.COMMANDLINE
        if is_given and option.name not in {"source", "as_json"}:
            raise InvalidInput(
                f"{option.opts[0]}: {source} has been measured already; "
                "leave it out, or name a scenario to sweep"
            )


def _paragraph(capacity: Capacity) -> Sequence[str]:
    if capacity.concurrency is None:
        return [f"{capacity.strategy}: at no measured concurrency did all gates hold"]
    return [
        f"{capacity.strategy}: up to concurrency {capacity.concurrency}, {_time(capacity)}",
        f"  limited by {capacity.limit}; each alone needs: {_longest_first(capacity.needs_seconds)}",
        f"  tries waited in sum for: {_longest_first(capacity.waits_seconds)}",
        f"  next step: {_step(capacity.next_step)}",
    ]


def _time(capacity: Capacity) -> str:
    elapsed, quota = shown_seconds(capacity.elapsed_seconds), capacity.needs_seconds.get("quota", 0.0)
    if (capacity.elapsed_seconds or math.inf) < quota:
        needed = f"whose quota takes {shown_seconds(quota)}"
        return f"in {elapsed}, measured under other SCALAPAY_* settings than these, {needed}"
    return f"in {elapsed}; no schedule beats {shown_seconds(capacity.bound_seconds)} at the usual latency"


def _longest_first(seconds_by_name: Mapping[str, float]) -> str:
    ordered = sorted(seconds_by_name.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {shown_seconds(seconds)}" for name, seconds in ordered if seconds) or "nothing"


def _step(step: Step | None) -> str:
    if step is None:
        return "none; this strategy writes one after the other"
    if step.holds is None:
        return f"{step.concurrency} was not measured; by the bound it saves {step.gain_share:.1%} of the time"
    held = "all gates held" if step.holds else "not all gates held"
    interval = ""
    if step.interval is not None:
        interval = f" [{step.interval.low:+.1%}, {step.interval.high:+.1%}]"
    return f"{step.concurrency} saves {step.gain_share:+.1%}{interval} of the time; {held} there"
