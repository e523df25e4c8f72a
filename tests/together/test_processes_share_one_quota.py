"""Processes that name one quota file, or one server, keep one quota, as the API counts it, and use it."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from fakeslides.decks.deck import Deck
from loadtests.benchmarks.shared_quota import Crowd, count
from loadtests.measurements import WRITE
from tests.support.engines_on_one_quota import written_together
from tests.support.plain_decks import plain_deck
from tests.support.weather import weather

QUOTA, WINDOW_SECONDS, SPAN_SECONDS = 60, 60.0, 61.0
GOOGLES = weather(server={"latency": {"fixed": "300ms"}, "quota": {"preset": "google-default"}})
# Seconds by which two clocks may differ in a minute: a file goes by the processes' own, Redis by another one.
PLACES = {"file": 0.001, "redis": 0.1}
KEYS = {f"{{{{key{number}}}}}": f"value {number}" for number in range(10)}


def _gaps(times: Iterable[float], count: int) -> list[float]:
    """Return how far apart each call and the one `count` calls later are."""
    ordered = sorted(times)
    return [later - earlier for earlier, later in zip(ordered, ordered[count:], strict=False)]


@pytest.mark.parametrize("place", PLACES)
async def test_four_real_processes_one_of_them_killed_and_started_again(
    place: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Real sockets, TLS, locks and SIGKILL; four processes of their own would write 240 in the first minute.

    The clocks run five times as fast, so on a busy machine calls may be on their way for seconds: what the
    server sees is given that much, what was sent is not.
    """
    redis_url = request.getfixturevalue("redis_url") if place == "redis" else None
    crowd = Crowd(spans=1, speed=5.0, redis_url=redis_url)

    counted = await count(crowd, tmp_path)

    told = _told_in(tmp_path)
    sent_at = [
        fact["sent_at_seconds"]
        for fact in told
        if fact["event"] == "AttemptSettled" and fact["method"] == WRITE and fact["outcome"] != "not_sent"
    ]
    assert sum(fact["event"] == "ClientStarted" for fact in told) == crowd.processes + 1
    assert len(sent_at) >= QUOTA - 1  # what was on its way at the kill was told by nobody
    assert min(_gaps(sent_at, QUOTA), default=SPAN_SECONDS) >= SPAN_SECONDS - PLACES[place]
    assert counted.most_in(WINDOW_SECONDS - 10.0) <= QUOTA


def test_in_virtual_time_no_window_holds_more_and_none_much_less() -> None:
    """Full size, to the millisecond: the quota is what all engines together write while they have work."""
    ledger = written_together(GOOGLES, _decks(), engines_count=4)

    arrivals = sorted(entry.arrived_at_seconds for entry in ledger)
    assert [entry.http_status for entry in ledger] == [200] * 240
    assert min(_gaps(arrivals, QUOTA)) > WINDOW_SECONDS
    assert arrivals[-1] - arrivals[0] <= 3 * WINDOW_SECONDS / 0.95


def test_engines_that_share_nothing_are_refused() -> None:
    """So that it is seen what the file is for, and that the server counts."""
    ledger = written_together(GOOGLES, _decks(), engines_count=4, shares_file=False)

    assert {entry.http_status for entry in ledger} == {200, 429}


def test_the_places_of_a_process_that_died_count_as_sent_and_come_back() -> None:
    """Nobody knows whether its calls had left, so the first two windows hold fewer; the third does not."""
    ledger = written_together(GOOGLES, _decks(), engines_count=4, dead_places_count=6)

    arrivals = sorted(entry.arrived_at_seconds for entry in ledger)
    assert [entry.http_status for entry in ledger] == [200] * 240
    assert min(_gaps(arrivals[: 2 * QUOTA - 12], QUOTA - 6)) > WINDOW_SECONDS
    assert arrivals[-1] - arrivals[0] <= 4 * SPAN_SECONDS + 10.0


def test_users_of_one_project_keep_its_quota_too() -> None:
    """Each has sixty writes a minute, and together they have forty here."""
    quota = {"preset": "google-default", "writes_per_project": 40}
    scenario = weather(server={"latency": {"fixed": "300ms"}, "quota": quota})

    ledger = written_together(
        scenario, _decks(), engines_count=4, users_count=2, project_writes_per_minute=40
    )

    assert [entry.http_status for entry in ledger] == [200] * 240
    assert min(_gaps((entry.arrived_at_seconds for entry in ledger), 40)) > WINDOW_SECONDS


def _told_in(folder: Path) -> list[dict[str, Any]]:
    files = folder.glob("*.ndjson")
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def _decks() -> list[Deck]:
    """Return decks of 240 writes in all, if every edit is a write of its own."""
    return [plain_deck(f"deck-{number}", 3, KEYS) for number in range(8)]
