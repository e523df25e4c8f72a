"""What mutants replace, looked at from outside."""

from collections.abc import Sequence

from loadtests.mutants.mutant import Mutant

_NOT_ITS_OWN = object()


def assert_replaced_and_given_back(mutant: Mutant) -> None:
    """Fail unless all it patches is another thing while it is planted, and what it was afterwards."""
    before = _what_is_there(mutant)
    with mutant.planted():
        planted = _what_is_there(mutant)

    assert all(there is not was for there, was in zip(planted, before, strict=True))
    assert all(there is was for there, was in zip(_what_is_there(mutant), before, strict=True))


def rooms_of(mutant: Mutant) -> set[str]:
    """Return the rooms of the source that it patches."""
    modules = {getattr(patch.owner, "__module__", patch.owner.__name__) for patch in mutant.patches}
    return {module.partition(".")[0] for module in modules}


def _what_is_there(mutant: Mutant) -> Sequence[object]:
    """Return what the owners of its patches have now, the same object for all they inherit."""
    return [vars(patch.owner).get(patch.name, _NOT_ITS_OWN) for patch in mutant.patches]
