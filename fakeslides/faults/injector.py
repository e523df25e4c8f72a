"""Carries out, on the wire, what the rules decided for a call; at its point."""

import asyncio
from typing import NoReturn

from fakeslides.clock import Clock
from fakeslides.errors import SlidesApiError, refusal_with_status
from fakeslides.faults.faulty_connection import FaultyConnection
from fakeslides.faults.slowness import slow_down
from fakeslides.scenario.api_faults import ApiSlowCommit
from fakeslides.scenario.fault_kinds import Fault
from fakeslides.scenario.http_faults import HttpDelay, HttpGarbage, HttpSlowBody, HttpStall, HttpTruncateBody
from fakeslides.scenario.tcp_faults import (
    TcpAcceptLimit,
    TcpBlackhole,
    TcpFin,
    TcpIdleReset,
    TcpReset,
    TcpSlowDrip,
    TcpThrottle,
)
from fakeslides.scenario.tls_faults import (
    TlsAlert,
    TlsHandshakeReset,
    TlsHandshakeStall,
    TlsRecordCorrupt,
    TlsTruncate,
)

_UNREADABLE = 503  # what lies under a spoiled record: nobody can read it
_GARBAGE = b"\x00\x01\x02 this is no HTTP \xff\xfe\r\n\r\n"


class AnswerLost(Exception):
    """The connection is gone; there is nobody left to answer."""


async def strike(fault: Fault, connection: FaultyConnection, clock: Clock) -> SlidesApiError | None:
    """Carry out a fault before the first byte of the reply.

    Args:
        fault: what was decided for this call.
        connection: the one that the call came by.
        clock: delays are seconds of this clock.

    Returns:
        What to answer with, where nobody will be able to read it, or None to go on.

    Raises:
        AnswerLost: the connection was struck down, or the client gave up waiting.
    """
    match fault:
        case HttpDelay() | ApiSlowCommit():
            await clock.sleep(fault.by)
        case TcpThrottle() | TcpSlowDrip():
            slow_down(connection, fault, clock)
        case TlsRecordCorrupt():
            connection.spoil_next_record(fault.how)
            return None if fault.point == "after_commit" else refusal_with_status(_UNREADABLE)
        case HttpGarbage():
            connection.write(_GARBAGE)
            connection.finish()
            await _lose(connection)
        case _ if end_connection(fault, connection):
            await _lose(connection)
    return None


async def strike_within(
    fault: Fault, head: bytes, body: bytes, connection: FaultyConnection, clock: Clock
) -> None:
    """Send an answer up to the fault's point, then let it strike; the connection is of no use afterwards.

    Args:
        fault: one that strikes at mid_headers or mid_body.
        head: of the answer, with the empty line after it.
        body: of the answer.
        connection: the one that the call came by.
        clock: pauses are seconds of this clock.

    Raises:
        AnswerLost: the client does not get the whole answer.
    """
    if isinstance(fault, HttpSlowBody):
        await _send_slowly(fault, head, body, connection, clock)
        return
    answer = head + body
    cut = len(head) // 2 if fault.point == "mid_headers" else len(head) + len(body) // 2
    connection.write(answer[:cut])
    await connection.let_bytes_leave()
    if isinstance(fault, TlsRecordCorrupt):
        connection.spoil_next_record(fault.how)
        connection.write(answer[cut:])
        connection.truncate()
    else:
        end_connection(fault, connection)
    await _lose(connection)


def end_connection(fault: Fault, connection: FaultyConnection) -> bool:
    """Carry out a fault after which no more is sent; say whether it is one."""
    match fault:
        case TcpReset() | TcpAcceptLimit() | TcpIdleReset() | TlsHandshakeReset():
            connection.reset()
        case TcpFin() | HttpTruncateBody():
            connection.finish()
        case TlsTruncate():
            connection.truncate()
        case TlsAlert():
            connection.alert()
        case TcpBlackhole() | TlsHandshakeStall():
            connection.go_dark()
        case HttpStall():
            connection.hang()
        case _:
            return False
    return True


async def _send_slowly(
    fault: HttpSlowBody, head: bytes, body: bytes, connection: FaultyConnection, clock: Clock
) -> None:
    connection.write(head)
    for start in range(0, len(body), fault.piece_bytes):
        await _pause(fault.every_seconds, connection, clock)
        connection.write(body[start : start + fault.piece_bytes])
    connection.close()


async def _pause(seconds: float, connection: FaultyConnection, clock: Clock) -> None:
    """Wait, but no longer than the client does.

    Raises:
        AnswerLost: the client has gone.
    """
    waits = [asyncio.create_task(connection.wait_closed()), asyncio.ensure_future(clock.sleep(seconds))]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
    if connection.raw.is_closing():
        raise AnswerLost


async def _lose(connection: FaultyConnection) -> NoReturn:
    await connection.wait_closed()
    raise AnswerLost
