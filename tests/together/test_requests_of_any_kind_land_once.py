"""A request of any kind lands once, or its fate is told truthfully, whatever is lost and whoever edits."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import engine.calls
from engine.job import Job
from engine.plan.marks import Marks
from engine.plan.sifting import Sifted
from engine.plan.witness import Witness
from engine.results import RequestsReport
from fakeslides.errors import SlidesApiError
from fakeslides.slides.store import Store
from tests.support.given_lists import given_lists, some_store
from tests.support.presentations import DECK, shape, store_with
from tests.support.stored_slides import StoredSlides, apply, fates

ON_P = {"elementProperties": {"pageObjectId": "p"}}
DRAWN = {"objectId": "scribble", "shapeType": "ARC", **ON_P}
SCRIBBLE = [{"createShape": DRAWN}, {"deleteObject": {"objectId": "scribble"}}]  # by somebody else
BOX: dict[str, Any] = {"createShape": {"shapeType": "TEXT_BOX", **ON_P}}
MADE: list[dict[str, Any]] = [
    BOX,
    {"createSlide": {}},
    {"createImage": {"url": "https://localhost/x.png", **ON_P}},
    {"createTable": {"rows": 1, "columns": 2, **ON_P}},
    {"createLine": ON_P},
    {"createVideo": {"source": "YOUTUBE", "id": "a", **ON_P}},
    {"createSheetsChart": {"spreadsheetId": "sheet", "chartId": 7, **ON_P}},
    {"duplicateObject": {"objectId": "one_1"}},
]
CHANGED: list[dict[str, Any]] = [
    {"insertText": {"objectId": "one_1", "text": "x", "insertionIndex": 2}},
    {"insertText": {"objectId": "table_1", "cellLocation": {"columnIndex": 1}, "text": "x"}},
    {"deleteText": {"objectId": "one_1", "textRange": {"type": "ALL"}}},
    {"deleteObject": {"objectId": "one_1"}},
    {"replaceAllText": {"containsText": {"text": "ab"}, "replaceText": "go"}},
]
LOSSES: list[Any] = ["lost before", "lost after", ("lost after", SCRIBBLE), SCRIBBLE, "429"]


@pytest.mark.parametrize("loss", LOSSES, ids=["before", "after", "after-then-edited", "edited", "429"])
@pytest.mark.parametrize("request_", [*MADE, *CHANGED], ids=lambda request: next(iter(request)))
async def test_what_shows_is_applied_once_whatever_was_lost(request_: dict[str, Any], loss: object) -> None:
    """Each kind has a witness of its own."""
    slides = StoredSlides(some_store(), [loss])

    report = await apply(slides, [request_])

    assert fates(report) == ["applied"]
    assert len(slides.commits) == 1


@pytest.mark.parametrize("loss", LOSSES[1:3])
async def test_what_does_not_show_lands_with_a_companion_that_does(loss: object) -> None:
    """A batch is applied whole or not at all."""
    style = {"updatePageElementAltText": {"objectId": "one_1", "title": "T"}}

    report = await apply(StoredSlides(some_store(), [loss]), [style, BOX])

    assert report.applied


WEATHER = st.lists(
    st.sampled_from(
        [
            *["ok"] * 3,
            "lost before",
            "lost after",
            "429",
            ("lost after", SCRIBBLE),
            ("ok", SCRIBBLE),
            SCRIBBLE,
        ]
    ),
    max_size=6,
)


@settings(max_examples=150, deadline=None)
@given(requests=given_lists(), weather=WEATHER, batch_size=st.integers(1, 9), hides_index=st.booleans())
async def test_in_any_weather_what_is_told_is_what_was_done(
    requests: list[dict[str, Any]], weather: list[Any], batch_size: int, *, hides_index: bool
) -> None:
    """No request is lost, none lands twice, none is told wrongly."""
    slides = StoredSlides(some_store(), weather, hides_index=hides_index)

    report = await apply(slides, requests, slides_api_batch_size=batch_size)

    assert _told_wrongly(requests, report, slides) == []


@settings(max_examples=100, deadline=None)
@given(requests=given_lists(), batch_size=st.integers(1, 9))
async def test_every_plan_gives_the_deck_that_one_by_one_gives(
    requests: list[dict[str, Any]], batch_size: int
) -> None:
    """Limits and refusals part a batch; they must not show."""
    slides = StoredSlides(some_store())
    report = await apply(slides, requests, slides_api_batch_size=batch_size)

    alone = some_store()
    told = [_done_alone(alone, sent) for sent in _as_sent(requests, slides, report)]

    assert told == [fate == "applied" for fate in fates(report)]
    assert _without_chance(slides.store) == _without_chance(alone)


def _told_wrongly(
    requests: Sequence[Mapping[str, Any]], report: RequestsReport, slides: StoredSlides
) -> list[str]:
    """Return the requests that were done more or less often than they are said to be.

    What finds nothing to replace may be sent again: nothing comes of it.
    """
    done, idle = (
        Counter(_plain(request) for body in bodies for request in body["requests"])
        for bodies in (slides.commits, slides.idle_commits)
    )
    said, unknown = Counter[str](), Counter[str]()
    for request, fate in zip(requests, fates(report), strict=True):
        said[_plain(request)] += fate == "applied"
        unknown[_plain(request)] += fate == "indeterminate"
    return [
        each
        for each in done.keys() | said.keys()
        if not said[each] <= done[each] or done[each] - idle[each] > said[each] + unknown[each]
    ]


def _plain(request: Mapping[str, Any]) -> str:
    """Return a request without the ids that the engine gave it."""

    def kept(value: Any) -> Any:  # noqa: ANN401 - JSON
        if isinstance(value, Mapping):
            found = {key: kept(inner) for key, inner in value.items() if not str(inner).startswith("ds_")}
            return {key: inner for key, inner in found.items() if (key, inner) != ("objectIds", {})}
        return value

    return json.dumps(kept(request), sort_keys=True)


def _as_sent(
    requests: Sequence[Mapping[str, Any]], slides: StoredSlides, report: RequestsReport
) -> list[Mapping[str, Any]]:
    """Return the requests with the ids under which they were sent, or as they came if they never were."""
    sent = {id_: each for body in slides.writes for each in body["requests"] for id_ in _ids(each)}
    found = zip(requests, report.operations, strict=True)
    return [next((sent[id_] for id_ in told.object_ids if id_ in sent), given) for given, told in found]


def _ids(request: Mapping[str, Any]) -> list[str]:
    ((kind, body),) = request.items()
    made = list(body.get("objectIds", {}).values())
    return made + ([body["objectId"]] if kind.startswith("create") else [])


def _done_alone(store: Store, request: Mapping[str, Any]) -> bool:
    try:
        store.batch_update(DECK, [request])
    except SlidesApiError:
        return False
    return True


def _without_chance(store: Store) -> object:
    """Return the slides without ids that the server made up."""
    text = json.dumps(store.get(DECK).to_json()["slides"])
    made_up: dict[str, str] = {}
    words = text.split('"')
    return [
        made_up.setdefault(word, f"made up {len(made_up)}") if word.startswith("SLIDES_API") else word
        for word in words
    ]


# A safeguard that is gone has to be missed, or these tests would be green whatever the engine does.


async def _a_lost_write_is_found_to_be_lost() -> bool:
    slides = StoredSlides(some_store(), [("lost before"), SCRIBBLE])
    report = await apply(slides, [BOX])
    return not _told_wrongly([BOX], report, slides)


async def _a_child_of_a_refused_parent_costs_no_write() -> bool:
    slides = StoredSlides(some_store())
    parent = {"createShape": {"objectId": "par_ent", **ON_P}}
    await apply(slides, [parent, {"insertText": {"objectId": "par_ent", "text": "x"}}, BOX])
    return len(slides.writes) == 2


async def _nobody_writes_into_anothers_word() -> bool:
    rival = {"insertText": {"objectId": "title_", "text": "Oh, "}}
    slides = StoredSlides(store_with(shape("title_", "Hello")), [[rival]])
    await apply(slides, [{"insertText": {"objectId": "title_", "text": "x", "insertionIndex": 3}}])
    return "Oh,x" not in json.dumps(slides.store.get(DECK).to_json())


async def _an_unknown_object_costs_no_write() -> bool:
    slides = StoredSlides(some_store())
    await apply(slides, [{"insertText": {"objectId": "nobody", "text": "x"}}])
    return slides.writes == []


async def _a_resent_creation_has_the_same_id() -> bool:
    slides = StoredSlides(some_store(), ["lost before"])
    await apply(slides, [BOX])
    return slides.writes[0] == slides.writes[1]


async def _one_lost_answer_leaves_one_edit() -> bool:
    slides = StoredSlides(some_store(), [("lost after", SCRIBBLE)])
    await apply(slides, [{"insertText": {"objectId": "one_1", "text": "x"}}])
    return len(slides.commits) == 1


def _by_revision_alone(_marks: Marks, _after: object) -> Witness:
    return Witness.APPLIED


def _never_there(_marks: Marks, _after: object) -> Witness:
    return Witness.NOT_APPLIED


def _unsifted(_job: Job, batch: Any) -> Sifted:  # noqa: ANN401 - as the original
    return Sifted(batch, {})


SAFEGUARDS: list[tuple[str, Callable[[], Any], object, str, object]] = [
    ("witness", _a_lost_write_is_found_to_be_lost, Marks, "judge", _by_revision_alone),
    ("witness that sees", _one_lost_answer_leaves_one_edit, Marks, "judge", _never_there),
    ("children held back", _a_child_of_a_refused_parent_costs_no_write, Job, "sifted", _unsifted),
    ("counting held back", _nobody_writes_into_anothers_word, Job, "sifted", _unsifted),
    ("look beforehand", _an_unknown_object_costs_no_write, engine.calls, "misfits", lambda *_: {}),
]


@pytest.mark.parametrize(
    ("is_kept", "owner", "name", "instead"),
    [each[1:] for each in SAFEGUARDS],
    ids=[each[0] for each in SAFEGUARDS],
)
async def test_each_safeguard_is_missed_when_it_is_gone(
    monkeypatch: pytest.MonkeyPatch, is_kept: Callable[[], Any], owner: object, name: str, instead: object
) -> None:
    """Sound with it, and not without."""
    assert await is_kept()

    monkeypatch.setattr(owner, name, instead)

    assert not await is_kept()


async def test_the_same_bytes_are_sent_again_with_the_same_ids() -> None:
    """Another id would be another box."""
    assert await _a_resent_creation_has_the_same_id()


async def test_a_storm_leaves_few_in_the_dark() -> None:
    """Five hundred requests in storms of lost answers and edits; many do not show, but have company."""
    dice, said = Random(5), Counter[str]()
    hidden = {"updatePageElementAltText": {"objectId": "two_2"}}
    for _ in range(50):
        weather = [dice.choice(["ok", "ok", *LOSSES]) for _ in range(8)]
        slides = StoredSlides(some_store(), weather)
        requests = [dice.choice([*MADE, *[hidden] * 6]) for _ in range(10)]
        report = await apply(slides, requests, slides_api_batch_size=5)
        assert _told_wrongly(requests, report, slides) == []
        said += Counter(fates(report))

    assert said["applied"] > 470, said
    assert said["indeterminate"] < 20, said  # three writes in which nothing shows
