"""Every kind of fault, at every point, on sockets of memory: just what it is on the kernel's."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import cache

import pytest

from fakeslides.ledger import Entry
from loadtests.simulation.running import run_in_virtual_time
from tests.support.fault_cases import CASES, Case
from tests.support.struck_clients import (
    Outcome,
    Target,
    Wire,
    is_seen,
    under,
    write_by_aiohttp,
    write_by_socket,
)
from tests.support.virtual_worlds import SEED, under_in_virtual_time

Standing = Callable[[str], AbstractAsyncContextManager[Target]]
# More of them would keep one another from shaking hands before a busy machine's patience is over.
_TOGETHER = 4
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault.replace("kind: ", ""))


@dataclass(frozen=True)
class Seen:
    """What came of one write by aiohttp: what the client got, and what the server knows."""

    outcome: Outcome
    ledger: tuple[Entry, ...]
    counts: Mapping[str, int]

    def told(self) -> tuple[object, ...]:
        """Return all of it but times and addresses: those the kernel chooses."""
        outcome = self.outcome if isinstance(self.outcome, int) else tuple(_chain(self.outcome))
        return outcome, [_what_happened(entry) for entry in self.ledger], self.counts


def _chain(error: BaseException | None) -> Iterator[tuple[str, object, str]]:
    """Yield an error and all that led to it: class, errno, text."""
    while error is not None:
        # Whether TLS was waiting for bytes when a reset came, is a matter of microseconds.
        if not isinstance(error, ssl.SSLWantReadError):
            text = re.sub(r"localhost:[^ ']+", "HERE", str(error))
            yield type(error).__name__, getattr(error, "errno", None), text
        error = error.__cause__ or error.__context__


def _what_happened(entry: Entry) -> tuple[object, ...]:
    struck = (entry.rule_id, entry.fault, entry.point, entry.organic)
    return entry.method, entry.http_status, entry.committed, *struck, entry.message


async def see(case: Case, standing: Standing) -> Seen:
    """Return what came of a write under the case's fault."""
    async with standing(case.fault) as target:
        outcome = await write_by_aiohttp(target, is_in_vain=case.is_in_vain)
        counts = target.fake.fault_counts()["it"]
    return Seen(outcome, tuple(target.fake.ledger), counts)


@cache
def see_in_virtual_time(case: Case) -> Seen:
    """Return what came of it in a world of memory."""
    return run_in_virtual_time(
        lambda loop: see(case, lambda fault: under_in_virtual_time(loop, fault)), seed=SEED
    )


def see_in_reality(case: Case) -> Seen:
    """Return what came of it on real sockets."""
    return waits_in_reality()[case.fault] if case.is_in_vain else asyncio.run(see(case, under))


@cache
def waits_in_reality() -> dict[str, Seen]:
    """Return what came of all that is waited for in vain; waiting for some together takes no longer."""
    in_vain, turns = [case for case in CASES if case.is_in_vain], asyncio.Semaphore(_TOGETHER)

    async def see_in_turn(case: Case) -> Seen:
        async with turns:
            return await see(case, under)

    async def see_all() -> list[Seen]:
        return await asyncio.gather(*map(see_in_turn, in_vain))

    return dict(zip((case.fault for case in in_vain), asyncio.run(see_all()), strict=True))


@each_case
def test_aiohttp_sees_what_is_documented_and_the_ledger_knows_better(case: Case) -> None:
    """A simulation that was kinder or harsher than the real network would prove something else."""
    seen = see_in_virtual_time(case)

    struck = [entry for entry in seen.ledger if entry.rule_id]
    commits = [entry.committed for entry in seen.ledger if entry.method.endswith("batchUpdate")]
    assert is_seen(case.aiohttp, seen.outcome), repr(seen.outcome)
    assert {(entry.fault, entry.point, entry.rule_id) for entry in struck} == {(case.kind, case.point, "it")}
    assert seen.counts["fired"] == seen.counts["matched"] == 1
    assert any(commits) is case.is_committed


@each_case
def test_error_ledger_and_counts_are_those_of_real_sockets(case: Case) -> None:
    """The table allows for some freedom; two worlds beside each other allow for none."""
    virtual, real = see_in_virtual_time(case), see_in_reality(case)

    assert virtual.told() == real.told()


@each_case
def test_a_plain_socket_sees_how_the_connection_ends(case: Case) -> None:
    """RST, FIN and close_notify are three things without a kernel, too."""

    async def write(standing: AsyncIterator[Target]) -> Wire:
        async with standing as target:
            return await write_by_socket(target, case)

    wire = run_in_virtual_time(lambda loop: write(under_in_virtual_time(loop, case.fault)), seed=SEED)

    assert (wire.ending, wire.extent) == (case.ending, case.extent)
