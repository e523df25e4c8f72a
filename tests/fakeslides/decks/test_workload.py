from dataclasses import dataclass

import pytest

from fakeslides.decks.workload import workload_decks
from fakeslides.scenario.model import Workload as ScenarioWorkload


@dataclass(frozen=True)
class Workload:
    presentations: int = 3
    slides: int = 4
    replacements: int = 3
    deck: str = "realistic"


@pytest.mark.parametrize("kind", ["realistic", "problematic"])
def test_makes_as_many_decks_of_that_size_as_asked(kind: str) -> None:
    """A scenario's sizes are what is measured."""
    decks = workload_decks(Workload(deck=kind), seed=1)

    assert len({deck.presentation_id for deck in decks}) == 3
    assert all(deck.document["presentationId"] == deck.presentation_id for deck in decks)
    assert {(len(deck.document["slides"]), len(deck.replacements)) for deck in decks} == {(4, 3)}


@pytest.mark.parametrize("kind", ["realistic", "problematic"])
def test_the_same_seed_makes_the_same_decks_and_another_makes_others(kind: str) -> None:
    """The fake, the client and the audit each make them anew and must agree."""
    workload = Workload(deck=kind, replacements=12)

    assert workload_decks(workload, seed=1) == workload_decks(workload, seed=1)
    assert workload_decks(workload, seed=1)[0] != workload_decks(workload, seed=2)[0]


def test_a_deck_does_not_depend_on_how_many_there_are() -> None:
    """A smaller run edits the first decks of a larger one."""
    assert workload_decks(Workload(presentations=2), seed=1) == workload_decks(Workload(), seed=1)[:2]


def test_ids_hold_no_slash() -> None:
    """Operations are named presentation/slide/index."""
    assert not any("/" in deck.presentation_id for deck in workload_decks(Workload(), seed=1))


def test_takes_the_workload_of_a_scenario() -> None:
    """That is where sizes come from."""
    assert len(workload_decks(ScenarioWorkload(presentations=2), seed=1)) == 2
