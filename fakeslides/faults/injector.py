"""Carries out what the rules decided, at its point."""

from collections.abc import Sequence

from aiohttp import web

from fakeslides.clock import Clock
from fakeslides.errors import SlidesApiError, cannot_be_applied, refusal_with_status
from fakeslides.faults.rules import Verdict
from fakeslides.faults.tls_connection import TlsConnection
from fakeslides.scenario.fault_kinds import (
    ApiConflict,
    HttpDelay,
    HttpStall,
    HttpStatus,
    Point,
    TcpReset,
)

_UNREADABLE = 503  # what lies under a spoiled record: nobody can read it


class AnswerLost(Exception):
    """The connection is gone; there is nobody left to answer."""


async def strike(
    verdict: Verdict | None,
    point: Point,
    connection: TlsConnection,
    clock: Clock,
    request_kinds: Sequence[str] = (),
) -> SlidesApiError | None:
    """Carry out a verdict if this is its point.

    Args:
        verdict: what was decided for this call, if anything.
        point: where the call is now.
        connection: the one that the call came by.
        clock: delays are seconds of this clock.
        request_kinds: the kinds in the call's `requests`, for a conflict's message.

    Returns:
        The refusal to answer with instead, or None to go on.

    Raises:
        AnswerLost: the connection was struck down, or the client gave up waiting.
    """
    if verdict is None or verdict.fault.point != point:
        return None
    fault = verdict.fault
    if isinstance(fault, HttpDelay):
        await clock.sleep(fault.by)
        return None
    if isinstance(fault, HttpStatus):
        return refusal_with_status(fault.code, fault.retry_after)
    if isinstance(fault, ApiConflict):
        return cannot_be_applied(fault.at_request, request_kinds)
    if isinstance(fault, HttpStall):
        await connection.wait_closed()
        raise AnswerLost
    return await strike_connection(fault.kind, connection, is_answer_ready=point == "after_commit")


async def strike_connection(
    kind: str, connection: TlsConnection, *, is_answer_ready: bool
) -> SlidesApiError | None:
    """Reset the connection, or spoil the record that carries its next answer.

    Raises:
        AnswerLost: after a reset.
    """
    if kind == "tcp.reset":
        connection.reset()
        await connection.wait_closed()
        raise AnswerLost
    connection.corrupt_next_record()
    return None if is_answer_ready else refusal_with_status(_UNREADABLE)


async def send_half_then_strike(
    response: web.Response, request: web.BaseRequest, verdict: Verdict, connection: TlsConnection
) -> web.StreamResponse:
    """Send headers and half of the body, then let the fault strike the rest.

    Raises:
        AnswerLost: after a reset.
    """
    body = bytes(response.body) if isinstance(response.body, bytes | bytearray) else b""
    partial = web.StreamResponse(status=response.status, headers=response.headers)
    partial.content_length = len(body)
    partial.force_close()
    await partial.prepare(request)
    await partial.write(body[: len(body) // 2])
    await connection.let_bytes_leave()
    if isinstance(verdict.fault, TcpReset):
        connection.reset()
        raise AnswerLost
    connection.corrupt_next_record()
    await partial.write(body[len(body) // 2 :])
    return partial
