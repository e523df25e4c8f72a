"""Both sides' tries laid beside each other on one clock.  A thinking room."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from fakeslides.ledger import Entry
from loadtests.timeline.attempts import Attempt, Seen, Strike

Fact = Mapping[str, Any]
"""What a client told: its event's name under `event`, and the event's fields beside it."""

# What leaves one side and arrives at the other at the same instant differs by rounding.
_SAME_INSTANT_SECONDS = 1e-6

Key = tuple[str, int, str]


def attempts_of(
    facts: Iterable[Fact], ledger: Iterable[Entry], zero: float, server_start: float
) -> list[Attempt]:
    """Return every try of a run, in the order of their beginnings.

    Args:
        facts: what the client told, in order.
        ledger: what the server has.
        zero: the moment of the client's clock from which the story counts.
        server_start: seconds from there to the server's start; negative if the server was first.
    """
    told = sorted(_told(facts, zero), key=_beginning)
    return sorted(_joined(told, ledger, server_start), key=_beginning)


def _beginning(attempt: Attempt) -> float:
    return attempt.sent_at_seconds


def _told(facts: Iterable[Fact], zero: float) -> Iterator[Attempt]:
    """Yield what the client tried, those last that it never told the end of."""
    under_way: dict[str, Fact] = {}
    ended = Counter[tuple[str, str]]()
    for fact in facts:
        if fact["event"] == "AttemptAdmitted":
            under_way[fact["identity"]] = fact
        elif fact["event"] == "AttemptSettled":
            ended[fact["identity"], fact["method"]] += 1
            admitted = under_way.pop(fact["identity"], {})
            yield _settled(fact, zero, is_trial=admitted.get("is_trial", False))
        elif fact["event"] == "ProcessKilled":
            yield from (_unended(cut_off, ended, zero) for cut_off in under_way.values())
            under_way.clear()
    for fact in under_way.values():
        yield _unended(fact, ended, zero)


def _settled(fact: Fact, zero: float, *, is_trial: bool) -> Attempt:
    sent_at_seconds = fact["sent_at_seconds"] - zero
    return Attempt(
        identity=fact["identity"],
        number=fact["attempt"],
        presentation_id=fact["presentation_id"],
        method=fact["method"],
        sent_at_seconds=sent_at_seconds,
        ended_at_seconds=sent_at_seconds + fact["duration_seconds"],
        outcome=str(fact["outcome"]),
        operation_ids=tuple(fact["operation_ids"]),
        is_trial=is_trial,
        http_status=fact["http_status"],
        error_class=fact["error_class"],
        error_text=fact["error_text"],
        is_tls_failure=fact["is_tls_failure"],
        waits_seconds=dict(fact["waits_seconds"]),
    )


def _unended(fact: Fact, ended: Counter[tuple[str, str]], zero: float) -> Attempt:
    # At a breaker that is half-open a cheap read goes first, whatever the call is.
    method = "presentations.get" if fact["is_trial"] else fact["method"]
    return Attempt(
        identity=fact["identity"],
        number=ended[fact["identity"], method] + 1,
        presentation_id=fact["presentation_id"],
        method=method,
        sent_at_seconds=fact["at_seconds"] - zero,
        ended_at_seconds=None,
        is_trial=fact["is_trial"],
    )


def _joined(told: Sequence[Attempt], ledger: Iterable[Entry], server_start: float) -> list[Attempt]:
    """Lay the server's side beside the client's; an entry belongs to the last try that was sent before it."""
    joined = list(told)
    places = defaultdict[Key, list[int]](list)
    for place, each in enumerate(told):
        places[each.identity, each.number, each.method].append(place)
    for entry in sorted(ledger, key=lambda entry: entry.arrived_at_seconds):
        same = places.get((entry.identity or "", entry.attempt or 1, entry.method), [])
        own = _sent_before(same, told, entry.arrived_at_seconds + server_start)
        if own is None or joined[own].seen is not None:
            own = len(joined)
            joined.append(_untold(entry, server_start))
        seen, strike = _seen(entry, server_start), _strike(entry, server_start)
        joined[own] = replace(joined[own], seen=seen, strike=strike)
    return joined


def _sent_before(places: Sequence[int], told: Sequence[Attempt], at_seconds: float) -> int | None:
    """Return the last of some tries that was sent by then; the first if the clocks disagree."""
    sent = [told[place].sent_at_seconds for place in places]
    last = bisect_right(sent, at_seconds + _SAME_INSTANT_SECONDS) - 1
    return places[max(0, last)] if places else None


def _untold(entry: Entry, server_start: float) -> Attempt:
    """Return a try that only the server knows of."""
    is_nobodys = entry.presentation_id is None or entry.identity is None
    return Attempt(
        identity=entry.method if is_nobodys else entry.identity or "",
        number=entry.attempt or 1,
        presentation_id=entry.presentation_id,
        method=entry.method,
        sent_at_seconds=entry.arrived_at_seconds + server_start,
        ended_at_seconds=entry.ended_at_seconds + server_start,
    )


def _seen(entry: Entry, server_start: float) -> Seen:
    return Seen(
        arrived_at_seconds=entry.arrived_at_seconds + server_start,
        ended_at_seconds=entry.ended_at_seconds + server_start,
        connection=entry.connection,
        http_status=entry.http_status,
        committed=entry.committed,
        user=entry.user,
        message=entry.message,
        revision_before=entry.revision_before,
        revision_after=entry.revision_after,
        replaced_count=sum(request.occurrences or 0 for request in entry.requests),
    )


def _strike(entry: Entry, server_start: float) -> Strike | None:
    if entry.rule_id is None and entry.organic is None:
        return None
    return Strike(
        at_seconds=entry.ended_at_seconds + server_start,
        rule_id=entry.rule_id,
        kind=entry.fault,
        point=entry.point,
        organic=entry.organic,
        identity=entry.identity,
    )
