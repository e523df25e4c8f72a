"""Calls of requests as Google writes them."""

from typing import Any

import pytest

from engine.errors import InvalidRequest, ParentNotApplied, RevisionConflict
from engine.events import Event, OperationAccepted
from engine.plan.given_requests import RequestsError
from tests.support.manual_clock import RunningClock
from tests.support.presentations import DECK, shape, store_with
from tests.support.stored_slides import StoredSlides, apply, fates, stored_engine

BOX: dict[str, Any] = {"createShape": {"shapeType": "TEXT_BOX", "elementProperties": {"pageObjectId": "p"}}}
TYPELESS: dict[str, Any] = {"createShape": {"elementProperties": {"pageObjectId": "p"}}}
STYLE = {"updatePageElementAltText": {"objectId": "title_", "title": "T"}}


def _box(name: str, **body: object) -> dict[str, Any]:
    return {"createShape": {**BOX["createShape"], "objectId": name, **body}}


def _write(name: str, text: str = "x", index: int = 0) -> dict[str, Any]:
    return {"insertText": {"objectId": name, "text": text, "insertionIndex": index}}


def _slides(*weather: Any, **known: bool) -> StoredSlides:  # noqa: ANN401 - words and edits
    return StoredSlides(store_with(shape("title_", "Hello"), shape("other_", "x")), weather, **known)


async def test_requests_are_applied_in_their_order_in_one_write() -> None:
    """A write is what the quota counts."""
    slides, events = _slides(), list[Event]()

    report = await apply(
        slides, [_box("box_1"), _write("box_1", "b"), _write("box_1", "a"), STYLE], events=events
    )

    assert report.applied
    assert len(slides.writes) == slides.reads_count == 1
    assert slides.store.get(DECK).find_element("box_1")[1].text.plain == "ab\n"  # type: ignore[index,union-attr] # it is there
    assert [e.kind for e in events if isinstance(e, OperationAccepted)][-1] == "updatePageElementAltText"


async def test_the_sequential_strategy_gives_each_request_a_write_of_its_own() -> None:
    """The emergency switch holds for these as well."""
    slides = _slides()

    report = await apply(slides, [BOX, STYLE, _write("title_")], batch_strategy="sequential")

    assert report.applied
    assert [len(body["requests"]) for body in slides.commits] == [1, 1, 1]


async def test_the_report_tells_the_ids_that_the_engine_chose() -> None:
    """The caller has to know what to edit next."""
    slides = _slides()

    (made,) = (await apply(slides, [BOX])).operations

    assert slides.store.get(DECK).has_object(made.object_ids[0])


async def test_two_calls_of_the_same_requests_make_two_boxes() -> None:
    """Ids belong to a call, or it could be made only once."""
    slides = _slides()

    reports = [await apply(slides, [BOX]) for _ in range(2)]

    assert all(report.applied for report in reports)
    assert len({report.operations[0].object_ids for report in reports}) == 2


