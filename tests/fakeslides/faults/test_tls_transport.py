import asyncio
import ssl
from unittest.mock import Mock

import pytest

from fakeslides.faults.tls_transport import TlsTransport


@pytest.fixture
def tunnel() -> Mock:
    """Return what lies below a transport."""
    raw = Mock(spec=asyncio.Transport)
    raw.get_extra_info.side_effect = lambda name, default=None: {"peername": ("127.0.0.1", 5)}.get(
        name, default
    )
    return Mock(raw=raw, tls=Mock(spec=ssl.SSLObject, context="the context"))


def test_answers_for_tls_and_asks_tcp_for_the_rest(tunnel: Mock) -> None:
    """The server takes the scheme from `sslcontext` and addresses from the socket."""
    transport = TlsTransport(tunnel, asyncio.Protocol())

    assert transport.get_extra_info("sslcontext") == "the context"
    assert transport.get_extra_info("tls_connection") is tunnel
    assert transport.get_extra_info("peername") == ("127.0.0.1", 5)
    assert transport.get_extra_info("unknown", "nothing") == "nothing"


def test_resuming_first_hands_on_what_waits_inside_tls(tunnel: Mock) -> None:
    """Those bytes have left TCP already; no event would ever bring them."""
    transport = TlsTransport(tunnel, asyncio.Protocol())

    transport.resume_reading()

    tunnel.raw.resume_reading.assert_called_once_with()
    tunnel.deliver.assert_called_once_with()


def test_the_application_stays_the_same(tunnel: Mock) -> None:
    """Nothing upgrades inside the fake's TLS."""
    application = asyncio.Protocol()
    transport = TlsTransport(tunnel, application)

    assert transport.get_protocol() is application
    with pytest.raises(NotImplementedError):
        transport.set_protocol(asyncio.Protocol())


def test_aborting_does_not_say_goodbye(tunnel: Mock) -> None:
    """`close` says close_notify, `abort` drops everything."""
    TlsTransport(tunnel, asyncio.Protocol()).abort()

    tunnel.raw.abort.assert_called_once_with()
    tunnel.close.assert_not_called()
