"""Server-sent events: the ledger's lines as they are added, and the server's state whenever it has changed.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aiohttp import web

from fakeslides.clock import Clock
from fakeslides.ledger import Entry
from fakeslides.page.state import Watched, entry_event, state_of
from fakeslides.page.vocabulary import connection_points, fault_kinds

# A page that can't keep up sees the latest lines and how many it missed.
MOST_ENTRIES_AT_ONCE = 200

_TICK_SECONDS = 0.1
_TICKS_BETWEEN_STATES = 5
_TICKS_BETWEEN_SIGNS_OF_LIFE = 10


class EventSource:
    """What one page has been told, and what is new since.

    Args:
        server: what is watched.
        clock: real time; the entries' own times are scenario seconds, which may run faster.
    """

    def __init__(self, server: Watched, clock: Clock) -> None:
        self._server, self._clock = server, clock
        self._first_told: Entry | None = None
        self._told_count = 0
        self._told_state = ""
        self._tick = 0

    def next_events(self) -> Iterator[str]:
        """Yield the events that are due; call it once a tick."""
        if self._tick == 0:
            kinds = fault_kinds()
            yield _event("hello", {"kinds": kinds, "connection_points": connection_points(kinds)})
        yield from self._new_entries()
        if self._tick % _TICKS_BETWEEN_STATES == 0:
            yield from self._new_state()
        if self._tick % _TICKS_BETWEEN_SIGNS_OF_LIFE == 0:
            yield ": still here\n\n"
        self._tick += 1

    def _new_entries(self) -> Iterator[str]:
        first = next(iter(self._server.ledger), None)
        if first is not self._first_told:
            if self._told_count:
                yield _event("reset", {})
            self._first_told, self._told_count = first, 0
        fresh = self._server.ledger.since(self._told_count)
        if fresh:
            self._told_count += len(fresh)
            yield self._entries_event(fresh[:-MOST_ENTRIES_AT_ONCE], fresh[-MOST_ENTRIES_AT_ONCE:])

    def _entries_event(self, skipped: Sequence[Entry], shown: Sequence[Entry]) -> str:
        entries = [entry_event(entry, self._unix_time_of(entry.ended_at_seconds)) for entry in shown]
        skipped_struck = sum(entry.fault is not None for entry in skipped)
        return _event(
            "entries", {"entries": entries, "skipped": len(skipped), "skipped_struck": skipped_struck}
        )

    def _new_state(self) -> Iterator[str]:
        state = _event("state", state_of(self._server))
        if state != self._told_state:
            self._told_state = state
            yield state

    def _unix_time_of(self, server_seconds: float) -> float:
        """Return when it was `server_seconds` after the server's start, as Unix time."""
        ago_seconds = self._server.front.uptime_seconds() - server_seconds
        return self._clock.wall() - ago_seconds * self._server.scenario.time_scale


async def stream_events(request: web.BaseRequest, server: Watched, clock: Clock) -> web.StreamResponse:
    """Send events until the page is closed or the server stops."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    response = web.StreamResponse(headers=headers)
    response.content_type = "text/event-stream"
    source = EventSource(server, clock)
    try:
        await response.prepare(request)
        while True:
            # Waits while the page reads too slowly, so nothing piles up here.
            await response.write("".join(source.next_events()).encode())
            await clock.sleep(_TICK_SECONDS)
    except ConnectionError:
        return response


def _event(name: str, data: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
