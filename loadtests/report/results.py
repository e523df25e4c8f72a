"""results.json: everything that was measured and judged, written for machines, and read back.

Reading builds the very objects that were written, so that stored results can be judged and planned
with again.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fakeslides.scenario.gates import Gate
from loadtests.gates import Judgement, Verdict
from loadtests.measurements import FaultCount, Setting, StateChange
from loadtests.metrics import Measurement, Processes
from loadtests.outcomes import SettingOutcome, SweepOutcome
from loadtests.statistics import Interval, Percentiles, Share

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
        document["confidence"] = f"{gate.confidence * 100:g}%"
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
        return _sweep_outcome(document)
    except KeyError as error:
        raise ResultsError(f"{file}: the key {error} is missing; was the file cut or edited?") from None
    except (ValidationError, TypeError, ValueError, AttributeError) as error:
        raise ResultsError(f"{file}: not what a sweep writes: {str(error).splitlines()[0]}") from None


def _sweep_outcome(document: Mapping[str, Any]) -> SweepOutcome:
    return SweepOutcome(
        scenario=document["scenario"],
        promise=document["promise"],
        seed=document["seed"],
        time_scale=document["time_scale"],
        started_at=document["started_at"],
        versions=document["versions"],
        gates=tuple(Gate.model_validate(gate) for gate in document["gates"]),
        settings=tuple(_setting_outcome(setting) for setting in document["settings"]),
        was_interrupted=document["was_interrupted"],
        clock=document["clock"],
    )


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


def _setting_outcome(document: Mapping[str, Any]) -> SettingOutcome:
    setting = Setting(document["strategy"], document["concurrency"], document["repeat"])
    return SettingOutcome(
        setting=setting,
        measurement=_measurement(setting, document) if "metrics" in document else None,
        judgements=tuple(_judgement(judgement) for judgement in document["gates"]),
        problem=document["problem"],
    )


def _judgement(document: Mapping[str, Any]) -> Judgement:
    return Judgement(**{**document, "verdict": Verdict(document["verdict"])})


def _measurement(setting: Setting, document: Mapping[str, Any]) -> Measurement:
    return Measurement(
        setting=setting,
        seed=document["seed"],
        metrics=document["metrics"],
        shares={name: _share(share) for name, share in document["intervals"].items()},
        latency_seconds=Percentiles(**document["latency_seconds"]),
        attempt_latency_seconds=Percentiles(**document["attempt_latency_seconds"]),
        faults=tuple(FaultCount(**count) for count in document["faults"]),
        waits_seconds=document["waits_seconds"],
        failed_attempts=document["failed_attempts"],
        states=tuple(StateChange(**change) for change in document["states"]),
        processes=Processes(**document["processes"]),
        trace_digest=document.get("trace_digest"),
    )


def _share(document: Mapping[str, Any]) -> Share:
    interval = Interval(document["low"], document["high"])
    return Share(document["successes"], document["count"], interval, document["confidence_share"])
