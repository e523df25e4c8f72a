from collections import Counter
from random import Random

import pytest

from engine.plan.given_requests import given_requests
from fakeslides.decks import Deck, workload_decks
from fakeslides.errors import SlidesApiError
from fakeslides.scenario.model import Workload
from fakeslides.slides.store import Store
from loadtests.expectation import differences, texts_of
from loadtests.swarm.asks import KINDS, Ask, drawn_asks, drawn_atomic, request_of
from loadtests.swarm.request_audit import without_made
from tests.support.runs import an_entry

(DECK,) = workload_decks(Workload(presentations=1, slides=2, replacements=1), 1)
MANY = [drawn_asks(4, seed) for seed in range(400)]
IMPOSSIBLE = {"impossible box", "text beyond", "about nothing"}


def _store() -> Store:
    store = Store(Random(0))
    store.add(DECK.laid_out())
    return store


def _requests(deck: Deck, asks: tuple[Ask, ...], place: int) -> list[str]:
    return [str(request_of(ask, deck)) for ask in asks if ask.place == place]


def test_every_kind_is_drawn_in_some_seeds_and_no_request_in_most() -> None:
    """A run that lacks them may show what they hide."""
    drawn = Counter(ask.what for asks in MANY for ask in asks)

    assert set(drawn) == set(KINDS)
    assert 0.1 < sum(map(bool, MANY)) / len(MANY) < 0.4
    assert {bool(drawn_atomic(asks, seed)) for seed, asks in enumerate(MANY) if asks} == {True, False}


def test_no_two_requests_for_a_deck_are_alike() -> None:
    """The server's ledger could not tell which of them was applied."""
    for asks in MANY:
        for place in range(4):
            requests = _requests(DECK, asks, place)
            assert len(set(requests)) == len(requests)


@pytest.mark.parametrize("what", KINDS)
def test_what_can_work_works_after_a_box_was_made_and_the_rest_is_refused(what: str) -> None:
    """Requests that the server always refuses would try nothing but refusals."""
    store = _store()
    asks = [Ask(0, number, kind) for number, kind in enumerate(("box", "text", what), 1)]
    given = given_requests("deck", [request_of(ask, DECK) for ask in asks], "")
    *firsts, last = [each.request for each in given]
    store.batch_update(DECK.presentation_id, firsts)

    try:
        store.batch_update(DECK.presentation_id, [last])
    except SlidesApiError:
        assert what in IMPOSSIBLE
    else:
        assert what not in IMPOSSIBLE


def test_the_texts_of_the_deck_stay_as_they_were() -> None:
    """Else nobody could say what the replacements beside them should have made of it."""
    store = _store()
    before = store.get(DECK.presentation_id).to_json()
    possible = [what for what in KINDS if what not in IMPOSSIBLE]
    kinds = ["box", *(what for what in possible if what != "deletion")]
    asks = [Ask(0, number, what) for number, what in enumerate(kinds, 1)]
    given = given_requests("deck", [request_of(ask, DECK) for ask in asks], "")

    done = store.batch_update(DECK.presentation_id, [each.request for each in given])

    entry = an_entry(presentation_id=DECK.presentation_id, committed=True, requests=done.applied)
    after = without_made(store.get(DECK.presentation_id).to_json(), DECK.presentation_id, [entry])
    assert differences(texts_of(before), after) == []


def test_a_request_says_what_it_is() -> None:
    """In a timeline, and in an exported scenario."""
    assert str(Ask(0, 3, "text", 1)) == "text (request 3, about 1)"
    assert str(Ask(0, 1, "box")) == "box (request 1)"
