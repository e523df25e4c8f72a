import pytest

from engine import errors
from engine.errors import NotSent, OutcomeUnknown, Rejected, SlidesError


def _leaves(kind: type[SlidesError]) -> list[type[SlidesError]]:
    children = kind.__subclasses__()
    return [kind] if not children else [leaf for child in children for leaf in _leaves(child)]


@pytest.mark.parametrize("leaf", _leaves(SlidesError), ids=lambda leaf: leaf.__name__)
def test_every_error_says_whether_the_edit_may_have_been_applied(leaf: type[SlidesError]) -> None:
    """It is the one question a caller has; an error outside the three families could not answer it."""
    families = [family for family in (NotSent, Rejected, OutcomeUnknown) if issubclass(leaf, family)]

    assert len(families) == 1


@pytest.mark.parametrize("leaf", _leaves(SlidesError), ids=lambda leaf: leaf.__name__)
def test_the_drawn_tree_names_every_error(leaf: type[SlidesError]) -> None:
    """The drawing at the head of the module is what people read."""
    assert errors.__doc__ is not None
    assert f" {leaf.__name__} " in errors.__doc__
