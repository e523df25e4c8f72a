from collections.abc import Sequence
from typing import Any

import pytest

from fakeslides.ledger import AppliedRequest, Entry
from loadtests.swarm.request_audit import Asked, RequestAudit, audit_requests, without_made
from tests.support.runs import a_document, a_shape, an_entry

BOX = Asked("deck/requests/0", "deck", "createShape", {"objectId": "box_1"})
COPY = Asked("deck/requests/1", "deck", "duplicateObject", {"objectId": "box_1"})
GONE = Asked("deck/requests/2", "deck", "deleteObject", {"objectId": "box_1"})
SEARCH = Asked("deck/requests/0", "deck", "replaceAllText", {"replaceText": "x"})


def _entry(*asked: Asked, occurrences: int | None = None) -> Entry:
    applied = [
        AppliedRequest(each.kind, {**each.body, "added": "by the engine"}, occurrences) for each in asked
    ]
    return an_entry(presentation_id="deck", committed=True, requests=applied)


def _deck(*names: str) -> dict[str, Any]:
    document = a_document({"s1": "a"})
    document["slides"][0]["pageElements"] += [a_shape(name, "") for name in names]
    return document


def _audit(
    *told: tuple[Asked, str | None], by: Sequence[Entry] = (), names: tuple[str, ...] = ("box_1",)
) -> RequestAudit:
    fates = {asked.operation_id: fate for asked, fate in told}
    return audit_requests([asked for asked, _ in told], fates, by, {"deck": _deck(*names)})


@pytest.mark.parametrize("fate", ["applied", "indeterminate", None])
def test_what_was_applied_once_may_be_said_to_be_or_not_to_be_known(fate: str | None) -> None:
    """Each of these is true."""
    assert _audit((BOX, fate), by=[_entry(BOX)]) == RequestAudit({BOX.operation_id: 1})


@pytest.mark.parametrize("fate", ["rejected", "not_sent"])
def test_what_was_applied_must_not_be_denied(fate: str) -> None:
    """Whoever believes it makes it again."""
    (wrong,) = _audit((BOX, fate), by=[_entry(BOX)]).wrong

    assert wrong == f"deck/requests/0 (createShape) was told to be {fate}, and was applied"


def test_what_was_not_applied_must_not_be_claimed() -> None:
    """It is lost."""
    (wrong,) = _audit((BOX, "applied"), names=()).wrong

    assert wrong == "deck/requests/0 (createShape) was told to be applied, and was not"


def test_nothing_may_be_applied_twice_but_a_search_that_finds_nothing() -> None:
    """Nothing comes of that."""
    twice = _audit((BOX, "applied"), (COPY, "applied"), by=[_entry(BOX), _entry(COPY), _entry(COPY)])

    assert twice.wrong == ("deck/requests/1 (duplicateObject) was applied 2 times",)
    in_vain, found = _entry(SEARCH, occurrences=0), _entry(SEARCH, occurrences=2)
    assert _audit((SEARCH, "applied"), by=[in_vain, found], names=()).wrong == ()
    assert _audit((SEARCH, "applied"), by=[found, found], names=()).wrong != ()


def test_the_deck_has_what_was_made_and_not_deleted_again() -> None:
    """A server that said what is not so would make liars of its clients."""
    assert _audit((BOX, "applied"), by=[_entry(BOX)], names=()).wrong == (
        "box_1 of deck/requests/0 is not in the deck",
    )
    assert _audit((BOX, "rejected")).wrong == ("box_1 of deck/requests/0 is in the deck",)
    assert _audit((BOX, "applied"), (GONE, "applied"), by=[_entry(BOX, GONE)], names=()).wrong == ()


def test_of_an_atomic_call_all_is_applied_or_nothing() -> None:
    """A half of it may make no sense."""
    first, second = (
        Asked(each.operation_id, "deck", each.kind, each.body, is_atomic=True) for each in (BOX, COPY)
    )

    assert _audit((first, "applied"), (second, "applied"), by=[_entry(first, second)]).halves == ()
    assert _audit((first, "rejected"), (second, "rejected"), names=()).halves == ()
    assert _audit((first, "applied"), (second, "rejected"), by=[_entry(first)]).halves == (
        "deck: 1 of 2 atomic requests were applied",
        "deck: 1 of 2 atomic requests were told to be applied",
    )
    assert _audit((BOX, "applied"), (COPY, "rejected"), by=[_entry(BOX)]).halves == ()


def test_a_deck_without_what_was_made_is_as_it_was() -> None:
    """What replacements make of its texts can be foreseen, of those made meanwhile cannot."""
    entry = an_entry(
        presentation_id="deck",
        committed=True,
        requests=[
            AppliedRequest("createShape", {"objectId": "box_1"}),
            AppliedRequest("createSlide", {"objectId": "s2"}),
        ],
    )
    document = _deck("box_1")
    document["slides"].append({"objectId": "s2"})

    assert without_made(document, "deck", [entry]) == _deck()
    assert without_made(document, "other", [entry]) == document
