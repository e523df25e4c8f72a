import copy
import pickle
from collections.abc import Callable
from inspect import signature

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


@pytest.mark.parametrize("remake", [copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
@pytest.mark.parametrize("leaf", _leaves(SlidesError), ids=lambda leaf: leaf.__name__)
def test_every_error_can_be_copied_and_handed_to_another_process(
    leaf: type[SlidesError], remake: Callable[[SlidesError], SlidesError]
) -> None:
    """It is in the report of a call, which a pool of processes hands back and `asdict` copies."""
    error = _made(leaf)
    error.http_status = 418

    again = remake(error)

    assert (type(again), str(again), vars(again)) == (leaf, str(error), vars(error))


def _made(leaf: type[SlidesError]) -> SlidesError:
    if leaf.__init__ is Exception.__init__:
        return leaf("no")
    return leaf(**{name: FACTS[name] for name in signature(leaf).parameters if name in FACTS})


FACTS = {
    "text": "no",
    "waited_for": "its turn",
    "why": "busy",
    "eta_seconds": 3.0,
    "http_status": 418,
    "retry_after_seconds": 2.0,
}
