"""What becomes of an edit whose answer was lost; the truth is what the pretended server committed."""

from engine.errors import (
    ConnectionLost,
    RecordLayerFailure,
)
from engine.events import Fate
from tests.support.engines import edit
from tests.support.pretend_slides import PretendSlides
from tests.support.recovered_edits import EDITS, PERFECT, TEXTS, fates_of


async def test_sends_the_same_bytes_with_the_same_revision_again() -> None:
    """Only then can the write land at most once."""
    slides = PretendSlides(TEXTS, ["lost before"])

    report = await edit(slides, EDITS)

    bodies = [body for _, _, _, body in slides.attempts if body is not None]
    assert bodies[0] == bodies[1]
    assert fates_of(report) == {Fate.APPLIED}
    assert len(slides.commits) == 1


async def test_reports_applied_when_the_first_copy_had_landed() -> None:
    """A refusal of the second copy must not be reported as a refusal of the edit."""
    slides = PretendSlides(TEXTS, ["lost after"])

    report = await edit(slides, EDITS)

    assert fates_of(report) == {Fate.APPLIED}
    assert len(slides.commits) == 1
    assert slides.texts == PERFECT


async def test_writes_again_when_only_a_rival_has_written_meanwhile() -> None:
    """A 400 after an ambiguity proves nothing: taken as success it would lose the edit."""
    slides = PretendSlides(TEXTS, ["lost before", "rival"])

    report = await edit(slides, EDITS)

    assert fates_of(report) == {Fate.APPLIED}
    assert len(slides.commits) == 1
    assert slides.texts["s2"] == "Ada"


async def test_says_indeterminate_when_the_text_cannot_tell() -> None:
    """A guess in either direction would be a false report."""
    slides = PretendSlides({"s1": "{{a}}"}, ["lost after", "rival"])
    slides._rival_edits = lambda: _rewrite(slides)

    report = await edit(slides, {"{{a}}": "Ada"})

    assert fates_of(report) == {Fate.INDETERMINATE}


async def test_looks_once_more_before_giving_up() -> None:
    """What landed and was never answered is still there to be seen."""
    slides = PretendSlides(TEXTS, ["lost after"])

    report = await edit(slides, EDITS, batch_retry_attempts=0)

    assert fates_of(report) == {Fate.APPLIED}


async def test_says_indeterminate_when_it_gives_up_and_sees_nothing() -> None:
    """A copy may still be on its way, so 'not applied' would be a promise nobody can keep."""
    slides = PretendSlides(TEXTS, ["corrupt before"] * 3)

    report = await edit(slides, EDITS, batch_retry_attempts=2)

    assert fates_of(report) == {Fate.INDETERMINATE}
    assert isinstance(report.operations[0].error, RecordLayerFailure)
    assert slides.commits == []


async def test_a_refusal_that_names_no_request_leaves_the_doubt() -> None:
    """A front end that finds the second copy too long says nothing of the first, which may land yet."""
    slides = PretendSlides(TEXTS, ["lost before", "413"])

    report = await edit(slides, EDITS)

    assert fates_of(report) == {Fate.INDETERMINATE}
    assert slides.commits == []


async def test_says_indeterminate_when_it_cannot_look() -> None:
    """Blind, nothing can be said."""
    slides = PretendSlides(TEXTS, ["lost before"])
    slides.read_weather = ["ok", "lost before"]

    report = await edit(slides, EDITS, batch_retry_attempts=0)

    assert fates_of(report) == {Fate.INDETERMINATE}
    assert isinstance(report.operations[0].error, ConnectionLost)


async def test_an_edit_that_finds_nothing_is_not_called_refused_after_it_landed() -> None:
    """Its text bears no witness, so the refusal of the second copy was taken at its word."""
    slides = PretendSlides({"s1": "nothing to see"}, ["lost after"])

    report = await edit(slides, EDITS, circuit_breaker_threshold=1, batch_retry_attempts=0)

    assert fates_of(report) == {Fate.APPLIED}
    assert len(slides.commits) == 1


async def test_without_a_fence_it_looks_before_it_sends_again() -> None:
    """Nothing but the text says whether the first copy has landed."""
    slides = PretendSlides(TEXTS, ["lost after"])

    report = await edit(slides, EDITS, lock_enabled=False)

    assert fates_of(report) == {Fate.APPLIED}
    assert len(slides.commits) == 1


def _rewrite(slides: PretendSlides) -> None:
    slides.texts = {"s1": "something else"}
    slides.revision += 1
