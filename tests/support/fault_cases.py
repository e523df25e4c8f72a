"""Every kind of fault at every point where it may strike, and what must then be seen."""

import http.client
import ssl
from dataclasses import dataclass, replace
from typing import Literal, get_args

import aiohttp

from fakeslides.scenario.fault_kinds import Fault

Ending = Literal["rst", "fin", "close_notify", "alert", "bad_record", "bad_certificate", "silence"]
Extent = Literal["nothing", "half_of_head", "half_of_body", "garbage", "whole"]


@dataclass(frozen=True)
class Sight:
    """What a client gets: an answer with a status, or an error of some class with some text."""

    status: int | None = None
    errors: tuple[type[BaseException], ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Case:
    """One fault and what is to be seen of it.

    Attributes:
        fault: as a scenario writes it, quick enough for a test.
        aiohttp: what aiohttp sees.
        httplib2: what httplib2 sees.
        ending: how the connection ends on the wire after a call.
        extent: how much of an answer came before.
        is_committed: whether the write was applied.
    """

    fault: str
    aiohttp: Sight
    httplib2: Sight
    ending: Ending
    extent: Extent = "nothing"
    is_committed: bool = False

    @property
    def kind(self) -> str:
        """The fault's `layer.kind`."""
        return self.fault.partition(",")[0].removeprefix("kind: ")

    @property
    def is_in_vain(self) -> bool:
        """Whether a client waits for something that never comes."""
        return self.aiohttp is LATE

    @property
    def point(self) -> str:
        """Where it strikes."""
        return self.fault.rpartition("point: ")[2]


def answer(status: int) -> Sight:
    """Return the sight of an answer."""
    return Sight(status=status)


def error(*errors: type[BaseException], text: str = "") -> Sight:
    """Return the sight of an error; `text` is a pattern."""
    return Sight(errors=errors, text=text)


OK = answer(200)
CUT_PAYLOAD = error(aiohttp.ClientPayloadError)
CUT_READ = error(http.client.IncompleteRead, ConnectionResetError)
NO_ERROR = answer(200)  # httplib2 takes half of a head for a whole one, and an empty body
# CPython before 3.12 told an RST inside TLS as an end of file, which httplib2 takes as leave to send again.
GONE = error(http.client.RemoteDisconnected, ConnectionResetError, ssl.SSLEOFError)
LATE = error(TimeoutError)
CONNECT_RESET = error(aiohttp.ClientConnectorError, text="reset by peer")
BAD_MAC = "BAD_RECORD_MAC|record layer failure|bad record mac"
_SPOILT = {
    "flip": BAD_MAC,
    "bad_mac": BAD_MAC,
    "plaintext": "WRONG_VERSION_NUMBER|record layer failure",
    "wrong_length": "PACKET_LENGTH_TOO_LONG|record layer failure",
    "wrong_type": "BAD_RECORD_TYPE|record layer failure",
}
_CERTIFICATES = {
    "expired": "certificate has expired",
    "wrong_host": "Hostname mismatch",
    "unknown_authority": "unable to get local issuer certificate",
}
_BEFORE_REPLY = ("before_request_read", "before_commit", "after_commit")


def _placed(case: Case, point: str) -> Case:
    """Return a case that loses the answer before its first byte, at another point."""
    is_committed = point in {"after_commit", "mid_headers", "mid_body"}
    placed = replace(case, fault=f"{case.fault}, point: {point}", is_committed=is_committed)
    if point == "mid_headers":
        return replace(placed, extent="half_of_head")
    return replace(placed, extent="half_of_body") if point == "mid_body" else placed


def _ended(fault: str, sight: Sight, cut_head: Sight, ending: Ending) -> list[Case]:
    """Return the cases of a kind that ends the connection at any point of a call."""
    whole = Case(fault, sight, GONE, ending)
    return [
        *(_placed(whole, point) for point in _BEFORE_REPLY),
        _placed(replace(whole, aiohttp=cut_head, httplib2=NO_ERROR), "mid_headers"),
        _placed(replace(whole, aiohttp=CUT_PAYLOAD, httplib2=CUT_READ), "mid_body"),
    ]


def _spoilt(fault: str, text: str, ending: Ending) -> list[Case]:
    """Return the cases of a kind that TLS itself notices."""
    seen, later = error(aiohttp.ClientOSError, text=text), error(ssl.SSLError, text=text)
    whole = Case(fault, seen, later, ending)
    cut = replace(whole, aiohttp=error(aiohttp.ClientPayloadError, aiohttp.ClientOSError))
    return [
        *(_placed(whole, point) for point in (*_BEFORE_REPLY, "mid_headers")),
        _placed(cut, "mid_body"),
    ]


def _silent(fault: str, points: tuple[str, ...]) -> list[Case]:
    """Return the cases of a kind after which nothing more comes."""
    return [_placed(Case(fault, LATE, LATE, "silence"), point) for point in points]


def _answered(fault: str, status: int, *points: str) -> list[Case]:
    """Return the cases of a kind that is an answer."""
    sight = answer(status)
    whole = Case(fault, sight, sight, "silence", extent="whole")
    return [
        replace(
            whole,
            fault=f"{fault}, point: {point}",
            is_committed=status < 300 or point == "after_commit",
        )
        for point in points
    ]


_CALL_POINTS = (*_BEFORE_REPLY, "mid_headers", "mid_body")
_RESET = error(aiohttp.ClientOSError, text="104|reset by peer")
_DISCONNECTED = error(aiohttp.ServerDisconnectedError)
_REFUSED_IN_HANDSHAKE = error(ConnectionResetError)
_NO_HELLO = error(ssl.SSLEOFError, ConnectionResetError)
_GARBAGE = Case(
    "kind: http.garbage",
    error(aiohttp.ClientResponseError, text="400"),
    error(http.client.BadStatusLine),
    "close_notify",
)
_ON_ACCEPT, _IN_HANDSHAKE = "point: on_accept", "point: in_handshake"

CASES = [
    Case(f"kind: tcp.refuse, for: 1ms, {_ON_ACCEPT}", CONNECT_RESET, _REFUSED_IN_HANDSHAKE, "rst"),
    Case(f"kind: tcp.reset, {_ON_ACCEPT}", CONNECT_RESET, _REFUSED_IN_HANDSHAKE, "rst"),
    *_ended("kind: tcp.reset", _RESET, _RESET, "rst"),
    Case(f"kind: tcp.fin, {_ON_ACCEPT}", error(aiohttp.ClientConnectorError), _NO_HELLO, "fin"),
    *_ended("kind: tcp.fin", _DISCONNECTED, _DISCONNECTED, "close_notify"),
    *_silent("kind: tcp.blackhole", ("on_accept", *_CALL_POINTS)),
    *_answered("kind: tcp.throttle, bytes_per_second: 100000", 200, "on_accept", "after_commit"),
    *_answered("kind: tcp.slow_drip, bytes: 400, every: 1ms", 200, "on_accept", "after_commit"),
    Case(f"kind: tcp.idle_reset, after: 10ms, {_ON_ACCEPT}", OK, OK, "rst", "whole", is_committed=True),
    Case(f"kind: tcp.accept_limit, at_most: 0, {_ON_ACCEPT}", CONNECT_RESET, _REFUSED_IN_HANDSHAKE, "rst"),
    *(
        case
        for how, text in _SPOILT.items()
        for case in _spoilt(f"kind: tls.record_corrupt, how: {how}", text, "bad_record")
    ),
    Case(
        f"kind: tls.alert, {_IN_HANDSHAKE}",
        error(aiohttp.ClientConnectorSSLError, text="(?i)handshake.failure"),
        error(ssl.SSLError, text="(?i)handshake.failure"),
        "alert",
    ),
    *_spoilt("kind: tls.alert", BAD_MAC, "alert"),
    Case(f"kind: tls.handshake_reset, {_IN_HANDSHAKE}", CONNECT_RESET, _REFUSED_IN_HANDSHAKE, "rst"),
    *_silent("kind: tls.handshake_stall", ("in_handshake",)),
    *_answered("kind: tls.handshake_delay, by: 1ms", 200, "in_handshake"),
    *(
        Case(
            f"kind: tls.bad_certificate, why: {why}, {_IN_HANDSHAKE}",
            error(aiohttp.ClientConnectorCertificateError, text=text),
            error(ssl.SSLCertVerificationError, text=text),
            "bad_certificate",
        )
        for why, text in _CERTIFICATES.items()
    ),
    *_ended("kind: tls.truncate", _DISCONNECTED, _DISCONNECTED, "fin"),
    *_answered("kind: http.status, code: 503", 503, *_BEFORE_REPLY),
    *_answered("kind: http.delay, by: 1ms", 200, *_BEFORE_REPLY),
    *_silent("kind: http.stall", _CALL_POINTS),
    _placed(Case("kind: http.truncate_body", CUT_PAYLOAD, CUT_READ, "close_notify"), "mid_body"),
    replace(_placed(_GARBAGE, "before_commit"), extent="garbage"),
    replace(_placed(_GARBAGE, "after_commit"), extent="garbage"),
    *(
        replace(case, ending="close_notify")
        for case in _answered("kind: http.slow_body, bytes: 40, every: 1ms", 200, "mid_body")
    ),
    *_answered("kind: http.retry_after, after: 7s, code: 429", 429, *_BEFORE_REPLY),
    *_answered("kind: api.conflict", 400, "before_commit"),
    *_answered("kind: api.rate_limit", 429, "before_commit"),
    *_answered("kind: api.not_found", 404, "before_commit"),
    *_answered("kind: api.permission", 403, "before_commit"),
    *_answered("kind: api.unauthenticated", 401, "before_commit"),
    *_answered("kind: api.unavailable", 503, "before_commit", "after_commit"),
    *_answered("kind: api.internal", 500, "before_commit", "after_commit"),
    *_answered("kind: api.stale_revision", 200, "before_commit"),
    *_answered("kind: api.slow_commit, by: 1ms", 200, "before_commit"),
]


def vocabulary() -> dict[str, tuple[str, ...]]:
    """Return every kind of the models with the points where it may strike."""
    return {
        get_args(kind.model_fields["kind"].annotation)[0]: get_args(kind.model_fields["point"].annotation)
        for kind in get_args(get_args(Fault)[0])
    }
