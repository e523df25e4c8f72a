from dataclasses import replace

import pytest
from click.testing import CliRunner

from loadtests.benchmarks.soak import Sample, grown, main, soak, striking_scenario

HELD = Sample(
    struck_count=100, resident_bytes=100_000_000, object_count=50_000, descriptor_count=20, task_count=3
)


@pytest.mark.parametrize(
    ("after", "named"),
    [
        ({"descriptor_count": 21}, "descriptors"),
        ({"task_count": 4}, "tasks"),
        ({"object_count": 51_000}, "objects"),
        ({"resident_bytes": 120_000_000}, "memory"),
    ],
)
def test_names_what_grew(after: dict[str, int], named: str) -> None:
    """A soak that could not fail would be none."""
    assert [each.partition(":")[0] for each in grown([HELD, HELD, replace(HELD, **after)])] == [named]


def test_what_was_made_once_is_no_growth() -> None:
    """The allocator keeps a little room."""
    assert grown([HELD, replace(HELD, resident_bytes=103_000_000, descriptor_count=19)]) == []


def test_every_connection_meets_one_of_the_rules() -> None:
    """Each rule strikes a share of those that the rules before it left over; the last one all the rest."""
    assert [rule.often.every for rule in striking_scenario().faults] == [8, 7, 6, 5, 4, 3, 2, 1]


async def test_three_hundred_struck_connections_leave_descriptors_and_tasks_flat() -> None:
    """The short form of ten thousand; memory needs more of them to be told from noise."""
    samples = [sample async for sample in soak(300)]

    assert samples[-1].struck_count == 300
    assert {sample.descriptor_count for sample in samples} == {samples[0].descriptor_count}
    assert {sample.task_count for sample in samples} == {samples[0].task_count}


def test_fewer_connections_than_samples_are_refused() -> None:
    """The steps between them would be of no length; that was a traceback."""
    result = CliRunner().invoke(main, ["--connections", "3"])

    assert (result.exit_code, "3 is not in the range x>=5" in result.output) == (2, True)
