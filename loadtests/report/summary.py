"""summary.md: a sweep on one page of Markdown; same input, same bytes."""

from collections.abc import Iterable, Sequence

from loadtests.gates import Judgement, Verdict
from loadtests.measurements import FaultCount
from loadtests.outcomes import SweepOutcome
from loadtests.report.cells import HEADINGS, LEGEND, cells

FILE_NAME = "summary.md"
GATE_HEADINGS = ("gate", "requires", "held in")
WEATHER_HEADINGS = ("weather", "struck", "of", "in settings", "fewest in one", "needed there")


def summary_markdown(sweep: SweepOutcome) -> str:
    """Return the header line, a row per setting, the gates, and what did not pass and why."""
    lines = [
        f"# {sweep.scenario}: {sweep.verdict.value}{' (interrupted)' if sweep.was_interrupted else ''}",
        "",
        f"> {sweep.promise}",
        "",
        header_line(sweep),
        "",
        *_table(HEADINGS, (cells(outcome) for outcome in sweep.settings)),
        "",
        LEGEND,
        "",
        *_table(GATE_HEADINGS, gate_rows(sweep)),
        *_weather(sweep),
        *_objections(sweep),
    ]
    return "\n".join(lines) + "\n"


def header_line(sweep: SweepOutcome) -> str:
    """Say which weather it was, and how fast its clock ran."""
    scale = f"1/{1 / sweep.time_scale:g}" if sweep.time_scale < 1 else "1"
    pace = "virtual time" if sweep.clock == "virtual" else f"time scale {scale}"
    return f"scenario {sweep.scenario}, seed {sweep.seed}, {pace}"


def gate_rows(sweep: SweepOutcome) -> list[Sequence[str]]:
    """Return for every gate what it requires and in how many settings it held."""
    by_id: dict[str, list[Judgement]] = {}
    for outcome in sweep.settings:
        for judgement in outcome.judgements:
            by_id.setdefault(judgement.id, []).append(judgement)
    return [(name, f"{found[0].metric} {found[0].required}", _held(found)) for name, found in by_id.items()]


def weather_rows(sweep: SweepOutcome) -> list[Sequence[str]]:
    """Return for every rule and organic cause how often it struck of how often it might have, zeros too."""
    by_id: dict[str, list[FaultCount]] = {}
    for outcome in sweep.settings:
        for count in outcome.measurement.faults if outcome.measurement else ():
            by_id.setdefault(count.id, []).append(count)
    return [(name, *_struck(found)) for name, found in by_id.items()]


def objections(sweep: SweepOutcome) -> list[str]:
    """Return one line for everything that did not pass: setting, gate, verdict, reason."""
    missing = [f"{o.setting.name}: unsound: {o.problem}" for o in sweep.settings if o.measurement is None]
    return missing + [
        f"{outcome.setting.name}: {judgement.id} {judgement.verdict.value}: "
        f"{judgement.metric} {judgement.required}: {judgement.reason}"
        for outcome in sweep.settings
        for judgement in outcome.judgements
        if judgement.verdict is not Verdict.PASS
    ]


def _struck(counts: Sequence[FaultCount]) -> Sequence[str]:
    fired = [count.fired for count in counts]
    return (
        str(sum(fired)),
        str(sum(count.matched for count in counts)),
        f"{sum(struck > 0 for struck in fired)} of {len(fired)}",
        str(min(fired)),
        str(max(count.expected_at_least for count in counts)),
    )


def _held(judgements: Sequence[Judgement]) -> str:
    held = sum(judgement.verdict is Verdict.PASS for judgement in judgements)
    return f"{held} of {len(judgements)}"


def _weather(sweep: SweepOutcome) -> list[str]:
    rows = weather_rows(sweep)
    return ["", *_table(WEATHER_HEADINGS, rows)] if rows else []


def _objections(sweep: SweepOutcome) -> Iterable[str]:
    found = objections(sweep)
    return ["", "## What did not pass", "", *(f"- {line}" for line in found)] if found else []


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [_row(headings), _row(["---"] * len(headings)), *map(_row, rows)]


def _row(texts: Iterable[str]) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"
