"""results.json: everything that was measured and judged, written for machines, and read back.

Reading builds the very objects that were written, so that stored results can be judged and planned
with again.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from fakeslides.scenario.gates import Gate, Metric
from fakeslides.scenario.units import plain_number
from loadtests.gates import SPEEDUP, Judgement
from loadtests.metrics import SHARES, Measurement
from loadtests.outcomes import SettingOutcome, SweepOutcome
from loadtests.statistics import Share

SCHEMA_VERSION = 1
FILE_NAME = "results.json"


class ResultsError(ValueError):
    """A file that holds no results of a sweep; the text names the file and what would be right."""


def results_document(sweep: SweepOutcome) -> dict[str, Any]:
    """Return a sweep as plain JSON values."""
    return {
        "schema_version": SCHEMA_VERSION,
        "scenario": sweep.scenario,
        "promise": sweep.promise,
        "seed": sweep.seed,
        "clock": sweep.clock,
        "time_scale": sweep.time_scale,
        "started_at": sweep.started_at,
        "versions": dict(sweep.versions),
        "gates": [gate_document(gate) for gate in sweep.gates],
        "settings": [_setting_document(outcome) for outcome in sweep.settings],
        "was_interrupted": sweep.was_interrupted,
        "verdict": sweep.verdict.value,
        "exit_code": sweep.exit_code,
    }


def gate_document(gate: Gate) -> dict[str, Any]:
    """Return a gate in the words of a scenario file."""
    document = {"id": gate.id, "metric": gate.metric, "require": str(gate.require)}
    if gate.confidence is not None:
        document["confidence"] = f"{plain_number(gate.confidence * 100)}%"
    return document | ({"min_samples": gate.min_samples} if gate.min_samples is not None else {})


def load_results(path: Path) -> SweepOutcome:
    """Read `results.json`, given the file or the folder it is in.

    Raises:
        ResultsError: there is no such file, or it is not what `results_document` writes.
    """
    file = path / FILE_NAME if path.is_dir() else path
    try:
        document = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ResultsError(f"{file}: {error.strerror}; give a {FILE_NAME} or the folder of a sweep") from None
    except ValueError as error:
        raise ResultsError(f"{file}: not JSON ({error}); give a {FILE_NAME} that a sweep wrote") from None
    return _sweep(document, file)


def _sweep(document: Any, file: Path) -> SweepOutcome:  # noqa: ANN401 - whatever the file holds
    found = document.get("schema_version") if isinstance(document, dict) else None
    if found != SCHEMA_VERSION:
        raise ResultsError(
            f"{file}: schema_version: {found!r} is not known here; a sweep writes {SCHEMA_VERSION}"
        )
    try:
        return _SWEEP.validate_python(_as_objects(document))
    except KeyError as error:
        raise ResultsError(f"{file}: the key {error} is missing; was the file cut or edited?") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(_keys_of(first["loc"]))
        if first["type"] == "missing":
            raise ResultsError(f"{file}: the key {where!r} is missing; was the file cut or edited?") from None
        raise ResultsError(f"{file}: {where}: not what a sweep writes: {first['msg']}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise ResultsError(f"{file}: not what a sweep writes: {str(error).splitlines()[0]}") from None


def _setting_document(outcome: SettingOutcome) -> dict[str, Any]:
    document: dict[str, Any] = {**asdict(outcome.setting), "verdict": outcome.verdict.value}
    document["gates"] = [_judgement_document(judgement) for judgement in outcome.judgements]
    document["problem"] = outcome.problem
    if outcome.measurement is not None:
        document |= _measurement_document(outcome.measurement)
    return document


def _judgement_document(judgement: Judgement) -> dict[str, Any]:
    return {**asdict(judgement), "verdict": judgement.verdict.value}


def _measurement_document(measurement: Measurement) -> dict[str, Any]:
    return {
        "seed": measurement.seed,
        "metrics": dict(measurement.metrics),
        "intervals": {name: _share_document(share) for name, share in measurement.shares.items()},
        "latency_seconds": asdict(measurement.latency_seconds),
        "attempt_latency_seconds": asdict(measurement.attempt_latency_seconds),
        "faults": [asdict(count) for count in measurement.faults],
        "waits_seconds": dict(measurement.waits_seconds),
        "failed_attempts": dict(measurement.failed_attempts),
        "states": [asdict(change) for change in measurement.states],
        "processes": asdict(measurement.processes),
        "trace_digest": measurement.trace_digest,
    }


def _share_document(share: Share) -> dict[str, Any]:
    return {
        "low": share.interval.low,
        "high": share.interval.high,
        "successes": share.successes,
        "count": share.count,
        "confidence_share": share.confidence_share,
    }


# From values of the file to the shape of the objects that were written: pydantic makes and checks them.

_SWEEP = TypeAdapter(SweepOutcome)
_PACE = frozenset({"operations", "presentations", "writes_committed", "elapsed_seconds"})
_CALLED_IN_THE_FILE = {"shares": "intervals", "judgements": "gates"}
_NOT_IN_THE_FILE = frozenset({"measurement", "setting", "interval", "Measurement"})


def _as_objects(document: Mapping[str, Any]) -> dict[str, Any]:
    if document["settings"] and not document["time_scale"] > 0:
        raise ValueError(f"time_scale: {document['time_scale']!r} is not above 0")
    settings = tuple(_as_setting_outcome(setting) for setting in document["settings"])
    return {**document, "gates": tuple(document["gates"]), "settings": settings}


def _as_setting_outcome(document: Mapping[str, Any]) -> dict[str, Any]:
    setting = {name: document[name] for name in ("strategy", "concurrency", "repeat")}
    return {
        "setting": setting,
        "measurement": _as_measurement(setting, document) if "metrics" in document else None,
        "judgements": tuple(document["gates"]),
        "problem": document["problem"],
    }


def _as_measurement(setting: Mapping[str, Any], document: Mapping[str, Any]) -> dict[str, Any]:
    metrics = document["metrics"]
    for name in sorted({*get_args(Metric), *_PACE}):
        if metrics[name] is None and name not in {*SHARES, SPEEDUP}:
            raise ValueError(f"metrics.{name}: null where there must be a number")
    shares = {name: _as_share(document["intervals"][name]) for name in sorted(SHARES)}
    rows = {name: tuple(document[name]) for name in ("faults", "states")}
    return {**document, **rows, "setting": setting, "shares": shares}


def _as_share(document: Mapping[str, Any]) -> dict[str, Any]:
    return {**document, "interval": {"low": document["low"], "high": document["high"]}}


def _keys_of(places: Iterable[int | str]) -> Iterator[str]:
    """Yield the keys of the file that lead to a place in the objects."""
    for place in places:
        if place not in _NOT_IN_THE_FILE:
            yield str(_CALLED_IN_THE_FILE.get(str(place), place))
