"""Google's own libraries, unmodified, against the fake, with TLS verified and no way to the outside."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import google_auth_httplib2
import httplib2
import pytest
from google.auth.transport import requests as google_requests
from google.oauth2 import service_account
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

from fakeslides.server import FakeSlides
from tests.support.fake_client import SCOPE, one_fault
from tests.support.loopback import only_loopback

pytestmark = pytest.mark.usefixtures(only_loopback.__name__)


@pytest.fixture
async def fake() -> AsyncIterator[FakeSlides]:
    """Return a running fake."""
    async with FakeSlides() as running:
        yield running


def credentials_of(fake: FakeSlides) -> service_account.Credentials:
    """Return credentials as any program would load them."""
    return service_account.Credentials.from_service_account_file(str(fake.credentials_file), scopes=[SCOPE])


def service_of(fake: FakeSlides) -> Any:  # noqa: ANN401 # built at run time from a description
    """Return the official client, pointed at the fake."""
    http = google_auth_httplib2.AuthorizedHttp(
        credentials_of(fake), http=httplib2.Http(ca_certs=str(fake.ca_file), timeout=10)
    )
    return build(
        "slides", "v1", http=http, client_options={"api_endpoint": fake.endpoint}, static_discovery=True
    )


def edit_a_deck(fake: FakeSlides) -> dict[str, Any]:
    """Create a deck, write into it, and read it again."""
    with service_of(fake) as service:
        return edit_with(service.presentations())


def edit_with(presentations: Any) -> dict[str, Any]:  # noqa: ANN401 # built at run time from a description
    """Do so by the official client's methods."""
    deck = presentations.create(body={"title": "from Google's client"}).execute()["presentationId"]
    shape = {
        "objectId": "box_1",
        "shapeType": "TEXT_BOX",
        "elementProperties": {"pageObjectId": "p"},
    }
    requests = [
        {"createShape": shape},
        {"insertText": {"objectId": "box_1", "text": "Dear {{customer}}"}},
        {"replaceAllText": {"containsText": {"text": "{{customer}}"}, "replaceText": "Ada"}},
    ]
    replies = presentations.batchUpdate(presentationId=deck, body={"requests": requests}).execute()["replies"]
    page = presentations.pages().get(presentationId=deck, pageObjectId="p").execute()
    title = presentations.get(presentationId=deck, fields="title").execute()
    return {"replies": replies, "page": page, "title": title}


def create_once(fake: FakeSlides) -> bool:
    """Create one presentation, as far as the caller can tell; say whether that seems to have worked."""
    with service_of(fake) as service:
        try:
            service.presentations().create(body={"title": "once, please"}).execute()
        except OSError:
            return False
    return True


async def test_google_auth_gets_its_token_from_the_fake(
    fake: FakeSlides, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The audience it signs is Google's, whatever the key file says."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(fake.ca_file))
    credentials = credentials_of(fake)

    await asyncio.to_thread(credentials.refresh, google_requests.Request())

    assert credentials.valid
    assert [entry.method for entry in fake.ledger][:1] == ["token"]


async def test_the_official_client_creates_edits_and_reads(fake: FakeSlides) -> None:
    """Whoever uses Google's client can use the fake by changing two settings."""
    done = await asyncio.to_thread(edit_a_deck, fake)

    assert done["title"] == {"title": "from Google's client"}
    assert done["replies"][0] == {"createShape": {"objectId": "box_1"}}
    assert done["replies"][2] == {"replaceAllText": {"occurrencesChanged": 1}}
    assert "Dear Ada" in str(done["page"])


async def test_an_error_arrives_as_googles_client_knows_it(fake: FakeSlides) -> None:
    """It parses the envelope; one that is wrong would come out as an empty text."""

    def read_nothing() -> None:
        with service_of(fake) as service:
            service.presentations().get(presentationId="none").execute()

    with pytest.raises(HttpError) as caught:
        await asyncio.to_thread(read_nothing)

    assert caught.value.status_code == 404
    assert caught.value.reason == "Requested entity was not found."


async def test_a_lost_answer_is_an_error_or_a_second_write_to_the_official_client() -> None:
    """Where a reset looks like an end (older Pythons), httplib2 sends a POST again; the engine never does."""
    scenario = one_fault("kind: tcp.reset, point: after_commit", method="presentations.create")

    async with FakeSlides(scenario) as fake:
        has_succeeded = await asyncio.to_thread(create_once, fake)

        created = [entry.committed for entry in fake.ledger if entry.method == "presentations.create"]
        assert created == ([True, True] if has_succeeded else [True])
