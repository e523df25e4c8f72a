"""What becomes of an edit while the server is down."""

import pytest

from engine.errors import (
    NotFound,
    Unreachable,
)
from engine.events import Fate
from tests.support.engines import edit
from tests.support.pretend_slides import PretendSlides
from tests.support.recovered_edits import EDITS, TEXTS, fates_of


async def test_parks_behind_the_breaker_without_using_up_the_retries() -> None:
    """An outage longer than the ladder of retries must not cost the edit."""
    slides = PretendSlides(TEXTS, ["down"] * 6)
    slides.read_weather = ["ok", "503", "503", "503"]

    report = await edit(slides, EDITS)

    assert fates_of(report) == {Fate.APPLIED}
    assert {o.met_open_breaker for o in report.operations} == {True}


async def test_says_not_sent_when_the_deadline_comes_first() -> None:
    """Nothing left this machine, so the caller may safely try elsewhere."""
    slides = PretendSlides(TEXTS, ["down"] * 500)
    slides.read_weather = ["ok", *["503"] * 500]

    report = await edit(slides, EDITS, operation_deadline=60.0)

    assert fates_of(report) == {Fate.NOT_SENT}
    assert slides.commits == []


async def test_gives_up_on_an_unreachable_server_without_a_breaker() -> None:
    """With nobody to say that the server is sick, the retries decide."""
    report = await edit(PretendSlides(TEXTS, ["down"] * 9), EDITS, breaker_enabled=False)

    assert fates_of(report) == {Fate.NOT_SENT}
    assert isinstance(report.operations[0].error, Unreachable)


async def test_a_read_is_simply_repeated() -> None:
    """A read changes nothing, so its failures need no judgement."""
    slides = PretendSlides(TEXTS)
    slides.read_weather = ["lost before", "503", "429"]

    report = await edit(slides, EDITS)

    assert fates_of(report) == {Fate.APPLIED}


async def test_a_presentation_that_does_not_exist_is_raised() -> None:
    """There are no operations whose fate could be told."""
    slides = PretendSlides(TEXTS)
    slides._read = lambda word, on_sent: _raise(NotFound("404", http_status=404))

    with pytest.raises(NotFound):
        await edit(slides, EDITS)


def _raise(error: Exception) -> dict[str, object]:
    raise error
