import pytest

from loadtests.mutants.mutant import Mutant, Patch, instead


class _Door:
    is_locked = True

    def knock(self) -> str:
        """Answer."""
        return "who is there?"


class _BackDoor(_Door):
    """Inherits."""


DEAF = Mutant(
    "deaf",
    "engine",
    (
        Patch(_Door, "knock", lambda original: lambda self: original(self).upper()),
        instead(_Door, "is_locked", value=False),
        instead(_BackDoor, "is_locked", value=None),
    ),
)


def test_while_it_is_planted_everything_it_replaces_is_replaced() -> None:
    """By what is made of the original, or whatever that was."""
    with DEAF.planted():
        assert _Door().knock() == "WHO IS THERE?"
        assert _Door.is_locked is False
        assert _BackDoor.is_locked is None


def test_afterwards_nothing_is_whatever_happened() -> None:
    """The next world in this process has its safeguards again."""
    before = {owner: dict(vars(owner)) for owner in (_Door, _BackDoor)}

    def fail() -> None:
        with DEAF.planted():
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert {owner: dict(vars(owner)) for owner in (_Door, _BackDoor)} == before


def test_a_mutant_of_something_that_is_not_there_cannot_be_planted() -> None:
    """A safeguard that was renamed would look as if nobody missed it."""
    gone = Mutant(
        "gone", "engine", (instead(_Door, "is_locked", value=False), instead(_Door, "bell", value=None))
    )

    with pytest.raises(AttributeError, match="bell"), gone.planted():
        pass

    assert _Door.is_locked is True
