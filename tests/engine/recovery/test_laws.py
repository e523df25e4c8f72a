"""Whatever the weather, every report is true; the truth is what the pretended server committed."""

import asyncio

from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.events import Fate
from tests.support.engines import edit
from tests.support.pretend_slides import WRITE_WEATHER, PretendSlides
from tests.support.recovered_edits import EDITS, TEXTS


@settings(max_examples=150, deadline=None)
@example(weather=["lost before"] * 3 + ["lost after"], retries=0, strategy="sequential")
@given(
    weather=st.lists(st.sampled_from(WRITE_WEATHER), max_size=12),
    retries=st.integers(0, 3),
    strategy=st.sampled_from(["sequential", "per_slide", "coalesced"]),
)
def test_whatever_the_weather_every_report_is_true(weather: list[str], retries: int, strategy: str) -> None:
    """Lost, doubled and wrongly reported edits are what the engine exists to prevent."""
    slides = PretendSlides(TEXTS, weather)

    report = asyncio.run(edit(slides, EDITS, batch_retry_attempts=retries, batch_strategy=strategy))

    for operation in report.operations:
        commits_count = sum(
            request["replaceAllText"]["containsText"]["text"] == operation.find
            and operation.slide_id in request["replaceAllText"]["pageObjectIds"]
            for requests in slides.commits
            for request in requests
        )
        had_work = operation.find in TEXTS[operation.slide_id]
        if operation.fate is Fate.APPLIED:
            assert commits_count >= had_work
            assert operation.find not in slides.texts[operation.slide_id]
        if operation.fate in (Fate.REJECTED, Fate.NOT_SENT):
            assert commits_count == 0
        if had_work:
            assert commits_count <= 1
