import asyncio
import socket
import ssl
from random import Random

import aiohttp
import pytest

from fakeslides.decks import Deck
from fakeslides.server import FakeSlides
from fakeslides.slides.store import Store
from tests.support.fake_client import create_deck, one_fault, open_descriptors, open_session, post_batch
from tests.support.patience import until


def a_deck() -> Deck:
    """Return a deck as one would be saved."""
    return Deck("saved-deck", Store(Random(1)).create("saved", "saved-deck").to_json(), {"a": "b"})


async def test_serves_the_decks_it_is_given() -> None:
    """They are the presentations of a run."""
    async with (
        FakeSlides(decks=[a_deck()]) as fake,
        open_session(fake) as session,
        session.get("/v1/presentations/saved-deck") as answer,
    ):
        document = await answer.json()

    assert document["title"] == "saved"
    assert fake.presentations == ["saved-deck"]


async def test_a_client_that_trusts_the_ca_can_verify_the_server_and_another_cannot() -> None:
    """TLS is verified in every test, or it is not tested."""
    async with FakeSlides() as fake, aiohttp.ClientSession() as stranger:
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await stranger.get(fake.endpoint)

        async with open_session(fake) as session:
            assert await create_deck(session)


async def test_leaves_no_file_socket_or_task_behind() -> None:
    """A thousand tests start a thousand fakes."""
    tasks, descriptors = asyncio.all_tasks(), open_descriptors()

    async with FakeSlides() as fake, open_session(fake) as session:
        await create_deck(session)

    await until(lambda: asyncio.all_tasks() == tasks and open_descriptors() == descriptors)
    assert not fake.ca_file.exists()
    assert not fake.credentials_file.exists()


async def test_a_port_in_use_is_an_error_that_leaves_nothing_behind() -> None:
    """The caller tells the user which option to change."""
    descriptors = open_descriptors()
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        await FakeSlides(port=taken.getsockname()[1]).__aenter__()

    assert open_descriptors() == descriptors


async def test_every_rule_is_counted_even_if_it_never_looked() -> None:
    """A fault that never fired must be seen to be zero."""
    async with FakeSlides(one_fault("kind: tcp.reset")) as fake:
        assert fake.fault_counts() == {"it": {"matched": 0, "fired": 0}}


async def test_counts_connections_and_handshakes() -> None:
    """A client that opens one for each call is seen here."""
    async with FakeSlides() as fake, open_session(fake) as session:
        for _ in range(3):
            await create_deck(session)

        assert fake.connection_counts() == {"connections_peak": 1, "handshakes": 1}


async def test_stops_though_a_client_holds_a_call_open() -> None:
    """Ctrl-C must not wait for strangers."""
    async with FakeSlides(one_fault("kind: http.delay, by: 1h")) as fake, open_session(fake) as session:
        call = asyncio.create_task(post_batch(session, await create_deck(session)))
        await until(lambda: fake.fault_counts()["it"]["fired"])

        async with asyncio.timeout(5):
            await fake.__aexit__()

        with pytest.raises(aiohttp.ClientError):
            await call


async def test_speaks_only_modern_tls() -> None:
    """Old versions would make other record errors than production sees."""
    async with FakeSlides() as fake:
        old = ssl.create_default_context(cafile=str(fake.ca_file))
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        async with aiohttp.ClientSession() as session, session.get(fake.endpoint, ssl=old) as answer:
            assert answer.status == 404
