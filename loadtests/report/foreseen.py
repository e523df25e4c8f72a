"""A forecast, as lines for a terminal."""

from collections.abc import Iterator, Sequence

from fakeslides.scenario.server import Server
from loadtests.decidability import Decidable
from loadtests.forecast import DRY_RUNS_COUNT, Forecast, Foreseen, SettingForecast
from loadtests.report.cells import shown_seconds

_FAULT_HEADINGS = ("fault", "looks at", "strikes (2 sigma)", "with this seed", "has to strike")


def forecast_lines(forecast: Forecast, server: Server) -> Iterator[str]:
    """Yield the lines that tell what a scenario will come to."""
    for setting in forecast.settings:
        yield from _setting_lines(setting)
    causes = ", ".join(server.organic_causes())
    if causes:
        yield f"  from load ({causes}): not foreseen"
    if forecast.gates:
        yield f"  gates, on {forecast.slides_count} slides and {forecast.edits_count} edits in each run"
        yield from _aligned([_gate_cells(gate) for gate in forecast.gates])


def _setting_lines(forecast: SettingForecast) -> Iterator[str]:
    yield (
        f"  {forecast.setting.name}: {forecast.calls_count} calls in about "
        f"{shown_seconds(forecast.elapsed_seconds)} if nothing struck"
    )
    if forecast.faults:
        yield from _aligned([_FAULT_HEADINGS, *map(_fault_cells, forecast.faults)])


def _fault_cells(fault: Foreseen) -> tuple[str, ...]:
    return (
        fault.rule_id,
        f"{fault.matched:.0f}",
        f"{fault.fired:.1f} +/- {fault.spread:.1f}",
        str(fault.fired_here),
        _expectation(fault),
    )


def _expectation(fault: Foreseen) -> str:
    if not fault.at_least:
        return "-"
    if fault.is_hopeless:
        return f"{fault.at_least}: NEVER, in {DRY_RUNS_COUNT} dry runs"
    here = "" if fault.fired_here >= fault.at_least else ", but hardly with this one"
    return f"{fault.at_least}: with {fault.enough_share:.0%} of seeds{here}"


def _gate_cells(decidable: Decidable) -> tuple[str, ...]:
    gate = decidable.gate
    return (gate.id, f"{gate.metric} {gate.require}", _prospect(decidable))


def _prospect(decidable: Decidable) -> str:
    if not decidable.can_pass and not decidable.can_fail:
        return f"can NEITHER pass nor fail{_on_samples(decidable)}"
    if not decidable.can_pass:
        return f"can NOT pass{_on_samples(decidable)}"
    if not decidable.can_fail:
        return "can NOT fail, so it proves nothing"
    most = decidable.most_bad_count
    return "can pass and fail" + (
        "" if most is None else f"; {most} of {decidable.samples_count} may go wrong"
    )


def _on_samples(decidable: Decidable) -> str:
    return "" if decidable.samples_count is None else f" on {decidable.samples_count} samples"


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"    {'   '.join(cells)}".rstrip()
