"""Locust's users who edit decks through the engine."""

import json
import subprocess
import sys
from asyncio.subprocess import PIPE
from collections.abc import Mapping
from pathlib import Path

from engine.errors import CannotBeApplied
from engine.events import Fate
from engine.results import BatchReport, OperationResult
from fakeslides.decks import workload_decks
from fakeslides.scenario.model import Scenario, Workload
from fakeslides.server import FakeSlides
from loadtests.client import ClientSpec, Job
from loadtests.locustfiles.headless import headless_command
from loadtests.locustfiles.replace_text import complaints, failure_of
from loadtests.processes import child, complaints_in, feed
from tests.support.patience import until


def _report(*fates: Fate) -> BatchReport:
    error = CannotBeApplied("This request cannot be applied", http_status=400)
    operations = [
        OperationResult(f"deck/slide/{n}", "slide", "{{a}}", "b", fate, error, met_open_breaker=False)
        for n, fate in enumerate(fates)
    ]
    return BatchReport("deck", tuple(operations))


def _complaints(**differing: object) -> list[str]:
    well = {"raised": [], "is_finished": True, "bridge_share": 0.01, "has_lost_tenants": False}
    return complaints(**{**well, **differing})  # type: ignore[arg-type] # each test names one of them


class TestFailureOf:
    def test_shows_nothing_when_every_edit_was_applied(self) -> None:
        """Locust's table of failures must stay empty then."""
        assert failure_of(_report(Fate.APPLIED, Fate.APPLIED)) is None

    def test_names_the_fates_when_one_was_not(self) -> None:
        """Locust counts failures by their text, so it is the same for the same fates."""
        failure = failure_of(_report(Fate.REJECTED, Fate.APPLIED, Fate.REJECTED))

        assert str(failure) == "fates: applied, rejected"

    def test_shows_a_call_that_was_refused_as_a_whole(self) -> None:
        """No operation came to be, so no operation could show it."""
        assert "could not be read" in str(failure_of(None))


class TestComplaints:
    def test_finds_nothing_when_all_is_well(self) -> None:
        """The run may be believed."""
        assert _complaints() == []

    def test_finds_what_a_user_raised(self) -> None:
        """Locust counts such errors and goes on; its exit code alone would hide them."""
        assert _complaints(raised=["division by zero"]) == ["a user raised: division by zero"]

    def test_finds_jobs_left_over(self) -> None:
        """Locust exits with 0 when it is told to stop in the middle."""
        assert _complaints(is_finished=False) == ["Locust ended before every presentation was done"]

    def test_finds_a_bridge_that_was_slow(self) -> None:
        """Times that are the harness's must not be taken for the engine's."""
        assert _complaints(bridge_share=0.8) == ["the bridge added 80% to the time of the edits"]

    def test_finds_tenants_that_left(self) -> None:
        """The quota was not shared as the run claims."""
        assert _complaints(has_lost_tenants=True) == ["the other tenants ended early"]


WORKLOAD = Workload(presentations=3, slides=1, replacements=2)
DECKS = workload_decks(WORKLOAD, seed=7)


def _spec(fake: FakeSlides, folder: Path, text_map: Mapping[str, str] | None = None) -> ClientSpec:
    return ClientSpec(
        endpoint=fake.endpoint,
        ca_file=str(fake.ca_file),
        credentials_file=str(fake.credentials_file),
        jobs=tuple(Job(deck.presentation_id, text_map or deck.replacements) for deck in DECKS),
        engine={"batch_strategy": "coalesced", "max_concurrent_slides": 2},
        time_scale=1.0,
        seed=7,
        events_file=str(folder / "events"),
    )


async def _run(spec: ClientSpec, folder: Path) -> tuple[int | None, str]:
    """Run Locust on a spec; return its status and what it complained about."""
    complaints_file = folder / "stderr"
    async with child(headless_command("replace_text"), complaints_file, stdin=PIPE) as process:
        await feed(process, spec.as_json())
        await process.wait()
        return process.returncode, complaints_in(complaints_file)


class TestProcess:
    async def test_does_every_job_and_tells_it_as_the_ordinary_client_does(self, tmp_path: Path) -> None:
        """The sweep reads the same file whichever client wrote it."""
        async with FakeSlides(decks=DECKS) as fake:
            status, complaint = await _run(_spec(fake, tmp_path), tmp_path)
            committed = {entry.presentation_id for entry in fake.ledger if entry.committed}

        told = [json.loads(line)["event"] for line in (tmp_path / "events").read_text("utf-8").splitlines()]
        assert (status, complaint) == (0, "")
        assert committed == {deck.presentation_id for deck in DECKS}
        assert (told[0], told[-1]) == ("ClientStarted", "ClientFinished")
        assert told.count("OperationSettled") == told.count("OperationAccepted") == 6

    async def test_says_so_when_a_user_raised(self, tmp_path: Path) -> None:
        """Locust counts such an error and goes on; believed, the run would show nothing but successes."""
        async with FakeSlides(decks=DECKS) as fake:
            status, complaint = await _run(_spec(fake, tmp_path, {"": "an empty key"}), tmp_path)

        assert status == 1
        assert "a user raised" in complaint

    async def test_says_so_when_it_is_stopped_in_the_middle(self, tmp_path: Path) -> None:
        """Locust by itself would exit with 0."""
        scenario = Scenario(version=1, promise="Slow.", server={"latency": {"fixed": "60s"}})

        async with (
            FakeSlides(scenario, decks=DECKS) as fake,
            child(headless_command("replace_text"), tmp_path / "stderr", stdin=PIPE) as process,
        ):
            await feed(process, _spec(fake, tmp_path).as_json())
            await until(lambda: len(fake.ledger))
            process.terminate()
            await process.wait()

        assert process.returncode == 1
        assert "ended before every presentation was done" in complaints_in(tmp_path / "stderr")

    def test_wants_a_job(self) -> None:
        """A person who starts it by hand is told what is missing."""
        ended = subprocess.run(
            [sys.executable, "-m", "loadtests.locustfiles.headless", "replace_text"],
            input="{}", capture_output=True, text=True, check=False,
        )  # fmt: skip

        assert ended.returncode == 2
        assert ended.stderr.startswith("standard input: no job")
        assert "Traceback" not in ended.stderr
