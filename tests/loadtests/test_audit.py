from collections.abc import Sequence
from typing import Any

import pytest

from fakeslides.ledger import AppliedRequest, Entry
from loadtests.audit import Audit, audit, count_commits
from loadtests.measurements import Edit, OperationRow
from tests.support.runs import a_document, a_request, a_row, an_entry, edits_in

BEFORE = a_document({"s1": "Dear {{name}}", "s2": "{{name}} again"})
DONE = a_document({"s1": "Dear Ada", "s2": "Ada again"})
FIRST, SECOND = edits_in(BEFORE)


def _audit(
    operations: Sequence[OperationRow], ledger: Sequence[Entry], after: dict[str, Any] = DONE
) -> Audit:
    return audit(operations, ledger, {"deck": BEFORE}, {"deck": after})


def test_finds_nothing_when_reports_ledger_and_deck_agree() -> None:
    """A clean run must be called clean."""
    found = _audit([a_row(FIRST), a_row(SECOND)], [an_entry([FIRST, SECOND])])

    assert found.commits == {FIRST.operation_id: 1, SECOND.operation_id: 1}
    assert not any((found.lost, found.duplicated, found.wrong_reports, found.deck_differences))


def test_an_edit_reported_applied_that_never_landed_is_lost_and_falsely_reported() -> None:
    """The customer's slide still says {{name}}, and nobody knows."""
    after = a_document({"s1": "Dear Ada", "s2": "{{name}} again"})

    found = _audit([a_row(FIRST), a_row(SECOND)], [an_entry([FIRST])], after)

    assert found.lost == found.wrong_reports == (SECOND.operation_id,)
    assert [difference.page_id for difference in found.deck_differences] == ["s2"]


def test_an_edit_committed_twice_is_duplicated() -> None:
    """A blind retry after a lost answer looks just like this."""
    found = _audit([a_row(FIRST), a_row(SECOND)], [an_entry([FIRST, SECOND]), an_entry([SECOND], attempt=2)])

    assert found.duplicated == (SECOND.operation_id,)
    assert found.lost == ()


@pytest.mark.parametrize("fate", ["rejected", "not_sent"])
def test_a_denied_edit_that_landed_is_a_wrong_report(fate: str) -> None:
    """A caller who is told no sends it again."""
    found = _audit([a_row(FIRST), a_row(SECOND, fate)], [an_entry([FIRST, SECOND])])

    assert found.wrong_reports == (SECOND.operation_id,)
    assert found.lost == ()


@pytest.mark.parametrize("fate", ["indeterminate", None])
def test_what_the_client_could_not_know_is_neither_lost_nor_wrong(fate: str | None) -> None:
    """Honesty about not knowing must not be punished; the ledger says what the deck should be."""
    found = _audit([a_row(FIRST), a_row(SECOND, fate)], [an_entry([FIRST, SECOND])])

    assert (found.lost, found.wrong_reports, found.deck_differences) == ((), (), ())
    assert found.indeterminate + found.unsettled == (SECOND.operation_id,)


@pytest.mark.parametrize("fate", ["rejected", "not_sent", "indeterminate", None])
def test_an_edit_that_is_not_there_and_not_said_to_be_is_told_truly(fate: str | None) -> None:
    """The deck is as it should be without it."""
    after = a_document({"s1": "Dear Ada", "s2": "{{name}} again"})

    found = _audit([a_row(FIRST), a_row(SECOND, fate)], [an_entry([FIRST])], after)

    assert (found.lost, found.wrong_reports, found.deck_differences) == ((), (), ())


def test_one_request_for_many_slides_commits_the_edit_of_each() -> None:
    """Coalesced batches carry one request for all slides."""
    entry = an_entry(requests=(a_request(FIRST, "s1", "s2", "notes-of-s2"),))

    commits = count_commits([a_row(FIRST), a_row(SECOND)], [entry])

    assert commits == {FIRST.operation_id: 1, SECOND.operation_id: 1}


def test_a_request_without_pages_reaches_every_slide() -> None:
    """Google reads no pageObjectIds as: everywhere."""
    body = {"containsText": {"text": "{{name}}"}, "replaceText": "Ada"}
    entry = an_entry(requests=(AppliedRequest("replaceAllText", body),))

    commits = count_commits([a_row(FIRST), a_row(SECOND)], [entry])

    assert set(commits.values()) == {1}


@pytest.mark.parametrize(
    "facts",
    [{"committed": False}, {"presentation_id": "other"}, {"method": "presentations.get"}],
    ids=["refused", "another presentation", "a read"],
)
def test_only_committed_writes_to_the_same_presentation_count(facts: dict[str, Any]) -> None:
    """A batch that was refused as a whole applied nothing."""
    assert count_commits([a_row(FIRST)], [an_entry([FIRST], **facts)]) == {FIRST.operation_id: 0}


def test_an_edit_with_another_replacement_is_another_edit() -> None:
    """The right key with a wrong value has not landed."""
    wrong = Edit(FIRST.operation_id, "deck", "s1", FIRST.find, "Bob")

    assert count_commits([a_row(FIRST)], [an_entry([wrong])]) == {FIRST.operation_id: 0}
