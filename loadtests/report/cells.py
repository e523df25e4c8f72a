"""What one setting shows in a table, as plain text: the same words in the terminal and in Markdown."""

from collections.abc import Sequence

from loadtests.gates import SPEEDUP
from loadtests.metrics import Measurement, Number
from loadtests.outcomes import SettingOutcome
from loadtests.statistics import Share

HEADINGS = (
    "strategy", "conc.", "edits", "slides ok", "TLS", "can't apply", "breaker", "lost/dup/wrong",
    "p50 / p99", "time", "speed-up", "faults", "verdict",
)  # fmt: skip
LEGEND = (
    "TLS and can't apply: surfaced to a caller / absorbed by the engine.  lost/dup/wrong: edits, ledger "
    "against reports.  p50 / p99: from asking for an edit to knowing its fate.  time: of the whole run.  "
    "Both are of the scenario's clock.  faults: struck."
)

# Why there is none stands below the table, where there is room for it.
_MISSING = ("none", *[""] * (len(HEADINGS) - 4))


def cells(outcome: SettingOutcome) -> Sequence[str]:
    """Return one setting's row, one text per heading."""
    setting = outcome.setting
    concurrency = f"{setting.concurrency}" + (f" #{setting.repeat}" if setting.repeat > 1 else "")
    measured = _MISSING if outcome.measurement is None else _measured(outcome.measurement)
    return (setting.strategy, concurrency, *measured, outcome.verdict.value)


def shown_share(share: Share) -> str:
    """Return a share with its interval, such as `98.8% [93.3, 99.8]`."""
    if share.value is None:
        return "-"
    return f"{share.value:.1%} [{share.interval.low * 100:.1f}, {share.interval.high * 100:.1f}]"


def shown_seconds(seconds: Number) -> str:
    """Return a span with as many digits as it deserves, such as `0.42s`, `7.1s` or `266s`."""
    if seconds is None:
        return "-"
    digits = 0 if seconds >= 100 else 1 if seconds >= 10 else 2
    return f"{seconds:.{digits}f}s"


def absorbed(metrics_failures: Number, attempts: Number) -> str:
    """Return `surfaced / absorbed`; an operation that failed may have failed in many tries."""
    surfaced, seen = int(metrics_failures or 0), int(attempts or 0)
    return f"{surfaced} / {max(0, seen - surfaced)}"


def _measured(measurement: Measurement) -> Sequence[str]:
    metrics = measurement.metrics
    latency = measurement.latency_seconds
    fired = sum(count.fired for count in measurement.faults)
    breaker = metrics["breaker_activation_share"]
    speedup = metrics[SPEEDUP]
    return (
        f"{metrics['operations']:g}",
        shown_share(measurement.shares["slide_success_share"]),
        absorbed(metrics["ssl_record_layer_failures"], metrics["ssl_record_layer_attempts"]),
        absorbed(metrics["cannot_be_applied_errors"], metrics["cannot_be_applied_attempts"]),
        "-" if breaker is None else f"{breaker:.1%}",
        f"{metrics['lost_edits']:g}/{metrics['duplicated_edits']:g}/{metrics['wrong_reports']:g}",
        f"{shown_seconds(latency.p50)} / {shown_seconds(latency.p99)}",
        shown_seconds(metrics["elapsed_seconds"]),
        "-" if speedup is None else f"{speedup:.1f}x",
        str(fired),
    )
