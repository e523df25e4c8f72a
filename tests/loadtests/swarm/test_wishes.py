from dataclasses import replace

from engine.journal.replay import CallState
from fakeslides.decks import workload_decks
from fakeslides.scenario.model import Workload
from loadtests.swarm.asks import Ask
from loadtests.swarm.wishes import requests_wish, wishes_of
from tests.support.journals import begun

(DECK,) = workload_decks(Workload(presentations=1, slides=3, replacements=1), 1)
(SMALL,) = workload_decks(Workload(presentations=1, slides=1, replacements=1), 1)


def test_a_deck_has_one_caller_or_two_for_half_of_its_slides_each() -> None:
    """Two that edited the same slides could not be told apart by what they leave behind."""
    (whole,) = wishes_of(DECK, is_shared=False)
    first, second = wishes_of(DECK, is_shared=True)

    assert whole.slide_ids is None
    assert first.slide_ids is not None
    assert second.slide_ids is not None
    slides = [slide["objectId"] for slide in DECK.document["slides"]]
    assert [*first.slide_ids, *second.slide_ids] == slides
    assert len({whole.name, first.name, second.name}) == 3


def test_one_slide_cannot_be_shared() -> None:
    """There is nothing to halve."""
    assert wishes_of(SMALL, is_shared=True) == wishes_of(SMALL, is_shared=False)


def test_a_call_in_a_journal_is_known_by_its_slides() -> None:
    """Whoever is killed must not call again for what is there to be resumed."""
    first, second = wishes_of(DECK, is_shared=True)
    assert first.slide_ids is not None
    call = begun("o1")
    operation, _, pages, place = call.operations[0]
    call = type(call)(
        **{
            **{name: getattr(call, name) for name in call.__slots__},
            "operations": ((operation, first.slide_ids[0], pages, place),),
        }
    )

    assert first.is_in(CallState(call))
    assert not second.is_in(CallState(call))
    assert wishes_of(DECK, is_shared=False)[0].is_in(CallState(call))


def test_beside_requests_the_texts_name_their_slides() -> None:
    """A slide that a request makes meanwhile is none of theirs."""
    (whole,) = wishes_of(DECK, is_shared=False, names_slides=True)

    assert whole.slide_ids == tuple(slide["objectId"] for slide in DECK.document["slides"])


def test_requests_are_one_call_and_atomic_ones_as_many_as_one_write_holds() -> None:
    """More would be refused before anything is sent, and nothing be learned."""
    asks = [Ask(0, number, "slide") for number in (1, 2, 3)]

    free, atomic = (requests_wish(DECK, asks, most_atomic_count=count) for count in (None, 2))

    assert requests_wish(DECK, [], most_atomic_count=None) is None
    assert free is not None
    assert atomic is not None
    assert (len(free.requests), free.is_atomic) == (3, False)
    assert (len(atomic.requests), atomic.is_atomic) == (2, True)
    assert [each.operation_id for each in atomic.asked()] == [
        f"{DECK.presentation_id}/requests/{index}" for index in (0, 1)
    ]
    assert not free.is_in(CallState(begun("o1")))
    given = replace(begun("o1"), strategy="given")
    assert free.is_in(CallState(given))
    assert not wishes_of(DECK, is_shared=False)[0].is_in(CallState(given))
