"""attempts.ndjson: every try of a sweep, with what the client saw and what the server did, one line each."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from loadtests.measurements import JoinedAttempt, Setting

FILE_NAME = "attempts.ndjson"


def attempt_lines(setting: Setting, attempts: Iterable[JoinedAttempt]) -> Iterator[str]:
    """Yield one JSON line per try, newline included."""
    for pair in attempts:
        yield json.dumps(attempt_document(setting, pair), ensure_ascii=False) + "\n"


def attempt_document(setting: Setting, pair: JoinedAttempt) -> dict[str, Any]:
    """Return one try; what only one side knows is null where that side is silent.

    `outcome` is the client's word and `committed` the server's, false of what never reached it; times are
    seconds of the run's clock.
    """
    return {"setting": setting.name, **_identity(pair), **_told(pair), **_seen(pair)}


def _identity(pair: JoinedAttempt) -> dict[str, Any]:
    if pair.told is not None:
        row = pair.told
        return _named(row.identity, row.attempt, row.presentation_id, row.method)
    assert pair.seen is not None, "a try was told, seen, or both"
    return _named(pair.seen.identity, pair.seen.attempt, pair.seen.presentation_id, pair.seen.method)


def _named(
    operation: str | None, attempt: int | None, presentation_id: str | None, method: str
) -> dict[str, Any]:
    return {
        "operation": operation,
        "attempt": attempt,
        "presentation_id": presentation_id,
        "method": method,
    }


def _told(pair: JoinedAttempt) -> dict[str, Any]:
    names = ("sent_at_seconds", "duration_seconds", "http_status", "outcome", "error_class", "error_text")
    return {name: getattr(pair.told, name, None) for name in names}


def _seen(pair: JoinedAttempt) -> dict[str, Any]:
    if pair.seen is None:
        return {"fault": None, "point": None, "organic": None, "committed": False}
    seen = pair.seen
    return {
        "fault": seen.rule_id,
        "point": seen.point,
        "organic": seen.organic,
        "committed": seen.committed,
    }
