"""What the text of a presentation proves about a write whose answer was lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plan.operations import Batch, ReplaceText
from engine.plan.planner import plan
from engine.plan.witness import PageTexts, Witness, changes_nothing, judge, page_texts, predict
from engine.settings import Strategy
from tests.support.operations import Pages, apply_all, document, operation, text_content


def _batch(*operations: ReplaceText) -> Batch:
    return plan(operations, Strategy.PER_SLIDE, 100)[0]


def _judge(batch: Batch, before: Pages, after: Pages) -> Witness:
    return judge(batch, page_texts(document(before)), page_texts(document(after)))


class TestPageTexts:
    def test_finds_text_in_shapes_tables_groups_and_notes(self) -> None:
        """A place that is not read is a place where an edit can be doubled unseen."""
        cell = {"text": text_content("cell")}
        group = {"children": [{"elementGroup": {"children": [{"shape": {"text": text_content("deep")}}]}}]}
        notes = {"objectId": "n1", "pageElements": [{"shape": {"text": text_content("notes")}}]}
        slide = {
            "objectId": "s1",
            "pageElements": [
                {"shape": {"text": text_content("{{cust", "omer}}")}},
                {"table": {"tableRows": [{"tableCells": [cell, {}]}]}},
                {"elementGroup": group},
                {"image": {}},
            ],
            "slideProperties": {"notesPage": notes},
        }

        texts = page_texts({"slides": [slide]})

        assert texts == {"s1": ("{{customer}}", "cell", "deep"), "n1": ("notes",)}

    def test_an_empty_presentation_has_no_texts(self) -> None:
        """A deck with nothing in it is no reason to fall over."""
        assert page_texts({"presentationId": "p"}) == {}


class TestPredict:
    def test_says_what_the_pages_will_say(self) -> None:
        """It saves a read after every write."""
        batch = _batch(operation("s1", "A", "B"), operation("s1", "B", "C"))

        assert predict(batch, {"s1": ("A", "x"), "s2": ("A",)}) == {"s1": ("C", "x"), "s2": ("A",)}


class TestChangesNothing:
    def test_is_true_when_nothing_is_found(self) -> None:
        """Such a batch leaves no trace that could bear witness."""
        assert changes_nothing(_batch(operation("s1")), {"s1": ("no name here",)})

    @pytest.mark.parametrize("pages", [{"s1": ("Dear {{name}}",)}, {}])
    def test_is_false_when_something_is_found_or_the_page_is_not_known(self, pages: PageTexts) -> None:
        """What was not looked at proves nothing."""
        assert not changes_nothing(_batch(operation("s1")), pages)


class TestJudge:
    def test_exactly_the_expected_text_proves_that_it_was_applied(self) -> None:
        """Sending it again could double it."""
        batch = _batch(operation(find="{{name}}", replace="Ada"))

        assert _judge(batch, {"s1": "Hi {{name}}"}, {"s1": "Hi Ada"}) is Witness.APPLIED

    def test_the_old_text_proves_that_it_was_not_applied(self) -> None:
        """Nothing was lost but time: send it with a new fence."""
        batch = _batch(operation(find="{{name}}", replace="Ada"))

        assert _judge(batch, {"s1": "Hi {{name}}"}, {"s1": "Hi {{name}}"}) is Witness.NOT_APPLIED

    def test_edits_on_other_pages_do_not_matter(self) -> None:
        """A collaborator works elsewhere in the deck all day long."""
        batch = _batch(operation("s1", "{{name}}", "Ada"))
        before, after = {"s1": "{{name}}", "s2": "old"}, {"s1": "{{name}}", "s2": "new"}

        assert _judge(batch, before, after) is Witness.NOT_APPLIED

    def test_a_batch_that_finds_nothing_may_be_sent_again(self) -> None:
        """It would change nothing the second time either."""
        assert _judge(_batch(operation(find="zzz")), {"s1": "abc"}, {"s1": "abc"}) is Witness.NOT_APPLIED

    def test_replacements_among_somebody_elses_edits_prove_that_it_was_applied(self) -> None:
        """The deck moved on, but what we brought is there and what we took is gone."""
        batch = _batch(operation(find="{{name}}", replace="Ada"))

        assert _judge(batch, {"s1": "Hi {{name}}"}, {"s1": "Hello Ada!"}) is Witness.APPLIED

    def test_needles_that_still_stand_among_somebody_elses_edits_prove_that_it_was_not_applied(self) -> None:
        """A batch is applied as a whole, so it would have taken all of them away."""
        before, after = {"s1": "{{name}}", "s2": "{{name}}"}, {"s1": "{{name}} (seen)", "s2": "{{name}}"}

        assert _judge(_batch(operation("s1"), operation("s2")), before, after) is Witness.NOT_APPLIED

    def test_a_slide_that_somebody_emptied_proves_nothing(self) -> None:
        """Gone is not replaced: claiming success here would be a false report."""
        batch = _batch(operation(find="{{name}}", replace="Ada"))

        assert _judge(batch, {"s1": "Hi {{name}}"}, {"s1": ""}) is Witness.UNKNOWN

    def test_a_replacement_that_was_there_before_proves_nothing(self) -> None:
        """It may be the old one, and the key may have been deleted by somebody else."""
        batch = _batch(operation(find="{{name}}", replace="Ada"))

        assert _judge(batch, {"s1": "Ada: {{name}}"}, {"s1": "Ada!"}) is Witness.UNKNOWN

    def test_a_deletion_among_somebody_elses_edits_proves_nothing(self) -> None:
        """Text that is gone does not say who removed it."""
        batch = _batch(operation(find="{{name}}", replace=""))

        assert _judge(batch, {"s1": "Hi {{name}}"}, {"s1": "Hello"}) is Witness.UNKNOWN

    def test_a_page_that_is_gone_proves_nothing(self) -> None:
        """Whoever deleted the slide deleted the evidence."""
        assert _judge(_batch(operation()), {"s1": "{{name}}"}, {"s2": "x"}) is Witness.UNKNOWN

    def test_without_a_reading_from_before_nothing_is_proved(self) -> None:
        """A missing key may never have been there."""
        assert judge(_batch(operation()), None, page_texts(document({"s1": "Ada"}))) is Witness.UNKNOWN

    def test_case_is_ignored_when_the_operation_ignores_it(self) -> None:
        """The prediction must read text as the server does."""
        batch = _batch(operation(find="{{NAME}}", replace="Ada", match_case=False))

        assert _judge(batch, {"s1": "{{Name}}"}, {"s1": "Ada"}) is Witness.APPLIED

    def test_a_shape_emptied_by_the_edit_may_come_back_without_its_text(self) -> None:
        """Taken for somebody else's edit, a plain deletion would end as indeterminate."""
        batch = _batch(operation(find="{{name}}", replace=""))
        before = page_texts(document({"s1": "{{name}}\n"}))

        after = page_texts({"slides": [{"objectId": "s1", "pageElements": [{"shape": {}}]}]})

        assert judge(batch, before, after) is Witness.APPLIED

    def test_a_replacement_with_backslashes_is_taken_literally(self) -> None:
        """A path in a customer's text is not a pattern."""
        batch = _batch(operation(find="{{path}}", replace=r"C:\1\g<0>"))

        assert _judge(batch, {"s1": "{{path}}"}, {"s1": r"C:\1\g<0>"}) is Witness.APPLIED

    @given(
        st.lists(st.tuples(st.text("ab{", min_size=1, max_size=3), st.text("ab", max_size=3)), min_size=1),
        st.text("ab{", max_size=15),
    )
    def test_never_takes_an_applied_write_for_a_missing_one_or_the_reverse(
        self, edits: list[tuple[str, str]], text: str
    ) -> None:
        """With no one else at work the evidence is complete: a false word here loses or doubles an edit."""
        batch = _batch(*(operation("s1", find, to, key=str(i)) for i, (find, to) in enumerate(edits)))
        before = {"s1": text}
        applied = apply_all([batch], before)

        expected = Witness.NOT_APPLIED if applied == before else Witness.APPLIED

        assert _judge(batch, before, applied) is expected
        assert _judge(batch, before, before) is Witness.NOT_APPLIED
