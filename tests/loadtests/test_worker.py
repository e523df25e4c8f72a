import io
import pickle
import sys
from collections.abc import Callable
from typing import Any

import pytest

from loadtests.worker import LENGTH, Unspeakable, answer_all, packed


def _answers(*questions: tuple[Callable[..., Any], tuple[Any, ...]]) -> list[tuple[Any, Exception | None]]:
    answers = io.BytesIO()
    answer_all(io.BytesIO(b"".join(packed(question) for question in questions)), answers)
    answers.seek(0)
    read = []
    while head := answers.read(LENGTH.size):
        read.append(pickle.loads(answers.read(LENGTH.unpack(head)[0])))
    return read


def fail(text: str) -> None:
    """Raise an error that can be sent."""
    raise ValueError(text)


def fail_unspeakably() -> None:
    """Raise an error that can be sent and not be made again."""
    raise _NeedsMoreError("one", "two")


class _NeedsMoreError(Exception):
    def __init__(self, one: str, other: str) -> None:
        super().__init__(one)


def return_a_lambda() -> object:
    """Return what cannot be sent."""
    return lambda: None


def test_answers_one_question_after_the_other_until_no_more_is_asked() -> None:
    """Its parent closes the pipe when it has no more to ask."""
    assert _answers((max, (3, 5)), (str.upper, ("a",))) == [(5, None), ("A", None)]


def test_hands_back_what_a_function_raises_with_the_place_where_it_was() -> None:
    """The parent raises it again; the traceback of another process is lost otherwise."""
    ((value, error),) = _answers((fail, ("a reason",)))

    assert (value, type(error), str(error)) == (None, ValueError, "a reason")
    assert "In the worker process:" in error.__notes__[0]
    assert f'File "{__file__}"' in error.__notes__[0]


@pytest.mark.parametrize(
    ("function", "what"), [(fail_unspeakably, "_NeedsMoreError: one"), (return_a_lambda, "lambda")]
)
def test_what_cannot_be_sent_is_told_in_words(function: Callable[[], object], what: str) -> None:
    """A worker that died of it, or a parent that could not read it, would have nothing to say."""
    (first, second) = _answers((function, ()), (max, (1, 2)))

    assert (first[0], type(first[1])) in {
        (None, Unspeakable),
        (None, AttributeError),
        (None, pickle.PicklingError),
    }
    assert what in str(first[1])
    assert second == (2, None)


def test_a_question_that_cannot_be_understood_is_answered_so() -> None:
    """The function may have been renamed since the worker was started."""
    question = packed((fail, ("x",))).replace(b"fail", b"fall")

    answers = io.BytesIO()
    answer_all(io.BytesIO(question), answers)

    _, error = pickle.loads(answers.getvalue()[LENGTH.size :])
    assert isinstance(error, AttributeError)
    assert sys.modules[__name__].__name__ in str(error)
