"""What mutants replace, looked at from outside."""

from collections.abc import Sequence

from loadtests.mutants.mutant import Mutant

_NOT_ITS_OWN = object()


def what_is_there(mutant: Mutant) -> Sequence[object]:
    """Return what the owners of a mutant's patches have now, the same object for all they inherit."""
    return [vars(patch.owner).get(patch.name, _NOT_ITS_OWN) for patch in mutant.patches]
