"""How slowly a connection sends once a fault has it."""

from fakeslides.clock import Clock
from fakeslides.faults.faulty_connection import FaultyConnection
from fakeslides.scenario.tcp_faults import TcpSlowDrip, TcpThrottle

# A throttled stream is sent in pieces small enough to look steady.
_PIECES_PER_SECOND = 20


def slow_down(connection: FaultyConnection, fault: TcpThrottle | TcpSlowDrip, clock: Clock) -> None:
    """Let a connection's bytes leave at the fault's pace from now on."""
    connection.slow_down(clock, *pieces_of(fault))


def pieces_of(fault: TcpThrottle | TcpSlowDrip) -> tuple[int, float]:
    """Return how many bytes leave at once, and the pause after them in seconds."""
    if isinstance(fault, TcpSlowDrip):
        return fault.piece_bytes, fault.every_seconds
    piece_bytes = max(1, fault.bytes_per_second // _PIECES_PER_SECOND)
    return piece_bytes, piece_bytes / fault.bytes_per_second
