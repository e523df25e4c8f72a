import pytest

from engine import EngineSettings
from engine.wire.connections import GoogleSlidesConnectionManager
from loadtests.swarm.callers import ENCORE_KEY
from loadtests.swarm.episode import live_through
from loadtests.swarm.play import ENCORES_COUNT, settings_of
from loadtests.swarm.whims import Whims
from tests.support.swarms import RESET, a_profile

STORM_ENDS_AT_SECONDS = 30.0


def test_the_setting_and_what_differs_are_the_engines_settings() -> None:
    """Whatever the environment of the process says."""
    settings = settings_of(a_profile(batch_retry_attempts=8))

    assert settings == EngineSettings(
        batch_strategy="per_slide", max_concurrent_slides=2, batch_retry_attempts=8
    )


def test_after_the_storm_calls_are_made_again_and_no_fault_strikes() -> None:
    """What must hold then can be seen only then."""
    episode = live_through(a_profile(RESET))

    encores = [
        entry
        for entry in episode.ledger
        if any(request.body["containsText"]["text"] == ENCORE_KEY for request in entry.requests)
    ]

    assert {entry.presentation_id for entry in encores} == {
        f["presentation_id"] for f in episode.facts if f["event"] == "OperationAccepted"
    }
    assert all(entry.arrived_at_seconds > STORM_ENDS_AT_SECONDS for entry in encores)
    assert {entry.rule_id for entry in encores} == {None}
    assert episode.checked_counts["TheStormIsSurvived"] == min(2, ENCORES_COUNT)


def test_who_closes_the_engine_in_the_storm_calls_no_more() -> None:
    """There is no encore, and what was under way has a few seconds to end."""
    episode = live_through(a_profile(RESET, whims=Whims(closes_at_seconds=0.3)))

    assert episode.broken == []
    assert episode.checked_counts["TheStormIsSurvived"] == 0
    assert episode.virtual_seconds < STORM_ENDS_AT_SECONDS


def test_an_engine_may_be_drained_before_it_is_closed() -> None:
    """Then its calls have ended, each with the fates of its edits, when the last of it is closed."""
    episode = live_through(a_profile(RESET, whims=Whims(closes_at_seconds=0.3, drain_seconds=25.0)))

    assert episode.broken == []
    assert [fact["timeout_seconds"] for fact in episode.facts if fact["event"] == "DrainBegan"] == [25.0]
    assert episode.checked_counts["ClosesInTime"] == 1


def test_calm_comes_though_no_call_ever_came_through_to_begin_the_storm() -> None:
    """A server that refuses every token would be waited for till the end of time."""
    no_token = {
        **RESET,
        "where": {"method": "token"},
        "when": {"phase": "storm"},
        "fault": {"kind": "http.status", "code": 503},
    }

    episode = live_through(a_profile(no_token))

    assert episode.broken == []
    assert episode.strikes["reset"] > 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # aiohttp's, of what is left
def test_a_socket_that_a_closed_engine_left_open_is_seen_whatever_it_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was asked how many it still held, and believed."""
    profile = a_profile(RESET)
    assert live_through(profile).broken == []

    async def stay_open(*_: object) -> None:
        """Close nothing."""

    monkeypatch.setattr(GoogleSlidesConnectionManager, "close", stay_open)
    monkeypatch.setattr(GoogleSlidesConnectionManager, "open_sockets_count", 0)

    (broken,) = live_through(profile).broken
    assert broken.promise == "NothingIsLeft"
    assert "sockets of closed engines" in broken.text
