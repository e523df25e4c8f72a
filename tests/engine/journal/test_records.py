"""The lines of a journal."""

from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.events import AttemptOutcome, Fate
from engine.journal.records import (
    Answered,
    CallBegun,
    Intended,
    JournalError,
    Record,
    Settled,
    decode,
    encode,
)

texts = st.text(max_size=8)
names = st.lists(texts, max_size=3).map(tuple)
RECORDS: st.SearchStrategy[Record] = st.one_of(
    st.builds(
        CallBegun,
        call=st.integers(1, 3),
        presentation_id=texts,
        at_wall_seconds=st.floats(0, 2e9),
        strategy=texts,
        batch_size=st.integers(1, 9),
        operations=st.lists(st.tuples(texts, texts, names, st.integers(0, 9)), max_size=2).map(tuple),
        salt=texts,
        map_digest=texts,
        text_map=st.none() | st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
    ),
    st.builds(
        Intended,
        call=st.integers(1, 3),
        identity=texts,
        requests=st.lists(names, max_size=2).map(tuple),
        attempt=st.integers(1, 9),
        fence=st.none() | texts,
        body_digest=texts,
        before_digest=texts,
        after_digest=texts,
        before=st.none() | st.dictionaries(texts, names, max_size=2),
        at_wall_seconds=st.floats(0, 2e9),
    ),
    st.builds(
        Answered, st.integers(1, 3), texts, st.sampled_from(AttemptOutcome), st.booleans(), st.none() | texts
    ),
    st.builds(Settled, st.integers(1, 3), names, st.sampled_from(Fate), st.none() | texts),
)
SETTLED = Settled(1, ("deck/s1/0",), Fate.APPLIED)


@given(st.lists(RECORDS, max_size=6))
def test_what_was_written_is_read(records: list[Record]) -> None:
    """Line ends, quotes and half surrogates in a customer's text included."""
    data = b"".join(map(encode, records))

    assert decode(data, "journal") == (records, len(data))


@given(st.lists(RECORDS, max_size=6), st.data())
def test_any_beginning_of_a_journal_gives_a_beginning_of_its_records(
    records: list[Record], data: st.DataObject
) -> None:
    """A crash may tear the last line anywhere; whole lines before it must not be touched by that."""
    whole = b"".join(map(encode, records))
    cut = data.draw(st.integers(0, len(whole)))

    found, taken_bytes = decode(whole[:cut], "journal")

    assert found == records[: len(found)]
    assert taken_bytes == sum(len(encode(record)) for record in found)
    assert taken_bytes <= cut
    assert found == records or cut < taken_bytes + len(encode(records[len(found)]))


@given(st.data())
def test_a_damaged_line_is_never_taken_for_another(data: st.DataObject) -> None:
    """One flipped bit in an intent would otherwise be an edit that lands twice."""
    line = bytearray(encode(SETTLED))
    line[data.draw(st.integers(0, len(line) - 2))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(JournalError, match="some/journal:"):
        decode(encode(SETTLED) + bytes(line) + encode(SETTLED), "some/journal")


def test_the_line_at_fault_is_named() -> None:
    """Whoever has to look should know where."""
    whole = encode(SETTLED)

    with pytest.raises(JournalError, match="some/journal:2: this line is damaged"):
        decode(whole + whole.replace(b"applied", b"appIied") + whole, "some/journal")


def test_a_line_of_a_later_version_is_refused() -> None:
    """What an older program would make of it is anybody's guess."""
    with pytest.raises(
        JournalError, match="journal:1: version 2 of the journal; this program reads version 1"
    ):
        decode(b"2" + encode(SETTLED)[1:], "journal")


def test_a_whole_line_that_says_nothing_known_is_refused() -> None:
    """It has its checksum, so somebody meant it."""
    line = encode(SETTLED)
    strange = b'{"kind":"Dreamt","call":1}'

    with pytest.raises(JournalError, match="journal:1: this is no record"):
        decode(_sealed(strange), "journal")
    assert _sealed(line.split(b" ", 3)[3].rstrip(b"\n")) == line


def _sealed(data: bytes) -> bytes:
    return b"1 %d %08x %s\n" % (len(data), crc32(data), data)
