"""The shipped incident, made small enough for a test: the same weather over fewer decks on a faster clock."""

import re
from pathlib import Path

from fakeslides.scenario.loader import find_scenario

UNGUARDED = {
    "lock_enabled": False,
    "pacer_enabled": False,
    "breaker_enabled": False,
    "pool_limit_enabled": False,
    "batch_retry_attempts": 1,
}
"""The engine without its safeguards."""


def a_small_incident(folder: Path, presentations: int = 16) -> Path:
    """Write the incident with some decks of 4 slides; with 16 the gates still have their 60 samples."""
    text = find_scenario("production_incident").read_text("utf-8")
    text, sizes = re.subn(r"presentations: \d+", f"presentations: {presentations}", text)
    text, scales = re.subn(r"time_scale: \S+", "time_scale: 1/25", text)
    assert (sizes, scales) == (1, 1), "the incident is written as this test knows it"
    file = folder / "small_incident.yaml"
    file.write_text(text, "utf-8")
    return file
