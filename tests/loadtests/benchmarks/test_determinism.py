import sys
from collections.abc import Iterator
from typing import get_args

import pytest
from click.testing import CliRunner

from fakeslides.scenario.fault_kinds import Fault
from loadtests.benchmarks import determinism
from loadtests.benchmarks.determinism import (
    distinct_in_processes,
    main,
    printed_by,
    start_elsewhere,
    storm,
    stormy_trace,
    unlike_seeds,
)


def test_every_kind_of_fault_is_in_the_storm() -> None:
    """Each is a source of disorder of its own."""
    kinds = {get_args(kind.model_fields["kind"].annotation)[0] for kind in get_args(get_args(Fault)[0])}

    assert {rule.id for rule in storm().faults} == kinds


def test_faults_strike_edits_are_cancelled_and_the_engine_is_closed_on_them() -> None:
    """A storm in which nothing happens would show that nothing is always the same."""
    lines = [line for seed in range(1, 9) for line in stormy_trace(seed, keeps_lines=True).lines or ()]

    struck = {line.split()[7] for line in lines if " ledger " in line} - {"None"}
    ends = {line.split()[2] for line in lines if " edit " in line}
    assert len(struck) >= 10
    assert {"CancelledError", "BatchReport"} <= ends


def test_a_process_prints_a_digest_for_each_seed() -> None:
    """It is what two processes are compared by."""
    printed = list(printed_by(start_elsewhere([2, 1], hash_seed=5, padding_bytes=99)))

    assert printed == [stormy_trace(2).digest(), stormy_trace(1).digest()]


def test_a_process_that_fails_is_no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that print nothing would agree."""
    monkeypatch.setattr(sys, "executable", "false")

    with pytest.raises(RuntimeError, match="exit status 1"):
        list(printed_by(start_elsewhere([1])))


def test_tells_apart_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison that could not fail would be none."""

    def start(seeds: list[int], *, hash_seed: int = 0, padding_bytes: int = 0) -> list[str]:
        return [f"{seed}" if seed != 3 else f"{hash_seed}" for seed in seeds]

    def printed(process: list[str]) -> Iterator[str]:
        return iter(process)

    monkeypatch.setattr(determinism, "start_elsewhere", start)
    monkeypatch.setattr(determinism, "printed_by", printed)

    assert list(unlike_seeds(5))[-1] == (5, 1)
    monkeypatch.setattr(
        determinism, "start_elsewhere", lambda seeds, hash_seed, padding_bytes: [str(hash_seed)]
    )
    assert len(distinct_in_processes(5)) == 5


@pytest.mark.parametrize(
    ("distinct", "unlike", "status"), [(1, 0, 0), (2, 0, 1), (1, 1, 1)], ids=["same", "process", "seed"]
)
def test_the_exit_code_says_whether_anything_differs(
    distinct: int, unlike: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine reads it."""
    monkeypatch.setattr(determinism, "distinct_in_processes", lambda count: set(range(distinct)))
    monkeypatch.setattr(determinism, "unlike_seeds", lambda count: iter([(count, unlike)]))

    result = CliRunner().invoke(main, ["--processes", "2", "--seeds", "20"])

    assert result.exit_code == status
    assert f"{20 - unlike} of 20 seeds agree" in result.output


@pytest.mark.parametrize("arguments", [["--processes", "1"], ["--seeds", "0"]])
def test_what_leaves_nothing_to_compare_is_refused(arguments: list[str]) -> None:
    """One world is always like itself."""
    result = CliRunner().invoke(main, arguments)

    assert (result.exit_code, "is not in the range" in result.output) == (2, True)
