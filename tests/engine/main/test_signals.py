"""The first signal drains, the second one ends; real processes, since a test has only one set of signals."""

import asyncio
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from fakeslides.server import FakeSlides
from tests.support.applying import (
    STALLED,
    apply_beside,
    environment_for,
    where,
    writes_of,
)
from tests.support.patience import until
from tests.support.plain_decks import plain_deck
from tests.support.weather import weather

SLUGGISH = weather({"kind": "http.delay", "by": "1s", "point": "before_commit"})


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_what_was_sent_is_answered_and_the_rest_is_parked(
    replacements: Path, tmp_path: Path, number: signal.Signals
) -> None:
    """A job that is moved to another machine goes on there; nothing of it is in doubt."""
    journal = tmp_path / "journal"
    arguments = ["--replace", str(replacements), "--strategy", "per_slide", "--journal", str(journal)]
    async with FakeSlides(SLUGGISH, decks=[plain_deck("deck-a", slides_count=3)]) as fake:
        run = await _signalled(fake, number, *arguments)
        again = await apply_beside(fake, "deck-a", *arguments, "--resume")
        commits_count = sum(entry.committed for entry in writes_of(fake))

    assert run.exit_code == 6, run
    assert " ".join(run.errors) == (
        f"{number.name}: nothing more is sent; what was sent has 25 s to be answered, or until a second "
        "signal interrupted; 2 edits applied, 0 edits rejected, 4 edits not sent, 0 edits indeterminate; "
        "--resume goes on from here"
    )
    assert again.exit_code == 0, again.output
    assert commits_count == 3


async def test_without_a_journal_the_rest_is_reported_as_not_sent(replacements: Path) -> None:
    """There is nothing to go on with, so exit code 130 stands for an interrupted run, as ever."""
    arguments = ["--replace", str(replacements), "--strategy", "per_slide"]
    async with FakeSlides(SLUGGISH, decks=[plain_deck("deck-a", slides_count=3)]) as fake:
        run = await _signalled(fake, signal.SIGTERM, *arguments)

    assert run.exit_code == 130, run
    assert run.output.splitlines()[1].split() == ["deck-a-s0", "2", "0", "0", "0"]
    assert run.output.splitlines()[2].split() == ["deck-a-s1", "0", "0", "2", "0"]


async def test_a_signal_that_comes_with_the_last_write_changes_nothing(replacements: Path) -> None:
    """All was applied, and that is what the exit code says."""
    async with FakeSlides(SLUGGISH, decks=[plain_deck("deck-a")]) as fake:
        run = await _signalled(fake, signal.SIGTERM, "--replace", str(replacements))

    assert run.exit_code == 0, run


async def test_what_is_not_answered_in_time_makes_exit_code_5(replacements: Path) -> None:
    """Whoever starts it again must look first."""
    async with FakeSlides(STALLED, decks=[plain_deck("deck-a")]) as fake:
        run = await _signalled(
            fake, signal.SIGTERM, "--replace", str(replacements), SCALAPAY_DRAIN_TIMEOUT="0.2"
        )

    assert run.exit_code == 5, run
    told = "interrupted; 0 edits applied, 0 edits rejected, 0 edits not sent, 4 edits indeterminate"
    assert run.errors[-1] == told


async def test_a_second_signal_ends_the_process_and_the_journal_knows_what_is_in_doubt(
    replacements: Path, tmp_path: Path
) -> None:
    """An operator who presses Ctrl-C twice gets the prompt back."""
    stalled_once = weather({"kind": "http.stall", "point": "after_commit"}, often={"count": 1})
    arguments = ["--replace", str(replacements), "--journal", str(tmp_path / "journal")]
    async with FakeSlides(stalled_once, decks=[plain_deck("deck-a")]) as fake:
        run = await _signalled(fake, signal.SIGINT, *arguments, signals_count=2)
        again = await apply_beside(fake, "deck-a", *arguments, "--resume")
        commits_count = sum(entry.committed for entry in writes_of(fake))

    assert run.exit_code == 130, run
    assert run.errors[1].startswith("SIGINT again: stopped at once; 0 edits applied")
    assert again.exit_code == 0, again.output
    assert commits_count == 1


async def test_a_signal_before_there_is_anything_to_report(replacements: Path) -> None:
    """Nothing was read, so nothing was sent."""
    no_reads = weather({"kind": "http.stall", "point": "before_commit"}, where={"method": "token"})
    async with FakeSlides(no_reads, decks=[plain_deck("deck-a")]) as fake:
        run = await _signalled(
            fake, signal.SIGTERM, "--replace", str(replacements), SCALAPAY_DRAIN_TIMEOUT="0.2"
        )

    assert run.exit_code == 130, run
    assert run.output == ""


@pytest.mark.parametrize("option", ["--replace", "--requests"])
async def test_an_interrupt_while_the_input_is_read_is_an_interrupt(tmp_path: Path, option: str) -> None:
    """Exit code 1 would say that edits were refused; the input may be a pipe that takes its time."""
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "engine", "deck-a", option, str(pipe)], stderr=subprocess.PIPE
    )
    writer = await asyncio.to_thread(os.open, pipe, os.O_WRONLY)  # returns once it is read from
    process.send_signal(signal.SIGINT)
    _, errors = await process.communicate()
    os.close(writer)

    assert (process.returncode, errors.decode()) == (
        130,
        "deckstorm apply: interrupted; nothing was sent\n",
    )


async def test_the_metrics_are_left_too(replacements: Path, tmp_path: Path) -> None:
    """An interrupted night is one to look at."""
    file = tmp_path / "deckstorm.prom"
    async with FakeSlides(STALLED, decks=[plain_deck("deck-a")]) as fake:
        arguments = ["--replace", str(replacements), "--metrics-file", str(file)]
        await _signalled(fake, signal.SIGTERM, *arguments, SCALAPAY_DRAIN_TIMEOUT="0.2")

    unknown = 'deckstorm_operations_settled_total{engine="default",fate="indeterminate"} 4.0'
    assert unknown in file.read_text("utf-8").splitlines()


@dataclass
class _Run:
    exit_code: int | None
    output: str
    errors: list[str]


async def _signalled(
    fake: FakeSlides, number: signal.Signals, *arguments: str, signals_count: int = 1, **variables: str
) -> _Run:
    """Run the command, signal it once a fault has struck, and return what it said."""
    process = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "engine", "deck-a", *arguments, *where(fake)],
        env=os.environ | environment_for(fake) | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(60):
        await until(lambda: fake.fault_counts()["struck"]["fired"])
        told = b""
        for _ in range(signals_count):
            process.send_signal(number)
            told += await process.stderr.readline()
        output, rest = await process.communicate()
    lines = (told + rest).decode().splitlines()
    return _Run(
        process.returncode, output.decode(), [line.removeprefix("deckstorm apply: ") for line in lines]
    )
