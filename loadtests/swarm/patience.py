"""How long after a storm everything may take to settle.  A thinking room."""

from math import ceil, floor

from engine.settings import EngineSettings
from loadtests.swarm.profile import Profile
from loadtests.swarm.whims import NEIGHBOURS_CALLS_COUNT

# A breaker that opened again and again stays open for five minutes and a fifth.
_LONGEST_OPEN_SECONDS = 360.0
_LONGEST_BACKOFF_SECONDS = 33.0
_WINDOW_SECONDS = 61.0
_LONGEST_SERVICE_SECONDS = 5.0


def patience_seconds(profile: Profile, settings: EngineSettings) -> float:
    """Return the seconds in which all that a profile asks for can be done in calm weather, and more.

    A breaker's longest period, one call with all its retries, and every edit a write of its own, one after
    the other and at the quota's pace, twice.
    """
    workload = profile.scenario.workload
    writes = workload.presentations * workload.slides * workload.replacements
    writes += (
        len(profile.whims.asks) + profile.whims.neighbours * NEIGHBOURS_CALLS_COUNT * workload.replacements
    )
    writes_per_minute = min(settings.writes_per_minute, settings.project_writes_per_minute)
    ceiling = floor(writes_per_minute * settings.quota_use_share)
    tries = settings.batch_retry_attempts + 2
    one_call = tries * (settings.http_connection_timeout + _LONGEST_BACKOFF_SECONDS)
    at_the_quotas_pace = ceil(2 * writes / ceiling + 1) * _WINDOW_SECONDS
    return _LONGEST_OPEN_SECONDS + one_call + at_the_quotas_pace + writes * _LONGEST_SERVICE_SECONDS
