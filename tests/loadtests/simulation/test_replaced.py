import pytest

from loadtests.simulation.replaced import replaced


class _Parent:
    color = "red"


class _Child(_Parent):
    """Inherits."""


def test_puts_back_what_was_there_whatever_happens() -> None:
    """A test that fails in a world must not leave that world's clock to all others."""
    seen = []

    def fail() -> None:
        with replaced(_Parent, "color", "blue"):
            seen.append(_Parent.color)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert (seen, _Parent.color) == (["blue"], "red")


def test_leaves_nothing_where_something_was_inherited() -> None:
    """A copy would hide what its owner's parent becomes later."""
    with replaced(_Child, "color", "blue"):
        assert (_Child.color, _Parent.color) == ("blue", "red")

    assert "color" not in vars(_Child)


def test_knows_nothing_that_is_not_there() -> None:
    """A misspelt name would be a control that controls nothing."""
    with pytest.raises(AttributeError), replaced(_Parent, "colour", "blue"):
        pass
