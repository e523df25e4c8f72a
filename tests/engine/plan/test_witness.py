"""What the text of a presentation proves about a write whose answer was lost."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plan.operations import Batch, ReplaceText
from engine.plan.planner import plan
from engine.plan.witness import AUTO_TEXT, PageTexts, Witness, changes_nothing, judge, page_texts, predict
from engine.settings import Strategy
from tests.support.operations import Pages, apply_all, document, operation, text_content


def _batch(*operations: ReplaceText) -> Batch:
    return plan(operations, Strategy.PER_SLIDE, 100)[0]


def _judge(batch: Batch, before: Pages, after: Pages) -> Witness:
    return judge(batch, page_texts(document(before)), page_texts(document(after)))


Edit = tuple[str, str, str]
Shapes = dict[str, tuple[str, ...]]
Deed = tuple[str, str, int, int]

# The collaborator writes in letters of their own: whoever types our keys and values can fool any witness.
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["s1", "s2"]), st.text("abA{", min_size=1, max_size=3), st.text("abB{", max_size=3)
    ),
    min_size=1,
    max_size=5,
)
DECKS = st.fixed_dictionaries(
    {page: st.lists(st.text("abAB{", min_size=1, max_size=9), max_size=3).map(tuple) for page in ("s1", "s2")}
)
RIVALS = st.lists(
    st.tuples(
        st.sampled_from(["type", "empty", "add"]),
        st.sampled_from(["s1", "s2"]),
        st.integers(0, 9),
        st.integers(0, 3),
    ),
    max_size=4,
)


def _batch_of(edits: list[Edit], *, match_case: bool = True) -> Batch:
    operations = [
        operation(slide, find, to, key=str(i), match_case=match_case)
        for i, (slide, find, to) in enumerate(edits)
    ]
    return plan(operations, Strategy.COALESCED, 100)[0]


def _disturb(pages: Mapping[str, tuple[str, ...]], deeds: list[Deed]) -> Shapes:
    """Return the pages after somebody typed xyz somewhere, emptied a shape, or added one."""
    after = {page: list(texts) for page, texts in pages.items()}
    for deed, page, place, which in deeds:
        texts = after[page]
        if deed == "add":
            texts.insert(which % (len(texts) + 1), "xyz")
        elif texts and deed == "empty":
            del texts[which % len(texts)]
        elif texts:
            text = texts[which % len(texts)]
            texts[which % len(texts)] = f"{text[:place]}xyz{text[place:]}"
    return {page: tuple(texts) for page, texts in after.items()}


def _box(text: str) -> dict[str, object]:
    return {"shape": {"text": text_content(text)}}


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

    def test_a_slide_number_is_no_text_that_an_edit_could_find(self) -> None:
        """Its digits belong to the server: a prediction that replaces them would never come true."""
        number = {"textElements": [{"autoText": {"type": "SLIDE_NUMBER", "content": "3"}}]}

        texts = page_texts({"slides": [{"objectId": "s1", "pageElements": [{"shape": {"text": number}}]}]})

        assert texts == {"s1": (AUTO_TEXT,)}

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

    def test_what_google_never_inserts_is_not_expected(self) -> None:
        """A form feed in a customer's text left every lost answer undecided."""
        batch = _batch(operation(find="{{name}}", replace="Ada\x0c\ue000\x0bB"))

        assert _judge(batch, {"s1": "{{name}}"}, {"s1": "Ada\x0bB"}) is Witness.APPLIED

    def test_a_slide_number_does_not_bear_witness_against_an_edit(self) -> None:
        """The number still said 3 after every other 3 was replaced; the edit was made a second time."""
        number = {"textElements": [{"autoText": {"type": "SLIDE_NUMBER", "content": "3"}}]}
        batch = _batch(operation("s1", "3", "4"))

        before, after = (
            page_texts(
                {"slides": [{"objectId": "s1", "pageElements": [_box(text), {"shape": {"text": number}}]}]}
            )
            for text in ("room 3", "room 4 (seen)")
        )

        assert judge(batch, before, after) is Witness.APPLIED

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

    @given(edits=EDITS, deck=DECKS, rival=RIVALS, match_case=st.booleans())
    def test_whatever_a_collaborator_does_to_their_own_words_no_edit_is_misjudged(
        self, edits: list[Edit], deck: Shapes, rival: list[Deed], *, match_case: bool
    ) -> None:
        """Taken for missing it would be doubled, taken for applied it would be lost; unknown is honest."""
        batch = _batch_of(edits, match_case=match_case)
        applied = predict(batch, deck)

        if applied != deck:
            assert judge(batch, deck, _disturb(applied, rival)) is not Witness.NOT_APPLIED
            untouched = _disturb(deck, rival)  # unless the collaborator did exactly what we would have done
            is_as_if = all(untouched[slide] == applied[slide] for slide, _, _ in edits)
            assert is_as_if or judge(batch, deck, untouched) is not Witness.APPLIED

    @given(edits=EDITS, deck=DECKS, before=RIVALS, after=RIVALS)
    def test_nor_is_an_edit_that_landed_without_a_fence_between_two_of_their_edits(
        self, edits: list[Edit], deck: Shapes, before: list[Deed], after: list[Deed]
    ) -> None:
        """Without the lock a write lands on whatever is there by then."""
        batch = _batch_of(edits)
        disturbed = _disturb(deck, before)
        applied = predict(batch, disturbed)

        if applied != disturbed:
            assert judge(batch, deck, _disturb(applied, after)) is not Witness.NOT_APPLIED
