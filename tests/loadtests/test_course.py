from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fakeslides.ledger import Entry
from loadtests.course import Course, Place, client_spec, record_of
from loadtests.measurements import ClientExit, ClientLog, ServerStats, Setting
from tests.support.plain_decks import plain_deck
from tests.support.worlds import a_plan, a_scenario_file

SETTING = Setting("semaphore", 3, repeat=2)
DECKS = [plain_deck("deck-a"), plain_deck("deck-b")]
PLACE = Place("https://localhost:1", "ca.pem", "key.json", "events.ndjson")


def test_the_client_edits_all_decks_at_once_as_the_setting_says(tmp_path: Path) -> None:
    """Both clocks give their client the same job, or their results could not be held against each other."""
    plan = a_plan(a_scenario_file(tmp_path), engine={"batch_retry_attempts": 7})

    spec = client_spec(PLACE, plan, SETTING, DECKS)

    assert [job.presentation_id for job in spec.jobs] == ["deck-a", "deck-b"]
    assert spec.jobs[0].text_map == DECKS[0].replacements
    assert spec.engine == {
        "batch_retry_attempts": 7, "batch_strategy": "semaphore", "max_concurrent_slides": 3,
    }  # fmt: skip
    assert (spec.seed, spec.time_scale) == (6, 1 / 25)
    assert (spec.endpoint, spec.ca_file, spec.credentials_file, spec.events_file) == (
        "https://localhost:1", "ca.pem", "key.json", "events.ndjson",
    )  # fmt: skip


def test_the_settings_word_is_the_last(tmp_path: Path) -> None:
    """A plan for a whole sweep must not make all its settings the same."""
    plan = a_plan(a_scenario_file(tmp_path), engine={"batch_strategy": "sequential"})

    assert client_spec(PLACE, plan, SETTING, DECKS).engine["batch_strategy"] == "semaphore"


def test_a_record_has_every_edit_that_was_due(tmp_path: Path) -> None:
    """An edit that the client never told of is an edit that hangs, and not one that never was."""
    plan = a_plan(a_scenario_file(tmp_path))

    record = record_of(plan, SETTING, DECKS, _course())

    assert len(record.operations) == 2 * 2 * 2
    assert {row.fate for row in record.operations} == {None}
    assert (record.setting, record.seed) == (SETTING, 6)
    assert (record.documents_before, record.documents_after) == (_documents(), _documents())


def test_a_record_counts_what_struck(tmp_path: Path) -> None:
    """A rule that was to strike and did not makes a run worth nothing."""
    rule = "faults: [{id: reset, often: {rate: 5%}, fault: {kind: tcp.reset}, expect_fired: {at_least: 2}}]"
    plan = a_plan(a_scenario_file(tmp_path, rule))

    record = record_of(plan, SETTING, DECKS, _course(faults={"reset": {"matched": 9, "fired": 1}}))

    (count,) = [each for each in record.faults if each.id == "reset"]
    assert (count.matched, count.fired, count.expected_at_least) == (9, 1, 2)


def _documents() -> Mapping[str, Any]:
    return {deck.presentation_id: deck.document for deck in DECKS}


def _course(faults: Mapping[str, Mapping[str, int]] | None = None, ledger: tuple[Entry, ...] = ()) -> Course:
    return Course(
        client_exit=ClientExit(0),
        log=ClientLog(),
        before=_documents(),
        after=_documents(),
        ledger=ledger,
        faults=faults or {},
        server=ServerStats(0.1, 1, 1),
        real_seconds=0.5,
    )
