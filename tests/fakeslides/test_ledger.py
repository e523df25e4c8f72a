import json

from fakeslides.ledger import AppliedRequest, Entry, Ledger


def _entry(sequence: int, **facts: object) -> Entry:
    return Entry(
        sequence=sequence, arrived_at_seconds=1.0, ended_at_seconds=2.0, connection=1,
        method="presentations.batchUpdate", presentation_id="deck", user="somebody",
        identity="deck/slide/0", attempt=1, http_status=None, **facts,  # type: ignore[arg-type] # facts vary by test
    )  # fmt: skip


def test_entries_come_back_in_the_order_in_which_they_ended() -> None:
    """An audit replays history; order is the history."""
    ledger = Ledger()
    for sequence in range(3):
        ledger.append(_entry(sequence))

    assert [entry.sequence for entry in ledger] == [0, 1, 2]
    assert len(ledger) == 3


def test_a_line_of_ndjson_says_what_was_applied_word_for_word() -> None:
    """The harness lives in another process and knows only what is written."""
    ledger = Ledger()
    body = {"containsText": {"text": "{{kunde}}"}, "replaceText": "Ünïcode 🎈"}
    ledger.append(_entry(7, committed=True, requests=[AppliedRequest("replaceAllText", body, occurrences=2)]))

    [line] = ledger.as_ndjson().splitlines()

    assert json.loads(line)["requests"] == [{"kind": "replaceAllText", "body": body, "occurrences": 2}]
    assert json.loads(line)["committed"] is True


def test_a_rule_that_matched_and_never_struck_is_counted_with_zero() -> None:
    """A fault that never fired must be visible, or an empty run would look like a passed one."""
    ledger = Ledger()
    ledger.count_match("storm")
    ledger.count_match("storm")
    ledger.count_match("drizzle")
    ledger.count_strike("storm")

    assert ledger.fault_counts() == {
        "drizzle": {"matched": 1, "fired": 0},
        "storm": {"matched": 2, "fired": 1},
    }


def test_a_strike_counts_though_the_match_was_before_the_counts_began_anew() -> None:
    """A connection may be struck long after the rule looked at it, and no strike may be hidden."""
    ledger = Ledger()
    ledger.count_strike("late")

    assert ledger.fault_counts() == {"late": {"matched": 0, "fired": 1}}


def test_whoever_follows_it_is_told_only_what_is_new() -> None:
    """A page that watches asks ten times a second."""
    ledger = Ledger()
    for sequence in range(3):
        ledger.append(_entry(sequence))

    assert [entry.sequence for entry in ledger.since(2)] == [2]
    assert list(ledger.since(3)) == []


def test_a_cleared_ledger_has_seen_nothing() -> None:
    """A server that goes back to its start has no past."""
    ledger = Ledger()
    ledger.append(_entry(0))
    ledger.count_match("it")
    ledger.count_strike("it")

    ledger.clear()

    assert (list(ledger), ledger.fault_counts()) == ([], {})
