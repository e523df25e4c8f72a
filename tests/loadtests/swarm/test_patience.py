from engine.settings import EngineSettings
from loadtests.swarm.patience import patience_seconds
from tests.support.swarms import a_profile


def test_is_longer_than_a_breakers_longest_period_and_the_writes_at_the_quotas_pace() -> None:
    """A promise broken for want of patience would be a false alarm."""
    patience = patience_seconds(a_profile(), EngineSettings())

    assert patience > 360 + 30 + 60


def test_grows_with_what_makes_a_run_slow() -> None:
    """A tight quota, many retries, a slow try."""
    usual = patience_seconds(a_profile(), EngineSettings())

    for slow in (
        EngineSettings(writes_per_minute=1, quota_use_share=1.0),
        EngineSettings(project_writes_per_minute=1, quota_use_share=1.0),
        EngineSettings(batch_retry_attempts=50),
        EngineSettings(http_connection_timeout=120.0),
    ):
        assert patience_seconds(a_profile(), slow) > usual