class TestOneBadRequest:
    async def test_is_named_as_the_caller_counts_and_costs_one_write(self) -> None:
        """The others land."""
        slides = _slides()

        report = await apply(slides, [STYLE, TYPELESS, BOX, TYPELESS], slides_api_batch_size=3)

        assert fates(report) == ["applied", "rejected", "applied", "rejected"]
        assert "requests[1].createShape: The shape type" in str(report.operations[1].error)
        assert "requests[3].createShape: The shape type" in str(report.operations[3].error)
        assert len(slides.writes) == 3

    async def test_takes_those_with_it_that_use_what_it_makes_and_no_others(self) -> None:
        """They would each cost a write to be refused."""
        slides = _slides()

        report = await apply(slides, [TYPELESS | _box("b_ox1", shapeType=None), _write("b_ox1"), STYLE])

        assert fates(report) == ["rejected", "rejected", "applied"]
        assert isinstance(report.operations[1].error, ParentNotApplied)
        assert len(slides.writes) == 2

    async def test_that_nobody_can_know_leaves_no_hope_to_those_that_use_what_it_makes(self) -> None:
        """Others have taken it away, and the text says that it was there: to resume would change nothing."""
        slides = _slides(("lost after", [{"deleteObject": {"objectId": "b_ox1"}}]))
        alone = [_box("b_ox1"), _write("title_", "x"), _write("b_ox1"), STYLE]

        report = await apply(slides, alone, slides_api_batch_size=2)

        assert fates(report) == ["indeterminate", "indeterminate", "rejected", "applied"]
        assert isinstance(report.operations[2].error, ParentNotApplied)
        assert "requests[0] makes what it uses, and is indeterminate for good" in str(
            report.operations[2].error
        )

    @pytest.mark.parametrize("hides_index", [False, True])
    async def test_does_not_stop_the_other_199(self, *, hides_index: bool) -> None:
        """At most two more writes where it is named, and seventeen where it is not."""
        slides = _slides(hides_index=hides_index)
        requests = [_write("title_", "x") for _ in range(200)]
        requests[77] = TYPELESS

        report = await apply(slides, requests, slides_api_batch_size=200)

        assert fates(report).count("applied") == 199
        assert fates(report)[77] == "rejected"
        assert len(slides.writes) - 1 <= (17 if hides_index else 2)

    async def test_never_lets_a_child_go_before_its_parent(self) -> None:
        """Also where the batch is taken apart blindly, and where limits part them."""
        slides = _slides(hides_index=True)
        family = [_box("b_ox1"), _write("b_ox1"), TYPELESS, _box("b_ox2"), _write("b_ox2"), _write("b_ox1")]

        report = await apply(slides, family, slides_api_batch_size=4)

        assert fates(report) == ["applied", "applied", "rejected", "applied", "applied", "applied"]


async def test_a_kind_that_the_server_does_not_know_does_not_stop_the_others() -> None:
    """An older server, or the fake, is no reason to lose an edit."""
    slides = _slides()
    style = {"updateTextStyle": {"objectId": "title_", "fields": "bold", "style": {"bold": True}}}

    report = await apply(slides, [BOX, style, STYLE])

    assert fates(report) == ["applied", "rejected", "applied"]
    assert "requests[1].updateTextStyle" in str(report.operations[1].error)
    assert len(slides.writes) == 2


class TestAtomic:
    async def test_one_bad_request_and_nothing_is_applied(self) -> None:
        """All or nothing."""
        slides = _slides()

        report = await apply(slides, [BOX, STYLE, TYPELESS], is_atomic=True)

        assert fates(report) == ["rejected"] * 3
        assert slides.commits == []
        assert len(slides.writes) == 1

    async def test_what_the_presentation_has_no_place_for_costs_no_write_at_all(self) -> None:
        """It was seen beforehand."""
        slides = _slides()

        report = await apply(slides, [BOX, _write("nobody")], is_atomic=True)

        assert fates(report) == ["rejected"] * 2
        assert slides.writes == []

    async def test_what_takes_two_writes_is_refused_before_anything_is_sent(self) -> None:
        """Two writes are never atomic."""
        slides = _slides()

        with pytest.raises(ValueError, match="3 requests take 2 writes, and only one write is atomic"):
            await apply(slides, [BOX] * 3, is_atomic=True, slides_api_batch_size=2)

        assert slides.reads_count == 0
        assert slides.writes == []

    async def test_a_body_can_be_too_large_too(self) -> None:
        """The limit of bytes parts it like the limit of requests."""
        with pytest.raises(ValueError, match="2 requests take 2 writes"):
            await apply(_slides(), [_write("title_", "x" * 600_000)] * 2, is_atomic=True)

    async def test_all_of_them_are_applied_if_all_are_good(self) -> None:
        """Through lost answers as well."""
        slides = _slides(("lost after", [_write("other_")]))

        report = await apply(slides, [BOX, STYLE, _write("title_")], is_atomic=True)

        assert report.applied
        assert len(slides.commits) == 1


