import pytest

from fakeslides.slides import store
from fakeslides.slides.store import Store
from loadtests.simulation.replaced import replaced
from loadtests.swarm.survey import EXPECTED, survey


def test_the_store_answers_as_is_known() -> None:
    """Each question, so that a wrong answer is the store's and not the question's."""
    assert survey() == EXPECTED


def test_the_same_is_asked_each_time() -> None:
    """It is part of a run that can be repeated."""
    assert survey() == survey()


def test_a_broken_store_is_told_and_does_not_end_the_survey() -> None:
    """An error is an answer too."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("no store today")

    with replaced(Store, "batch_update", broken):
        answers = survey()

    assert set(answers.values()) == {"ZeroDivisionError: no store today"}


def test_a_store_that_takes_old_revisions_answers_otherwise() -> None:
    """The question sees what it is about."""
    with replaced(store, "check_revision", lambda *_: None):
        answers = survey()

    (wrong,) = [question for question in EXPECTED if answers[question] != EXPECTED[question]]
    assert wrong == "a batch for a revision that is not the latest is refused"


@pytest.mark.parametrize("question", EXPECTED)
def test_each_question_is_a_sentence(question: str) -> None:
    """It stands in the report when the answer is wrong."""
    assert len(question.split()) >= 3
