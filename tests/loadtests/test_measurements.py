from dataclasses import asdict

import pytest

from fakeslides.ledger import Ledger
from loadtests.measurements import (
    ClientLog,
    Edit,
    Setting,
    join_attempts,
    operation_rows,
    parse_ledger,
)
from tests.support.runs import an_attempt, an_entry

EDIT = Edit("deck/s1/0", "deck", "s1", "x", "y")


def test_an_edit_the_client_never_spoke_of_still_has_a_row() -> None:
    """A client that dies early must not shrink what it is measured against."""
    (row,) = operation_rows([EDIT], ClientLog())

    assert row.edit == EDIT
    assert row.fate is None


def test_a_refused_call_settles_all_its_edits() -> None:
    """A presentation that could not be read was told to the caller; that is no hang."""
    refused = {"deck": {"fate": "not_sent", "error_class": "NotFound", "at_seconds": 2.0}}

    (row,) = operation_rows([EDIT], ClientLog(refused=refused, asked_at_seconds={"deck": 0.5}))

    assert (row.fate, row.error_class) == ("not_sent", "NotFound")
    assert (row.asked_at_seconds, row.settled_at_seconds) == (0.5, 2.0)


def test_the_ledger_survives_its_way_through_ndjson() -> None:
    """The audit must see what the server wrote."""
    ledger = Ledger()
    ledger.append(an_entry([EDIT]))

    (entry,) = parse_ledger(ledger.as_ndjson())

    assert asdict(entry) == asdict(an_entry([EDIT]))


@pytest.mark.parametrize("separator", ["\x85", "\u2028", "\u2029"])
def test_the_ledger_may_hold_what_unicode_calls_the_end_of_a_line(separator: str) -> None:
    """JSON does not escape it, so the line has to be read to its newline."""
    written = an_entry([Edit("deck/s1/0", "deck", "s1", f"x{separator}", "y")])
    ledger = Ledger()
    ledger.append(written)

    assert parse_ledger(ledger.as_ndjson()) == (written,)


def test_tries_are_joined_by_identity_attempt_and_method() -> None:
    """Only then can an error be blamed on the fault that struck it."""
    first, second = an_attempt(), an_attempt(attempt=2)

    joined = join_attempts([first, second], [an_entry(attempt=2), an_entry(attempt=1)])

    assert [(pair.told and pair.told.attempt, pair.seen and pair.seen.attempt) for pair in joined] == [
        (1, 1),
        (2, 2),
    ]


def test_what_only_one_side_knows_is_kept() -> None:
    """A try that never arrived, and one whose client died before it could tell."""
    joined = join_attempts([an_attempt()], [an_entry(attempt=9), an_entry(method="token", identity="t")])

    assert [(pair.told is None, pair.seen is None) for pair in joined] == [(False, True), (True, False)]


def test_a_setting_is_named_by_its_place_in_the_grid() -> None:
    """The name ties a line of attempts.ndjson to a row of the table."""
    assert Setting("coalesced", 3).name == "coalesced@3"
    assert Setting("coalesced", 3, repeat=2).name == "coalesced@3#2"
