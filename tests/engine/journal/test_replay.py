"""Where a call stands, from the records of a journal."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.events import AttemptOutcome, Fate
from engine.journal.records import JournalError, Record
from engine.journal.replay import CallState, replay
from engine.plan.marks import Marks
from tests.support.journals import answered, begun, intended, settled

LOST, REFUSED, OK = AttemptOutcome.UNKNOWN, AttemptOutcome.REJECTED, AttemptOutcome.ANSWERED


def _stand(*records: Record) -> CallState:
    return replay([begun("a", "b", "c"), *records], "journal")[1]


def test_what_was_never_intended_was_never_sent() -> None:
    """It is sent when the call is resumed."""
    state = _stand()

    assert (state.fates, state.doubts, state.unfinished_count) == ({}, {}, 3)


def test_an_intent_without_an_answer_leaves_all_its_operations_in_doubt() -> None:
    """It may have left, and may have been applied; the fence and the body are kept for it."""
    state = _stand(intended("a", "b", fence="r7"))

    assert state.doubts["a"].operation_ids == ("a", "b")
    assert state.doubts["a"].fence == "r7"


def test_an_answer_applies_all_even_if_the_fates_were_not_written() -> None:
    """The process may have died in between."""
    state = _stand(intended("a", "b"), answered("a", OK))

    assert {name: each.fate for name, each in state.fates.items()} == {"a": Fate.APPLIED, "b": Fate.APPLIED}
    assert state.doubts == {}


def test_a_refusal_ends_the_doubt_unless_an_earlier_copy_may_have_caused_it() -> None:
    """A fence refuses what came second as well as what came too late."""
    assert _stand(intended("a"), answered("a", REFUSED)).doubts == {}
    assert "a" in _stand(intended("a"), answered("a", REFUSED, is_in_doubt=True)).doubts


def test_an_edit_said_to_be_unknown_can_still_be_found_out() -> None:
    """Its fence holds; whoever was interrupted gets another chance."""
    state = _stand(
        intended("a"), answered("a", LOST, is_in_doubt=True), settled("a", fate=Fate.INDETERMINATE)
    )

    assert "a" in state.doubts
    assert "a" not in state.fates


def test_but_not_once_later_edits_have_changed_the_text() -> None:
    """What our own hand wrote since could be taken for a trace of it."""
    unknown = settled("a", fate=Fate.INDETERMINATE)

    state = _stand(intended("a"), unknown, intended("b"))

    assert state.fates["a"].fate is Fate.INDETERMINATE
    assert list(state.doubts) == ["b"]


def test_an_edit_that_nobody_can_know_is_unknown_for_good() -> None:
    """A call that waits for an answer nobody has would never be finished."""
    unknown = replace(settled("a", fate=Fate.INDETERMINATE), is_final=True)

    state = _stand(intended("a"), answered("a", LOST, is_in_doubt=True), unknown)

    assert (state.fates, state.doubts) == ({"a": unknown}, {})


def test_an_edit_said_not_to_be_sent_is_as_good_as_new() -> None:
    """The engine was sure of it."""
    state = _stand(intended("a"), settled("a", fate=Fate.NOT_SENT))

    assert (state.fates, state.doubts) == ({}, {})


def test_a_fate_for_good_stays() -> None:
    """Nothing lands twice."""
    state = _stand(settled("a", fate=Fate.APPLIED), settled("a", fate=Fate.REJECTED))

    assert state.fates["a"].fate is Fate.APPLIED


def test_a_fence_ages_from_its_first_use() -> None:
    """Each resend would make it young again."""
    state = _stand(intended("a", at=100.0), intended("a", attempt=2, at=90_000.0))

    assert state.doubts["a"].at_wall_seconds == 100.0
    assert state.attempts == {"a": 2}


def test_a_record_that_does_not_follow_is_named() -> None:
    """A journal that was edited by hand, or put together from two."""
    with pytest.raises(JournalError, match="some/journal:2: this record does not follow"):
        replay([begun("a"), answered("a", OK)], "some/journal")
    with pytest.raises(JournalError, match="some/journal:1: "):
        replay([intended("a")], "some/journal")
    with pytest.raises(JournalError, match="some/journal:3: "):
        replay([begun("a"), settled("a", fate=Fate.APPLIED), intended("a")], "some/journal")


NAMES = ("a", "b", "c")
STEPS = st.one_of(
    st.builds(lambda names: intended(*names), st.permutations(NAMES).map(lambda names: names[:2])),
    st.builds(settled, st.sampled_from(NAMES), fate=st.sampled_from(Fate)),
)


@given(st.lists(STEPS, max_size=12), st.integers(0, 12))
def test_what_a_beginning_of_a_journal_settles_the_whole_of_it_settles_alike(
    steps: list[Record], length: int
) -> None:
    """Whoever resumes early and whoever resumes late must not contradict each other."""
    steps = _plausible(steps)
    early, late = _stand(*steps[:length]), _stand(*steps)

    assert early.fates == {name: late.fates[name] for name in early.fates}
    for state in (early, late):
        doubted = {name for doubt in state.doubts.values() for name in doubt.operation_ids}
        assert doubted.isdisjoint(state.fates)


def _plausible(steps: list[Record]) -> list[Record]:
    """Leave out what no engine would write: that it sends what has its fate."""
    kept: list[Record] = []
    for step in steps:
        with suppress(JournalError):
            _stand(*kept, step)
            kept.append(step)
    return kept


def test_a_batch_found_to_be_applied_has_left_what_it_was_to_leave() -> None:
    """Else whoever takes the call up takes its own edit for somebody else's, and holds the next one back."""
    marks = Marks(counted={"box_1": ("old", "new")})
    doubt = replace(intended("a"), marks=marks)

    state = _stand(doubt, answered("a", LOST, is_in_doubt=True), settled("a", fate=Fate.APPLIED))

    assert state.counted == {"box_1": "new"}
