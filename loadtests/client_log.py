"""Reading what a client told of its run.  A thinking room.

The client appends one JSON object per line and may die in the middle of one; a torn last line is a fact to
live with, a torn line elsewhere is not.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from loadtests.measurements import AttemptRow, ClientLog, StateChange


def parse_events(text: str) -> ClientLog:
    """Read what a client wrote.

    Raises:
        ValueError: a line other than a torn last one is not a JSON object; the message names the line.
    """
    return log_of(list(_objects(text)))


def log_of(events: Sequence[dict[str, Any]]) -> ClientLog:
    """Return what events come to, each with its class's name under `event` and its values beside it."""
    origin = min((_moment(event) for event in events), default=0.0)
    end = max((_moment(event) for event in events), default=0.0)
    by_name: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        by_name.setdefault(event["event"], []).append(event)
    finished = by_name.get("ClientFinished", [])
    return ClientLog(
        asked_at_seconds=_first_asked(by_name.get("CallAsked", []), origin),
        settled={e["operation_id"]: _rebased(e, origin) for e in by_name.get("OperationSettled", [])},
        refused={e["presentation_id"]: _rebased(e, origin) for e in by_name.get("CallRefused", [])},
        attempts=tuple(_attempt(e, origin) for e in by_name.get("AttemptSettled", [])),
        states=tuple(_state(e, origin) for e in events if e["event"] in {"BreakerChanged", "LimitChanged"}),
        elapsed_seconds=end - origin,
        cpu_seconds=finished[-1].get("cpu_seconds") if finished else None,
    )


def _objects(text: str) -> Iterator[dict[str, Any]]:
    # `splitlines` also ends a line at U+0085, U+2028 and U+2029, which JSON texts may hold as they are.
    *lines, torn = text.split("\n")
    for number, line in enumerate([*lines, torn] if torn else lines, start=1):
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            if number > len(lines):
                return
            raise ValueError(f"line {number} of the client's events is not JSON: {line[:80]!r}") from None
        yield value


def _first_asked(events: Iterable[Mapping[str, Any]], origin: float) -> dict[str, float]:
    """Return when each presentation was first asked for; of several calls none may hide what it waited."""
    asked: dict[str, float] = {}
    for event in events:
        asked.setdefault(event["presentation_id"], event["at_seconds"] - origin)
    return asked


def _moment(event: Mapping[str, Any]) -> float:
    if "sent_at_seconds" in event:
        return float(event["sent_at_seconds"])
    return float(event["at_seconds"])


def _rebased(event: dict[str, Any], origin: float) -> dict[str, Any]:
    return {**event, "at_seconds": event["at_seconds"] - origin}


def _attempt(event: Mapping[str, Any], origin: float) -> AttemptRow:
    return AttemptRow(
        identity=event["identity"],
        attempt=event["attempt"],
        presentation_id=event["presentation_id"],
        method=event["method"],
        sent_at_seconds=event["sent_at_seconds"] - origin,
        duration_seconds=event["duration_seconds"],
        outcome=event["outcome"],
        http_status=event.get("http_status"),
        error_class=event.get("error_class"),
        error_text=event.get("error_text"),
        is_tls_failure=event.get("is_tls_failure", False),
        waits_seconds=event.get("waits_seconds", {}),
    )


def _state(event: Mapping[str, Any], origin: float) -> StateChange:
    kind, subject = ("breaker", "key") if event["event"] == "BreakerChanged" else ("limit", "reason")
    return StateChange(
        at_seconds=event["at_seconds"] - origin,
        kind=kind,
        before=str(event["before"]),
        after=str(event["after"]),
        subject=event[subject],
    )
