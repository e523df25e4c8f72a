"""What becomes of an edit that the server refuses."""

import asyncio
from collections.abc import Callable

import pytest

from engine.errors import (
    CannotBeApplied,
    EngineClosed,
    InvalidRequest,
    QuotaExceeded,
)
from engine.events import Fate
from tests.support.engines import DECK, edit, pretend_engine
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import PretendSlides
from tests.support.recovered_edits import EDITS, TEXTS, fates_of


async def test_takes_the_new_revision_after_a_rivals_edit() -> None:
    """Other people may edit the deck too."""
    slides = PretendSlides(TEXTS, ["rival"])

    report = await edit(slides, EDITS)

    assert fates_of(report) == {Fate.APPLIED}
    assert slides.texts["s1"] == "Ada and Bob (seen)"


async def test_tries_again_after_losing_a_race() -> None:
    """'cannot be applied' passes when the other write is through."""
    report = await edit(PretendSlides(TEXTS, ["race", "race"]), EDITS)

    assert fates_of(report) == {Fate.APPLIED}


async def test_reports_a_race_that_is_lost_too_often() -> None:
    """The number of retries is the operator's to choose."""
    slides = PretendSlides(TEXTS, ["race"] * 3)

    report = await edit(slides, EDITS, batch_retry_attempts=2)

    assert fates_of(report) == {Fate.REJECTED}
    assert isinstance(report.operations[0].error, CannotBeApplied)


async def test_one_bad_edit_does_not_stop_the_others() -> None:
    """A batch is refused as a whole, but only one edit of it is wrong."""
    slides = PretendSlides(TEXTS, bad_text="{{b}}")

    report = await edit(slides, EDITS)

    by_find = {(o.slide_id, o.find): o.fate for o in report.operations}
    assert by_find == {
        ("s1", "{{a}}"): Fate.APPLIED,
        ("s1", "{{b}}"): Fate.REJECTED,
        ("s2", "{{a}}"): Fate.APPLIED,
        ("s2", "{{b}}"): Fate.REJECTED,
    }
    assert isinstance(next(o.error for o in report.operations if o.error), InvalidRequest)


@pytest.mark.parametrize(("word", "is_applied"), [("rival", False), ("413", False), ("ok", True)])
async def test_an_edit_that_draining_keeps_from_its_next_try_is_left_for_later(
    word: str, *, is_applied: bool
) -> None:
    """The reason has passed, and whoever resumes passes over what was refused for good."""
    clock, slides = RunningClock(), PretendSlides(TEXTS, [word])
    engine = pretend_engine(slides, clock)
    answer = slides._write

    def drain_meanwhile(*arguments: object) -> dict[str, object]:
        drains.append(asyncio.create_task(engine.drain(1.0)))
        return answer(*arguments)

    drains: list[asyncio.Task[None]] = []
    slides._write = drain_meanwhile
    work = asyncio.create_task(engine.replace_text(DECK, EDITS))
    await clock.run(work)

    report = await work
    assert fates_of(report) == {Fate.APPLIED if is_applied else Fate.NOT_SENT}
    assert is_applied or {type(each.error) for each in report.operations} == {EngineClosed}
    await asyncio.gather(*drains)


@pytest.mark.parametrize(("names_the_request", "most_extra_writes"), [(True, 2), (False, 17)])
async def test_one_bad_edit_in_two_hundred_costs_few_writes(
    *, names_the_request: bool, most_extra_writes: int
) -> None:
    """A minute has fifty-four, and the other edits should be in the first of them."""
    edits = {f"{{{{{number}}}}}": "x" for number in range(200)}
    slides = PretendSlides({"s1": "".join(edits)}, bad_text="{{137}}")
    if not names_the_request:
        named = slides._refuse_bad
        slides._refuse_bad = lambda body: _without_index(named, body)

    report = await edit(slides, edits, slides_api_batch_size=200)

    refused = [o.find for o in report.operations if o.fate is not Fate.APPLIED]
    assert refused == ["{{137}}"]
    writes_count = sum(body is not None for _, _, _, body in slides.attempts)
    assert writes_count <= 1 + most_extra_writes


