from hypothesis import given
from hypothesis import strategies as st

from fakeslides.faults.slowness import pieces_of
from fakeslides.scenario.tcp_faults import TcpSlowDrip, TcpThrottle


@given(st.integers(1, 10**9))
def test_a_throttle_keeps_its_rate_and_looks_steady(bytes_per_second: int) -> None:
    """A second's worth in one burst would be a drip."""
    throttle = TcpThrottle(kind="tcp.throttle", bytes_per_second=bytes_per_second)

    piece_bytes, pause_seconds = pieces_of(throttle)

    assert abs(piece_bytes / pause_seconds / bytes_per_second - 1) < 1e-9
    assert piece_bytes == 1 or pause_seconds <= 0.05


def test_a_drip_is_as_its_author_wrote_it() -> None:
    """Nothing is left to guess."""
    drip = TcpSlowDrip.model_validate({"kind": "tcp.slow_drip", "bytes": 3, "every": "2s"})

    assert pieces_of(drip) == (3, 2.0)
