import asyncio
from pathlib import Path

import pytest

from engine.journal.records import Record, decode
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.process import Process
from loadtests.simulation.running import run_in_virtual_time
from loadtests.swarm.doomed_journal import Shelf
from loadtests.swarm.whims import Kill, Point
from tests.support.journals import begun, intended

LINES: tuple[Record, ...] = (begun("a"), intended("a"), intended("a", attempt=2))


def _left(folder: Path, kill: Kill) -> tuple[bytes, int]:
    """Return what a process leaves that writes lines and syncs after the second, and how many it reached."""

    async def main(loop: VirtualLoop) -> tuple[bytes, int]:
        process, reached = Process(loop), list[Record]()
        with Shelf(folder) as shelf:
            journal = shelf.opened(redacts_texts=False, process=process, kill=kill)

            async def work() -> None:
                for line in LINES:
                    reached.append(line)
                    journal.append(line)
                    if len(reached) == 2:
                        await journal.sync()
                    await asyncio.sleep(1.0)

            process.begin(work())
            await asyncio.sleep(60.0)
            process.kill()  # if nothing else has
            assert journal.remains is not None
            return journal.remains, len(reached)

    return run_in_virtual_time(main, seed=1)


@pytest.mark.parametrize(
    ("point", "whole_lines"), [(Point.BEFORE_LINE, 1), (Point.WITHIN_LINE, 1), (Point.AFTER_LINE, 2)]
)
def test_it_ends_before_within_or_after_a_line(tmp_path: Path, point: Point, whole_lines: int) -> None:
    """Whatever the step that was under way wrote afterwards."""
    remains, reached_count = _left(tmp_path, Kill(point, 2))

    records, whole_bytes = decode(remains, "journal")
    assert records == list(LINES[:whole_lines])
    assert (whole_bytes < len(remains)) is (point is Point.WITHIN_LINE)
    assert reached_count == 2


@pytest.mark.parametrize(("survives_share", "whole_lines"), [(None, 3), (1.0, 3), (0.0, 2), (0.5, 2)])
def test_a_machine_that_loses_its_power_loses_what_was_not_synced(
    tmp_path: Path, survives_share: float | None, whole_lines: int
) -> None:
    """All of it, some of it, or nothing; what was synced stays."""
    kill = Kill(Point.AFTER_LINE, 3, survives_share=survives_share)

    remains, _ = _left(tmp_path, kill)

    assert decode(remains, "journal")[0] == list(LINES[:whole_lines])


def test_the_next_process_begins_with_what_the_last_one_left(tmp_path: Path) -> None:
    """And with nothing of what that wrote when it was dead."""

    async def main(loop: VirtualLoop) -> list[int]:
        with Shelf(tmp_path) as shelf:
            process = Process(loop)
            journal = shelf.opened(redacts_texts=False, process=process, kill=Kill(Point.AFTER_LINE, 1))
            for line in LINES:
                journal.append(line)
            heir = shelf.opened(redacts_texts=False, process=Process(loop), kill=None)
            return [*heir.calls, heir.path.read_bytes() == journal.remains]

    assert run_in_virtual_time(main, seed=1) == [1, True]


def test_a_life_that_is_spared_goes_on(tmp_path: Path) -> None:
    """After the storm nobody is killed any more."""

    async def main(loop: VirtualLoop) -> bool:
        process = Process(loop)
        with Shelf(tmp_path) as shelf:
            journal = shelf.opened(redacts_texts=False, process=process, kill=Kill(Point.BEFORE_LINE, 1))
            journal.disarm()
            journal.append(LINES[0])
            return process.is_dead

    assert run_in_virtual_time(main, seed=1) is False
