"""What a mutant is."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from loadtests.simulation.replaced import replaced


@dataclass(frozen=True, slots=True)
class Patch:
    """One attribute of a module or class that is replaced.

    Attributes:
        owner: has it.
        name: of it.
        make: given what was there, returns what is there instead.
    """

    owner: Any
    name: str
    make: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A safeguard that is gone.

    Attributes:
        name: short, in the words of what is wrong.
        side: engine or fake.
        patches: what is replaced.
        scenario: the one that ships whose swarm is tried.
    """

    name: str
    side: str
    patches: tuple[Patch, ...]
    scenario: str = "production_incident"

    @contextmanager
    def planted(self) -> Iterator[None]:
        """Let the safeguard be gone while the block runs."""
        with ExitStack() as stack:
            for patch in self.patches:
                instead = patch.make(getattr(patch.owner, patch.name))
                stack.enter_context(replaced(patch.owner, patch.name, instead))
            yield


def instead(owner: Any, name: str, value: Any) -> Patch:  # noqa: ANN401 - whatever there is to patch
    """Return a patch that puts `value` in the place of whatever is there."""
    return Patch(owner, name, lambda _: value)
