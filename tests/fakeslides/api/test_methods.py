from random import Random

import pytest

from fakeslides.api.bodies import read_batch
from fakeslides.api.methods import perform
from fakeslides.api.router import Call
from fakeslides.errors import SlidesApiError
from fakeslides.server import FakeSlides
from fakeslides.slides.store import Store
from tests.support.fake_client import open_session, scenario_of

LIMITED = "server: {quota: {preset: google-default}}"
REPLACE = b'{"requests": [{"replaceAllText": {"containsText": {"text": "a"}, "replaceText": "b"}}]}'


@pytest.fixture
def store() -> Store:
    """Return a store with one presentation, `deck`."""
    made = Store(Random(1))
    made.create("a deck", "deck")
    return made


def test_a_batch_answers_replies_and_the_revision_after_it(store: Store) -> None:
    """The next write chains on that revision."""
    before = store.get("deck").revision_id

    done = perform(store, Call("presentations.batchUpdate", "deck"), REPLACE, read_batch(REPLACE))

    after = store.get("deck").revision_id
    assert done.document["presentationId"] == "deck"
    assert done.document["writeControl"] == {"requiredRevisionId": after}
    assert len(done.document["replies"]) == 1
    assert (done.is_committed, done.revision_before, done.revision_after) == (True, before, after)
    assert [applied.kind for applied in done.applied] == ["replaceAllText"]


def test_reading_commits_nothing(store: Store) -> None:
    """The audit counts commits."""
    whole = perform(store, Call("presentations.get", "deck"), b"", None)
    page = perform(store, Call("presentations.pages.get", "deck", "p"), b"", None)

    assert whole.document["presentationId"] == "deck"
    assert page.document["objectId"] == "p"
    assert not whole.is_committed
    assert not page.is_committed


def test_creating_takes_title_and_id(store: Store) -> None:
    """Google ignores everything else that a presentation has."""
    raw = b'{"title": "new", "presentation_id": "mine", "locale": "de", "slides": [{"objectId": "x"}]}'

    done = perform(store, Call("presentations.create"), raw, None)

    assert (done.document["title"], done.document["presentationId"]) == ("new", "mine")
    assert done.document["locale"] == "en"
    assert done.is_committed


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'{"presentationId": {"a": 1}}', "cannot start object"),
        (b'{"presentationId": 5}', "Invalid value at 'presentation_id' (TYPE_STRING), 5"),
        (b'{"title": {"a": 1}}', "cannot start object"),
        (b'{"titel": "new"}', 'Unknown name "titel": Cannot find field.'),
    ],
)
def test_creating_refuses_what_is_no_presentation(store: Store, raw: bytes, message: str) -> None:
    """An id that is an object brought the server down, and a misspelt title made a deck without one."""
    with pytest.raises(SlidesApiError) as refused:
        perform(store, Call("presentations.create"), raw, None)

    assert refused.value.code == 400
    assert message in refused.value.message
    assert len(list(store)) == 1


@pytest.mark.parametrize(
    "call",
    [Call("presentations.get", "x"), Call("presentations.pages.get", "deck", "x"), Call("projects.get")],
)
def test_what_is_not_there_is_not_found(store: Store, call: Call) -> None:
    """404 in Google's envelope."""
    with pytest.raises(SlidesApiError) as caught:
        perform(store, call, b"", None)

    assert caught.value.code == 404


async def test_what_the_fake_does_not_do_is_refused_by_name_and_noted_down() -> None:
    """It looked like a wrong address, and the ledger knew nothing of it."""
    address = "/v1/presentations/deck/pages/p/thumbnail?thumbnailProperties.thumbnailSize=SMALL"
    async with FakeSlides(scenario_of(LIMITED)) as fake, open_session(fake) as session:
        async with session.get(address) as answer:
            error = (await answer.json())["error"]

        assert (answer.status, error["status"]) == (501, "UNIMPLEMENTED")
        assert error["message"] == "This fake does not implement presentations.pages.getThumbnail."
        *_, entry = fake.ledger
        assert (entry.method, entry.http_status) == ("presentations.pages.getThumbnail", 501)
        assert fake.front.quota_fills() == []
