import pytest

from loadtests.mutants.engine_load import ENGINE, MUTANTS
from loadtests.mutants.mutant import Mutant
from tests.support.planted import what_is_there


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_takes_something_of_the_engine_away_and_gives_it_back(mutant: Mutant) -> None:
    """A process that tried one tries the next one on a sound engine."""
    before = what_is_there(mutant)

    with mutant.planted():
        planted = what_is_there(mutant)

    assert all(there is not was for there, was in zip(planted, before, strict=True))
    assert all(there is was for there, was in zip(what_is_there(mutant), before, strict=True))


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_is_about_the_engine(mutant: Mutant) -> None:
    """The table says on whose side it is."""
    modules = {getattr(patch.owner, "__module__", patch.owner.__name__) for patch in mutant.patches}

    assert mutant.side == ENGINE
    assert {module.partition(".")[0] for module in modules} == {"engine"}
