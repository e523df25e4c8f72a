"""Plans: fewer writes, the same deck."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plan.operations import ReplaceText
from engine.plan.planner import plan
from engine.settings import Strategy
from engine.wire.transport import batch_update
from tests.support.operations import Pages, apply_all, finds, operation

# Short texts over two letters meet, contain and produce one another all the time.
TEXTS = st.text("ab", min_size=1, max_size=3)
EDITS = st.tuples(st.sampled_from(["s1", "s2", "s3"]), TEXTS, st.text("ab", max_size=3))
REPLACEMENTS = st.text('a\N{LATIN SMALL LETTER E WITH ACUTE}\N{GRINNING FACE}\x00"', max_size=150)
DECKS = st.fixed_dictionaries({slide: st.text("ab", max_size=12) for slide in ("s1", "s2", "s3")})


def _operations(edits: list[tuple[str, str, str]]) -> list[ReplaceText]:
    return [operation(slide, find, to, key=str(i)) for i, (slide, find, to) in enumerate(edits)]


class TestCoalesced:
    def test_merges_the_same_edit_of_all_slides_into_one_write(self) -> None:
        """Writes per minute are what is scarce; this is where the speed comes from."""
        operations = [
            operation(slide, find, "x") for slide in ("s1", "s2", "s3") for find in ("{{a}}", "{{b}}")
        ]

        batches = plan(operations, Strategy.COALESCED, 100)

        assert finds(batches) == [["{{a}}", "{{b}}"]]
        assert batches[0].requests[0].request["replaceAllText"]["pageObjectIds"] == ["s1", "s2", "s3"]

    def test_keeps_the_order_of_a_slide_whose_edits_build_on_one_another(self) -> None:
        """A becomes B becomes C: taken the other way round the deck would say B."""
        operations = [
            operation("s1", "A", "B"), operation("s1", "B", "C"),
            operation("s2", "B", "C"), operation("s2", "A", "B"),
        ]  # fmt: skip

        after = apply_all(plan(operations, Strategy.COALESCED, 100), {"s1": "A", "s2": "A"})

        assert after == {"s1": "C", "s2": "B"}

    def test_does_the_same_edit_twice_when_it_is_asked_twice(self) -> None:
        """The second time may find what the first one brought together."""
        operations = [operation("s1", "ab", "", key="1"), operation("s1", "ab", "", key="2")]

        assert apply_all(plan(operations, Strategy.COALESCED, 100), {"s1": "aabb"}) == {"s1": ""}

    def test_tells_edits_apart_that_differ_in_case_matching_only(self) -> None:
        """Merged they would change text that one of the two callers wanted left alone."""
        operations = [operation("s1", "a"), operation("s2", "a", match_case=False)]

        assert finds(plan(operations, Strategy.COALESCED, 100)) == [["a", "a"]]

    @given(st.lists(EDITS, max_size=14), DECKS, st.integers(1, 4), st.integers(300, 700))
    def test_gives_the_same_deck_as_one_edit_at_a_time(
        self, edits: list[tuple[str, str, str]], deck: Pages, batch_size: int, max_bytes: int
    ) -> None:
        """The law of the planner: speed must not be bought with another result."""
        operations = _operations(edits)

        coalesced = plan(operations, Strategy.COALESCED, batch_size, max_bytes=max_bytes)

        assert apply_all(coalesced, deck) == apply_all(plan(operations, Strategy.SEQUENTIAL, 1), deck)
        assert len(coalesced) <= len(operations)


class TestSlideBySlide:
    @pytest.mark.parametrize("strategy", [Strategy.PER_SLIDE, Strategy.SEMAPHORE])
    def test_gives_each_slide_batches_of_its_own(self, strategy: Strategy) -> None:
        """One slide's failure must not take another slide's edits with it."""
        operations = [operation("s1", "a"), operation("s2", "a"), operation("s1", "b")]

        batches = plan(operations, strategy, 100)

        assert finds(batches) == [["a", "b"], ["a"]]

    def test_sequential_sends_one_edit_at_a_time(self) -> None:
        """It is the baseline that the others are measured against."""
        operations = [operation("s1", "a"), operation("s1", "b"), operation("s2", "a")]

        assert finds(plan(operations, Strategy.SEQUENTIAL, 100)) == [["a"], ["b"], ["a"]]


class TestLimits:
    @given(st.lists(EDITS, max_size=30), st.sampled_from(Strategy), st.integers(1, 5))
    def test_no_operation_is_lost_or_doubled_and_no_batch_too_long(
        self, edits: list[tuple[str, str, str]], strategy: Strategy, batch_size: int
    ) -> None:
        """Whatever the plan, the caller's wishes are all in it, once."""
        operations = _operations(edits)

        batches = plan(operations, strategy, batch_size)

        planned = [op.operation_id for batch in batches for op in batch.operations]
        assert sorted(planned) == sorted(op.operation_id for op in operations)
        assert all(1 <= len(batch.requests) <= batch_size for batch in batches)

    @given(
        st.lists(st.tuples(st.sampled_from(["s1", "s2", "s3", "s4"]), TEXTS, REPLACEMENTS), max_size=20),
        st.sampled_from(Strategy),
        st.integers(500, 1_500),
    )
    def test_no_body_of_more_than_one_edit_is_larger_than_allowed(
        self, edits: list[tuple[str, str, str]], strategy: Strategy, max_bytes: int
    ) -> None:
        """A body that is too large is refused whole; one edit alone is for the server to judge."""
        operations = _operations(edits)

        for batch in plan(operations, strategy, 100, max_bytes=max_bytes):
            sent_bytes = len(batch_update(batch, "r" * 60).body or b"")
            assert sent_bytes <= max_bytes or len(batch.operations) == 1

    @given(st.lists(EDITS, max_size=30), st.sampled_from(Strategy), st.integers(1, 5), st.integers(300, 700))
    def test_each_slide_keeps_its_own_order_and_each_edit_is_in_one_request(
        self, edits: list[tuple[str, str, str]], strategy: Strategy, batch_size: int, max_bytes: int
    ) -> None:
        """One edit may make the text that the next one looks for."""
        operations = _operations(edits)

        batches = plan(operations, strategy, batch_size, max_bytes=max_bytes)

        for slide in ("s1", "s2", "s3"):
            wanted = [o.operation_id for o in operations if o.slide_id == slide]
            requests = [r for batch in batches for r in batch.requests]
            assert [o.operation_id for r in requests for o in r.operations if o.slide_id == slide] == wanted
            assert all(sum(o.slide_id == slide for o in r.operations) <= 1 for r in requests)

    def test_no_body_is_larger_than_allowed(self) -> None:
        """A body that is too large is refused whole, edits and all."""
        operations = [operation(f"slide-{i}", f"{{{{{k}}}}}", "é" * 50) for i in range(40) for k in range(9)]

        batches = plan(operations, Strategy.COALESCED, 100, max_bytes=2_000)

        assert len(batches) > 1
        assert max(len(json.dumps(batch.body("r" * 60))) for batch in batches) <= 2_000

    def test_an_edit_that_is_too_large_by_itself_still_goes_alone(self) -> None:
        """Whether it is too large is for the server to say; the other edits go without it."""
        operations = [operation("s1", "a"), operation("s1", "b", "x" * 5_000), operation("s1", "c")]

        batches = plan(operations, Strategy.COALESCED, 100, max_bytes=1_000)

        assert finds(batches) == [["a"], ["b"], ["c"]]


def test_nothing_to_do_is_an_empty_plan() -> None:
    """An empty batch is refused by the server."""
    assert plan([], Strategy.COALESCED, 100) == []


def test_operations_of_two_presentations_are_refused() -> None:
    """A batch goes to one presentation; the others' edits would be lost."""
    other = ReplaceText("q/s1/0", "q", "s1", ("s1",), "a", "b")

    with pytest.raises(ValueError, match="one presentation"):
        plan([operation(), other], Strategy.COALESCED, 100)
