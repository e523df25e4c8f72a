import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.faults.tls_records import HANDSHAKE_FAILURE, HEADER_BYTES, record, spoil

FIRST, SECOND = record(23, b"the first fragment"), record(23, b"and another one")


def test_a_record_is_type_version_length_and_fragment() -> None:
    """RFC 8446, 5.1."""
    assert record(23, b"abc") == b"\x17\x03\x03\x00\x03abc"
    assert HANDSHAKE_FAILURE == b"\x15\x03\x03\x00\x02\x02\x28"


@given(st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=4))
def test_a_flip_changes_one_bit_of_the_first_record_and_nothing_else(fragments: list[bytes]) -> None:
    """The smallest damage that a checksum must notice."""
    sound = b"".join(record(23, fragment) for fragment in fragments)

    spoilt = spoil(sound, "flip")

    changed = [(at, a ^ b) for at, (a, b) in enumerate(zip(sound, spoilt, strict=True)) if a != b]
    assert changed == [(HEADER_BYTES + len(fragments[0]) - 1, 0x40)]


@pytest.mark.parametrize(
    ("how", "begins_with"),
    [
        ("bad_mac", FIRST[:HEADER_BYTES] + bytes(len(FIRST) - HEADER_BYTES)),
        ("plaintext", b"HTTP/1.1 502 "),
        ("wrong_length", b"\x17\x03\x03\xff\xffthe first fragment"),
        ("wrong_type", b"\x63" + FIRST[1:]),
    ],
)
def test_only_the_first_record_is_spoilt(how: str, begins_with: bytes) -> None:
    """What follows is real, so that nothing but the damage is to blame."""
    spoilt = spoil(FIRST + SECOND, how)  # type: ignore[arg-type]

    assert spoilt.startswith(begins_with)
    assert spoilt.endswith(SECOND)