class TestSomebodyElseEdits:
    async def test_another_object_and_the_requests_are_sent_again(self) -> None:
        """Only the revision has changed, not what is counted in."""
        slides = _slides([_write("other_")])

        report = await apply(slides, [_write("title_", "x", 3), BOX])

        assert report.applied

    async def test_the_text_that_is_counted_in_and_that_request_is_not_sent(self) -> None:
        """It would write into the middle of their word."""
        slides = _slides([_write("title_", "Oh, ")])

        report = await apply(slides, [_write("title_", "x", 3), BOX])

        assert fates(report) == ["rejected", "applied"]
        assert isinstance(report.operations[0].error, RevisionConflict)
        assert slides.store.get(DECK).find_element("title_")[1].text.plain == "Oh, Hello\n"  # type: ignore[index,union-attr] # it is there

    async def test_before_a_later_write_and_its_requests_are_held_back_too(self) -> None:
        """What an earlier write found out holds for all of the call."""
        slides = _slides([_write("title_", "Oh, ")])

        report = await apply(slides, [BOX, _write("title_", "x", 3)], slides_api_batch_size=1)

        assert fates(report) == ["applied", "rejected"]

    async def test_our_own_edits_do_not_count_as_theirs(self) -> None:
        """A lost answer must not make a call suspicious of itself."""
        slides = _slides(("lost after", [_write("other_")]))

        report = await apply(
            slides, [_write("title_", "a", 3), _write("title_", "b", 4)], slides_api_batch_size=1
        )

        assert report.applied
        assert slides.store.get(DECK).find_element("title_")[1].text.plain == "Helablo\n"  # type: ignore[index,union-attr] # it is there


async def test_what_nothing_shows_is_indeterminate_after_a_lost_answer() -> None:
    """Neither `applied` nor `rejected` would be true."""
    slides = _slides(("lost after", [_write("other_")]))

    assert fates(await apply(slides, [STYLE])) == ["indeterminate"]
    assert len(slides.commits) == 1


async def test_a_search_in_vain_is_not_called_refused_after_a_copy_of_it_may_have_landed() -> None:
    """Layouts and masters are searched too, and nobody reads those: it may have changed them."""
    nowhere = {"replaceAllText": {"containsText": {"text": "zz"}, "replaceText": "go"}}
    slides = _slides("lost after", "ok", *[[_write("other_")]] * 9)

    report = await apply(slides, [nowhere], batch_retry_attempts=1)

    assert len(slides.commits) == 1
    assert fates(report) == ["indeterminate"]


async def test_an_unknown_object_is_refused_without_a_write() -> None:
    """The look that was taken anyway shows it."""
    slides = _slides()

    report = await apply(slides, [_write("nobody"), STYLE])

    assert fates(report) == ["rejected", "applied"]
    assert isinstance(report.operations[0].error, InvalidRequest)
    assert report.operations[0].error.http_status is None
    assert len(slides.writes) == 1


async def test_malformed_requests_are_refused_before_anything_is_read() -> None:
    """They cost no quota at all."""
    slides = _slides()

    with pytest.raises(RequestsError, match=r"requests\[1\]"):
        await apply(slides, [BOX, {"nonsense": {}}])

    assert slides.reads_count == 0


async def test_requests_need_the_lock() -> None:
    """Without a fence a lost answer could double them."""
    with pytest.raises(ValueError, match="requests need the lock"):
        await apply(_slides(), [BOX], lock_enabled=False)


async def test_a_plan_reads_and_sends_nothing() -> None:
    """A dry run that writes is a wet one."""
    slides = _slides()

    plan = stored_engine(slides, RunningClock(), slides_api_batch_size=2).plan_requests(DECK, [BOX] * 3)

    assert [len(batch.requests) for batch in plan.batches] == [2, 1]
    assert slides.reads_count == 0
    assert slides.writes == []
