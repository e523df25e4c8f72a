"""One bad edit must not stop the others."""

from collections.abc import Set as AbstractSet

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.plan.batches import split
from engine.plan.operations import Batch, PlannedRequest, ReplaceText
from engine.plan.planner import plan
from engine.settings import Strategy
from tests.support.operations import finds, operation


def _batch(count: int) -> Batch:
    return plan([operation("s1", f"{{{{{i}}}}}") for i in range(count)], Strategy.PER_SLIDE, 1_000)[0]


def _deliver(
    batch: Batch, bad: AbstractSet[str], *, names_the_request: bool, batch_size: int = 1_000
) -> tuple[list[ReplaceText], list[ReplaceText], int]:
    """Play a server that refuses any batch with a bad operation; return applied, refused, writes."""
    queue, applied, refused, writes = [batch], list[ReplaceText](), list[ReplaceText](), 0
    while queue:
        assert writes < 5 * len(batch.operations)  # or it would never end
        current, writes = queue.pop(0), writes + 1
        failed = [
            i for i, r in enumerate(current.requests) if any(op.operation_id in bad for op in r.operations)
        ]
        if not failed:
            applied.extend(current.operations)
            continue
        assert len(current.requests) <= batch_size
        parts = split(current, failed[0] if names_the_request else None, batch_size)
        left = {op.operation_id for part in parts for op in part.operations}
        refused.extend(op for op in current.operations if op.operation_id not in left)
        queue[:0] = parts
    return applied, refused, writes


class TestNamed:
    def test_the_named_request_is_refused_and_the_others_go_together(self) -> None:
        """It costs one more write, not one per edit."""
        parts = split(_batch(4), 1, 100)

        assert finds(parts) == [["{{0}}", "{{2}}", "{{3}}"]]

    def test_a_named_request_of_several_slides_is_spread_out_in_its_place(self) -> None:
        """Only one of the slides may be at fault, and the server can name it once it stands by itself."""
        shared = PlannedRequest(tuple(operation(f"s{i}", "b") for i in range(3)))
        batch = Batch("p", (_batch(1).requests[0], shared, _batch(2).requests[1]))

        parts = split(batch, 1, 100)

        assert finds(parts) == [["{{0}}", "b", "b", "b", "{{1}}"]]
        assert [op.slide_id for op in parts[0].operations] == ["s1", "s0", "s1", "s2", "s1"]

    def test_what_is_spread_out_keeps_to_the_size_of_a_batch(self) -> None:
        """The limit is the operator's, and a body that is too large is refused whole."""
        batch = Batch("p", (PlannedRequest(tuple(operation(f"s{i}", "b") for i in range(5))),))

        assert finds(split(batch, 0, 2)) == [["b", "b"], ["b", "b"], ["b"]]

    @pytest.mark.parametrize("slides_count", [2, 10])
    def test_one_bad_slide_of_a_shared_request_costs_two_writes_more(self, slides_count: int) -> None:
        """Halving took up to eleven, of fifty-four in a minute."""
        operations = [operation(f"s{s}", f"{{{{{k}}}}}") for s in range(slides_count) for k in range(200)]
        [batch] = plan(operations, Strategy.COALESCED, 1_000)

        applied, refused, writes = _deliver(batch, {"p/s1/{{77}}"}, names_the_request=True)

        assert (len(applied), len(refused), writes) == (200 * slides_count - 1, 1, 3)

    def test_an_edit_that_is_bad_on_every_slide_costs_one_write_per_slide_and_two_more(self) -> None:
        """Each slide is refused by name, none by guess; halving took twice as many."""
        operations = [operation(f"s{s}", f"{{{{{k}}}}}") for s in range(10) for k in range(20)]
        [batch] = plan(operations, Strategy.COALESCED, 1_000)

        applied, refused, writes = _deliver(
            batch, {f"p/s{s}/{{{{7}}}}" for s in range(10)}, names_the_request=True
        )

        assert (len(applied), len(refused), writes) == (190, 10, 12)

    def test_an_index_that_is_not_there_is_no_index(self) -> None:
        """A server's slip must not lose edits."""
        assert split(_batch(4), 9, 100) == split(_batch(4), None, 100)

    def test_one_bad_edit_in_two_hundred_costs_one_write_more(self) -> None:
        """A minute has sixty writes."""
        applied, refused, writes = _deliver(_batch(200), {"p/s1/{{77}}"}, names_the_request=True)

        assert (len(applied), len(refused), writes) == (199, 1, 2)


class TestUnnamed:
    def test_the_batch_is_halved_in_order(self) -> None:
        """Without a name there is nothing to do but to search."""
        assert finds(split(_batch(5), None, 100)) == [["{{0}}", "{{1}}"], ["{{2}}", "{{3}}", "{{4}}"]]

    def test_one_bad_edit_in_two_hundred_is_found_in_seventeen_writes_or_fewer(self) -> None:
        """Searching must not eat the quota."""
        worst = max(
            _deliver(_batch(200), {f"p/s1/{{{{{i}}}}}"}, names_the_request=False)[2] for i in range(200)
        )

        assert worst <= 17


def test_a_batch_of_one_operation_is_refused_whole() -> None:
    """The search ends somewhere."""
    batch = _batch(1)

    assert split(batch, None, 100) == split(batch, 0, 100) == ()


@given(
    bad_numbers=st.sets(st.integers(0, 23)),
    names_the_request=st.booleans(),
    slides=st.integers(1, 4),
    batch_size=st.integers(1, 30),
)
def test_exactly_the_bad_edits_are_refused_and_each_slide_keeps_its_order(
    *, bad_numbers: set[int], names_the_request: bool, slides: int, batch_size: int
) -> None:
    """The law of taking apart: 24 edits, any of them bad, all others land in order and it ends."""
    operations = [operation(f"s{s}", f"{k}") for s in range(slides) for k in range(24 // slides)]
    bad = {operations[i].operation_id for i in bad_numbers if i < len(operations)}
    batches = plan(operations, Strategy.COALESCED, batch_size)

    ends = [
        _deliver(batch, bad, names_the_request=names_the_request, batch_size=batch_size) for batch in batches
    ]

    applied = [op for end in ends for op in end[0]]
    assert sorted(op.operation_id for end in ends for op in end[1]) == sorted(bad)
    for slide in range(slides):
        good = [op for op in operations if op.slide_id == f"s{slide}" and op.operation_id not in bad]
        assert [op for op in applied if op.slide_id == f"s{slide}"] == good
