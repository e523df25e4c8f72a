"""Every kind of fault, at every point, on real sockets."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from fakeslides.scenario.fault_kinds import Fault
from tests.support.fake_client import open_descriptors
from tests.support.fault_cases import CASES, Case, vocabulary
from tests.support.patience import until
from tests.support.source_tree import ROOT
from tests.support.struck_clients import (
    is_seen,
    patient,
    under,
    write_by_aiohttp,
    write_by_httplib2,
    write_by_socket,
)

each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault.replace("kind: ", ""))
# A caller who waits until somebody ends the connection.
UNTIL_THE_END = replace(CASES[0], ending="rst")


def _rows_of_the_documentation() -> dict[str, str]:
    """Return each kind's row of the table."""
    lines = Path(ROOT / "docs" / "faults.md").read_text("utf-8").splitlines()
    return {
        line.split("`")[1]: line for line in lines if line.startswith("| `") and "." in line.split("`")[1]
    }


def _quoted(row: str, column: int) -> list[str]:
    """Return the words in a row's column that stand for themselves in a scenario."""
    return row.split("|")[column].split("`")[1::2]


def test_every_kind_is_tried_at_every_point_where_it_may_strike() -> None:
    """What nobody tries may be anything on the wire."""
    tried = {(case.kind, case.point) for case in CASES}

    assert tried == {(kind, point) for kind, points in vocabulary().items() for point in points}


def test_every_kind_has_its_row_in_the_documentation_with_its_points() -> None:
    """An author looks things up there, and not in the source."""
    rows = _rows_of_the_documentation()

    assert set(rows) == set(vocabulary())
    for kind, points in vocabulary().items():
        assert _quoted(rows[kind], 3) == list(points), kind


@pytest.mark.parametrize("model", get_args(get_args(Fault)[0]), ids=lambda model: model.__name__)
def test_every_field_and_the_point_that_need_not_be_named_are_documented(model: type[BaseModel]) -> None:
    """A field that nobody knows of is never set, and a point that is guessed may be the wrong one."""
    fields = {name: field for name, field in model.model_fields.items() if name != "kind"}
    kind, default = get_args(model.model_fields["kind"].annotation)[0], fields.pop("point").default
    points = vocabulary()[kind]

    named = {field.alias or name for name, field in fields.items()}

    assert named <= set(_quoted(_rows_of_the_documentation()[kind], 2)), kind
    assert default == ("before_commit" if "before_commit" in points else points[0])


class TestWhatIsSeen:
    @each_case
    async def test_aiohttp_sees_what_is_documented_and_the_ledger_knows_better(self, case: Case) -> None:
        """Whoever reads a fault's description must be able to rely on it, and the audit on the ledger."""
        async with under(case.fault) as target:
            outcome = await write_by_aiohttp(target, is_in_vain=case.is_in_vain)

            assert is_seen(case.aiohttp, outcome), repr(outcome)
            counts = target.fake.fault_counts()["it"]

        struck = [entry for entry in target.fake.ledger if entry.rule_id]
        commits = [entry.committed for entry in target.fake.ledger if entry.method.endswith("batchUpdate")]
        assert {(entry.fault, entry.point, entry.rule_id) for entry in struck} == {
            (case.kind, case.point, "it")
        }
        assert counts["fired"] == counts["matched"] == 1
        assert any(commits) is case.is_committed

    @each_case
    async def test_httplib2_sees_what_is_documented(self, case: Case) -> None:
        """Google's own client stands on it."""
        async with under(case.fault) as target:
            outcome = await write_by_httplib2(target, is_in_vain=case.is_in_vain)

        assert is_seen(case.httplib2, outcome), repr(outcome)

    @each_case
    async def test_a_plain_socket_sees_how_the_connection_ends(self, case: Case) -> None:
        """RST, FIN and close_notify are three things, whatever clients make of them."""
        async with under(case.fault) as target:
            wire = await write_by_socket(target, case)

        assert (wire.ending, wire.extent) == (case.ending, case.extent)


class TestWhatIsLeft:
    @each_case
    async def test_the_server_stops_promptly_in_the_midst_of_it_and_leaves_nothing(self, case: Case) -> None:
        """Ctrl-C must not wait for weather, and ten thousand strikes must cost no more than one."""
        tasks, descriptors = asyncio.all_tasks(), open_descriptors()

        async with asyncio.timeout(30):
            async with under(patient(case)) as target:
                call = asyncio.create_task(write_by_socket(target, UNTIL_THE_END))
                await until(lambda: target.fake.fault_counts()["it"]["matched"])
            await call

        await until(lambda: asyncio.all_tasks() == tasks and open_descriptors() == descriptors)

    @pytest.mark.parametrize(
        "case",
        [case for case in CASES if case.kind not in {"http.delay", "api.slow_commit"}],
        ids=lambda case: case.fault.replace("kind: ", ""),
    )
    async def test_a_client_that_leaves_frees_the_server_at_once(self, case: Case) -> None:
        """A stall that outlived its client would leak a task; a delayed write goes on as Google's do."""
        async with under(patient(case)) as target:
            tasks = asyncio.all_tasks()
            call = asyncio.create_task(write_by_socket(target, UNTIL_THE_END))
            await until(lambda: target.fake.fault_counts()["it"]["matched"])
            call.cancel()
            await asyncio.wait([call])

            await until(lambda: asyncio.all_tasks() == tasks and target.fake.front.live() == [])