async def test_reads_the_revision_when_the_server_does_not_say_which_request_is_bad() -> None:
    """The text of a revision mismatch is undocumented, so a bare 400 may be one."""
    slides = PretendSlides(TEXTS)
    refusals = [InvalidRequest("400 INVALID_ARGUMENT: bad", http_status=400)]
    slides._refuse_bad = lambda body: _move_and_raise(slides, refusals)

    report = await edit(slides, EDITS)

    assert fates_of(report) == {Fate.APPLIED}
    assert len(slides.commits) == 1


async def test_a_batch_that_the_server_finds_too_large_is_sent_in_parts() -> None:
    """How many requests Google takes is written nowhere, and any limit of ours may be above it."""
    slides = PretendSlides(TEXTS)
    slides._refuse_bad = _refuse_more_than_one

    report = await edit(slides, EDITS)

    assert fates_of(report) == {Fate.APPLIED}
    assert [len(requests) for requests in slides.commits] == [1, 1]


async def test_one_calls_failures_do_not_use_up_the_retries_of_another() -> None:
    """A counter that all calls share lets the first one to fail decide for all."""
    slides, clock = PretendSlides(TEXTS, ["race"] * 5), RunningClock()
    engine = pretend_engine(slides, clock, batch_retry_attempts=2)

    calls = asyncio.gather(*(engine.replace_text(DECK, {"{{a}}": "Ada"}) for _ in range(2)))
    await clock.run(calls)

    first, second = await calls
    assert (fates_of(first), fates_of(second)) == ({Fate.REJECTED}, {Fate.APPLIED})


async def test_waits_out_a_full_quota() -> None:
    """Nothing was applied, so patience is all it takes."""
    report = await edit(PretendSlides(TEXTS, ["429"] * 6), EDITS)

    assert fates_of(report) == {Fate.APPLIED}


async def test_gives_up_on_a_full_quota_where_no_pacer_spaces_the_tries() -> None:
    """Otherwise a client without a pacer hammers the server until its deadline."""
    slides = PretendSlides(TEXTS, ["429"] * 50)

    report = await edit(slides, EDITS, pacer_enabled=False, batch_retry_attempts=1)

    assert isinstance(report.operations[0].error, QuotaExceeded)
    assert len(slides.weather) == 48


def _move_and_raise(slides: PretendSlides, refusals: list[InvalidRequest]) -> None:
    if refusals:
        slides.revision += 1
        raise refusals.pop()


def _without_index(refuse: Callable[[dict[str, object]], None], body: dict[str, object]) -> None:
    try:
        refuse(body)
    except InvalidRequest as error:
        error.request_index = None
        raise


def _refuse_more_than_one(body: dict[str, list[object]]) -> None:
    if len(body["requests"]) > 1:
        raise InvalidRequest("400 INVALID_ARGUMENT: too many requests in the batch", http_status=400)


@pytest.mark.parametrize("lost", ["lost before", "lost after"])
async def test_a_doubt_that_draining_keeps_from_being_looked_into_stays_one(lost: str) -> None:
    """Told as not sent, it would be sent again by whoever resumes, and may be there already."""
    clock, slides = RunningClock(), PretendSlides(TEXTS, [lost, "rival"])
    slides.read_weather = ["ok", *["503"] * 50]  # the refusal of the copy could be looked into, and is not
    engine = pretend_engine(
        slides, clock, breaker_enabled=False, batch_retry_attempts=20, batch_retry_delay=30.0
    )
    work = asyncio.create_task(engine.replace_text(DECK, EDITS))

    async def drain() -> None:
        await clock.sleep(100.0)
        await engine.drain(0.5)

    await clock.run(asyncio.gather(work, drain()))

    assert fates_of(await work) == {Fate.INDETERMINATE}
