import json
from pathlib import Path

import pytest

from engine.clock import MonotonicClock
from loadtests.client import ClientSpec
from loadtests.measurements import Setting
from loadtests.world import FakeSpec, World, WorldError, world
from tests.support.worlds import a_plan, a_scenario_file, sabotaged


def _fake(folder: Path) -> FakeSpec:
    return FakeSpec(a_scenario_file(folder), seed=5, time_scale=0.01)


def _spec(ready: World) -> ClientSpec:
    address = ready.address
    return ClientSpec(
        endpoint=address.endpoint,
        ca_file=address.ca_file,
        credentials_file=address.credentials_file,
        jobs=(),
        engine={},
        time_scale=0.01,
        seed=5,
        events_file=str(ready.events_file),
    )


async def test_the_client_gets_its_job_and_is_waited_for(tmp_path: Path) -> None:
    """One fake, one client, one job: the smallest run there is."""
    async with world(_fake(tmp_path), sabotaged("none"), tmp_path) as ready:
        ended = await ready.run_client(_spec(ready), 30.0, MonotonicClock(), lambda _: None)

    told = [json.loads(line)["event"] for line in ready.events_file.read_text("utf-8").splitlines()]
    assert (ended.status, told) == (0, ["ClientStarted", "ClientFinished"])


async def test_a_client_past_its_time_is_killed(tmp_path: Path) -> None:
    """Nothing of a run may hang, not even the harness."""
    async with world(_fake(tmp_path), sabotaged("hang"), tmp_path) as ready:
        ended = await ready.run_client(_spec(ready), 0.1, MonotonicClock(), lambda _: None)

    assert ended.was_killed_at_deadline


async def test_the_fake_has_the_decks_that_its_scenario_is_planned_for(tmp_path: Path) -> None:
    """Two processes make them, each from the same seed; the client is sent to those of the plan."""
    fake = _fake(tmp_path)
    deck = a_plan(fake.scenario_file).decks(Setting("coalesced", 1))[0]

    async with world(fake, sabotaged("none"), tmp_path) as ready:
        document = await ready.admin.presentation(deck.presentation_id)

    assert document["presentationId"] == deck.presentation_id


async def test_a_fake_that_does_not_start_says_why(tmp_path: Path) -> None:
    """Exit code 4 alone would leave people guessing."""
    missing = FakeSpec(tmp_path / "nowhere.yaml", seed=5, time_scale=0.01)

    with pytest.raises(WorldError, match=r"did not start: .*nowhere\.yaml"):
        async with world(missing, sabotaged("none"), tmp_path):
            pass


async def test_a_fake_that_dies_during_a_run_is_no_verdict_on_the_client(tmp_path: Path) -> None:
    """Its answers are what everything is judged by."""
    with pytest.raises(WorldError, match="the fake did not last"):
        async with world(_fake(tmp_path), sabotaged("none"), tmp_path):
            raise ConnectionRefusedError("nobody there")
