"""What becomes of an edit in bad weather; the truth is what the pretended server committed."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.errors import (
    CannotBeApplied,
    ConnectionLost,
    InvalidRequest,
    NotFound,
    QuotaExceeded,
    RecordLayerFailure,
    Unreachable,
)
from engine.events import AttemptSettled, Event, Fate, RetryAllowed, RetryHeldBack
from engine.results import BatchReport
from tests.support.engines import DECK, edit, pretend_engine
from tests.support.manual_clock import RunningClock
from tests.support.pretend_slides import WRITE_WEATHER, PretendSlides

TEXTS = {"s1": "{{a}} and {{b}}", "s2": "{{a}}"}
EDITS = {"{{a}}": "Ada", "{{b}}": "Bob"}
PERFECT = {"s1": "Ada and Bob", "s2": "Ada"}


def _fates(report: BatchReport) -> set[Fate]:
    return {operation.fate for operation in report.operations}


class TestAfterAnAmbiguousWrite:
    async def test_sends_the_same_bytes_with_the_same_revision_again(self) -> None:
        """Only then can the write land at most once."""
        slides = PretendSlides(TEXTS, ["lost before"])

        report = await edit(slides, EDITS)

        bodies = [body for _, _, _, body in slides.attempts if body is not None]
        assert bodies[0] == bodies[1]
        assert _fates(report) == {Fate.APPLIED}
        assert len(slides.commits) == 1

    async def test_reports_applied_when_the_first_copy_had_landed(self) -> None:
        """A refusal of the second copy must not be reported as a refusal of the edit."""
        slides = PretendSlides(TEXTS, ["lost after"])

        report = await edit(slides, EDITS)

        assert _fates(report) == {Fate.APPLIED}
        assert len(slides.commits) == 1
        assert slides.texts == PERFECT

    async def test_writes_again_when_only_a_rival_has_written_meanwhile(self) -> None:
        """A 400 after an ambiguity proves nothing: taken as success it would lose the edit."""
        slides = PretendSlides(TEXTS, ["lost before", "rival"])

        report = await edit(slides, EDITS)

        assert _fates(report) == {Fate.APPLIED}
        assert len(slides.commits) == 1
        assert slides.texts["s2"] == "Ada"

    async def test_says_indeterminate_when_the_text_cannot_tell(self) -> None:
        """A guess in either direction would be a false report."""
        slides = PretendSlides({"s1": "{{a}}"}, ["lost after", "rival"])
        slides._rival_edits = lambda: _rewrite(slides)

        report = await edit(slides, {"{{a}}": "Ada"})

        assert _fates(report) == {Fate.INDETERMINATE}

    async def test_looks_once_more_before_giving_up(self) -> None:
        """What landed and was never answered is still there to be seen."""
        slides = PretendSlides(TEXTS, ["lost after"])

        report = await edit(slides, EDITS, batch_retry_attempts=0)

        assert _fates(report) == {Fate.APPLIED}

    async def test_says_indeterminate_when_it_gives_up_and_sees_nothing(self) -> None:
        """A copy may still be on its way, so 'not applied' would be a promise nobody can keep."""
        slides = PretendSlides(TEXTS, ["corrupt before"] * 3)

        report = await edit(slides, EDITS, batch_retry_attempts=2)

        assert _fates(report) == {Fate.INDETERMINATE}
        assert isinstance(report.operations[0].error, RecordLayerFailure)
        assert slides.commits == []

    async def test_a_refusal_that_names_no_request_leaves_the_doubt(self) -> None:
        """A front end that finds the second copy too long says nothing of the first, which may land yet."""
        slides = PretendSlides(TEXTS, ["lost before", "413"])

        report = await edit(slides, EDITS)

        assert _fates(report) == {Fate.INDETERMINATE}
        assert slides.commits == []

    async def test_says_indeterminate_when_it_cannot_look(self) -> None:
        """Blind, nothing can be said."""
        slides = PretendSlides(TEXTS, ["lost before"])
        slides.read_weather = ["ok", "lost before"]

        report = await edit(slides, EDITS, batch_retry_attempts=0)

        assert _fates(report) == {Fate.INDETERMINATE}
        assert isinstance(report.operations[0].error, ConnectionLost)

    async def test_an_edit_that_finds_nothing_is_not_called_refused_after_it_landed(self) -> None:
        """Its text bears no witness, so the refusal of the second copy was taken at its word."""
        slides = PretendSlides({"s1": "nothing to see"}, ["lost after"])

        report = await edit(slides, EDITS, circuit_breaker_threshold=1, batch_retry_attempts=0)

        assert _fates(report) == {Fate.APPLIED}
        assert len(slides.commits) == 1


class TestAfterARefusal:
    async def test_takes_the_new_revision_after_a_rivals_edit(self) -> None:
        """Other people may edit the deck too."""
        slides = PretendSlides(TEXTS, ["rival"])

        report = await edit(slides, EDITS)

        assert _fates(report) == {Fate.APPLIED}
        assert slides.texts["s1"] == "Ada and Bob (seen)"

    async def test_tries_again_after_losing_a_race(self) -> None:
        """'cannot be applied' passes when the other write is through."""
        report = await edit(PretendSlides(TEXTS, ["race", "race"]), EDITS)

        assert _fates(report) == {Fate.APPLIED}

    async def test_reports_a_race_that_is_lost_too_often(self) -> None:
        """The number of retries is the operator's to choose."""
        slides = PretendSlides(TEXTS, ["race"] * 3)

        report = await edit(slides, EDITS, batch_retry_attempts=2)

        assert _fates(report) == {Fate.REJECTED}
        assert isinstance(report.operations[0].error, CannotBeApplied)

    async def test_one_bad_edit_does_not_stop_the_others(self) -> None:
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

    @pytest.mark.parametrize(("names_the_request", "most_extra_writes"), [(True, 2), (False, 17)])
    async def test_one_bad_edit_in_two_hundred_costs_few_writes(
        self, *, names_the_request: bool, most_extra_writes: int
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

    async def test_reads_the_revision_when_the_server_does_not_say_which_request_is_bad(self) -> None:
        """The text of a revision mismatch is undocumented, so a bare 400 may be one."""
        slides = PretendSlides(TEXTS)
        refusals = [InvalidRequest("400 INVALID_ARGUMENT: bad", http_status=400)]
        slides._refuse_bad = lambda body: _move_and_raise(slides, refusals)

        report = await edit(slides, EDITS)

        assert _fates(report) == {Fate.APPLIED}
        assert len(slides.commits) == 1

    async def test_a_batch_that_the_server_finds_too_large_is_sent_in_parts(self) -> None:
        """How many requests Google takes is written nowhere, and any limit of ours may be above it."""
        slides = PretendSlides(TEXTS)
        slides._refuse_bad = _refuse_more_than_one

        report = await edit(slides, EDITS)

        assert _fates(report) == {Fate.APPLIED}
        assert [len(requests) for requests in slides.commits] == [1, 1]

    async def test_one_calls_failures_do_not_use_up_the_retries_of_another(self) -> None:
        """A counter that all calls share lets the first one to fail decide for all."""
        slides, clock = PretendSlides(TEXTS, ["race"] * 5), RunningClock()
        engine = pretend_engine(slides, clock, batch_retry_attempts=2)

        calls = asyncio.gather(*(engine.replace_text(DECK, {"{{a}}": "Ada"}) for _ in range(2)))
        await clock.run(calls)

        first, second = await calls
        assert (_fates(first), _fates(second)) == ({Fate.REJECTED}, {Fate.APPLIED})

    async def test_waits_out_a_full_quota(self) -> None:
        """Nothing was applied, so patience is all it takes."""
        report = await edit(PretendSlides(TEXTS, ["429"] * 6), EDITS)

        assert _fates(report) == {Fate.APPLIED}

    async def test_gives_up_on_a_full_quota_where_no_pacer_spaces_the_tries(self) -> None:
        """Otherwise a client without a pacer hammers the server until its deadline."""
        slides = PretendSlides(TEXTS, ["429"] * 50)

        report = await edit(slides, EDITS, pacer_enabled=False, batch_retry_attempts=1)

        assert isinstance(report.operations[0].error, QuotaExceeded)
        assert len(slides.weather) == 48


class TestWhileTheServerIsDown:
    async def test_parks_behind_the_breaker_without_using_up_the_retries(self) -> None:
        """An outage longer than the ladder of retries must not cost the edit."""
        slides = PretendSlides(TEXTS, ["down"] * 6)
        slides.read_weather = ["ok", "503", "503", "503"]

        report = await edit(slides, EDITS)

        assert _fates(report) == {Fate.APPLIED}
        assert {o.met_open_breaker for o in report.operations} == {True}

    async def test_says_not_sent_when_the_deadline_comes_first(self) -> None:
        """Nothing left this machine, so the caller may safely try elsewhere."""
        slides = PretendSlides(TEXTS, ["down"] * 500)
        slides.read_weather = ["ok", *["503"] * 500]

        report = await edit(slides, EDITS, operation_deadline=60.0)

        assert _fates(report) == {Fate.NOT_SENT}
        assert slides.commits == []

    async def test_gives_up_on_an_unreachable_server_without_a_breaker(self) -> None:
        """With nobody to say that the server is sick, the retries decide."""
        report = await edit(PretendSlides(TEXTS, ["down"] * 9), EDITS, breaker_enabled=False)

        assert _fates(report) == {Fate.NOT_SENT}
        assert isinstance(report.operations[0].error, Unreachable)


class TestWithoutAFence:
    async def test_looks_before_it_sends_again(self) -> None:
        """Nothing but the text says whether the first copy has landed."""
        slides = PretendSlides(TEXTS, ["lost after"])

        report = await edit(slides, EDITS, lock_enabled=False)

        assert _fates(report) == {Fate.APPLIED}
        assert len(slides.commits) == 1


class TestReading:
    async def test_a_read_is_simply_repeated(self) -> None:
        """A read changes nothing, so its failures need no judgement."""
        slides = PretendSlides(TEXTS)
        slides.read_weather = ["lost before", "503", "429"]

        report = await edit(slides, EDITS)

        assert _fates(report) == {Fate.APPLIED}

    async def test_a_presentation_that_does_not_exist_is_raised(self) -> None:
        """There are no operations whose fate could be told."""
        slides = PretendSlides(TEXTS)
        slides._read = lambda word, on_sent: _raise(NotFound("404", http_status=404))

        with pytest.raises(NotFound):
            await edit(slides, EDITS)


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


def _rewrite(slides: PretendSlides) -> None:
    slides.texts = {"s1": "something else"}
    slides.revision += 1


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


def _raise(error: Exception) -> dict[str, object]:
    raise error


class TestRetryBudget:
    async def test_a_server_that_refuses_connections_is_tried_three_times_a_minute_at_most(self) -> None:
        """Without a breaker, too, retries must not become the load that keeps it down."""
        slides, events = PretendSlides(TEXTS, ["down"] * 12), list[Event]()

        report = await edit(
            slides, EDITS, events, breaker_enabled=False, batch_retry_attempts=20, batch_retry_delay=0.0
        )

        tried_at = [e.sent_at_seconds for e in events if isinstance(e, AttemptSettled)]
        assert all(tried_at[n + 3] - tried_at[n] >= 59.0 for n in range(2, len(tried_at) - 3))
        assert _fates(report) == {Fate.APPLIED}
        assert any(isinstance(event, RetryHeldBack) for event in events)

    async def test_a_deadline_ends_the_wait_for_it_and_the_edit_is_told_as_it_is(self) -> None:
        """Nothing was sent, so that is what is said, with what was wrong and not with what was waited for."""
        slides = PretendSlides(TEXTS, ["down"] * 50)

        report = await edit(
            slides,
            EDITS,
            breaker_enabled=False,
            batch_retry_attempts=100,
            batch_retry_delay=0.0,
            operation_deadline=50.0,
        )

        assert _fates(report) == {Fate.NOT_SENT}
        assert all(isinstance(operation.error, Unreachable) for operation in report.operations)
        assert len(slides.attempts) <= 2 + 3

    async def test_a_doubt_is_resolved_though_no_more_retries_are_allowed(self) -> None:
        """A write of unknown fate is worse than one call more."""
        slides, events = PretendSlides(TEXTS, ["down", "down", "down", "lost after"]), list[Event]()

        report = await edit(slides, EDITS, events, breaker_enabled=False, batch_retry_delay=0.0)

        assert _fates(report) == {Fate.APPLIED}
        assert events[-1].at_seconds < 1_010.0

    async def test_rebasing_costs_nothing(self) -> None:
        """A server that says no to an old revision is well, and others' edits are no storm."""
        slides, events = PretendSlides(TEXTS, ["rival"] * 4), list[Event]()

        report = await edit(slides, EDITS, events, batch_retry_delay=0.0)

        assert _fates(report) == {Fate.APPLIED}
        assert not [event for event in events if isinstance(event, RetryAllowed | RetryHeldBack)]
