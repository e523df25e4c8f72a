"""`deckstorm apply`, on a fake that is real to it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.__main__ import apply
from fakeslides.ledger import Entry
from fakeslides.server import FakeSlides
from tests.support.journals import begun, rewrite
from tests.support.plain_decks import KEYS, plain_deck, texts_of
from tests.support.weather import weather

REFUSED = weather({"kind": "http.status", "code": 403, "point": "before_commit"})
SLUGGISH = weather({"kind": "http.delay", "by": "1s", "point": "before_commit"})
BOX = {"createShape": {"shapeType": "TEXT_BOX", "elementProperties": {"pageObjectId": "deck-a-s0"}}}
STALLED = weather({"kind": "http.stall", "point": "before_commit"})


@pytest.fixture
def replacements(tmp_path: Path) -> Path:
    """A file that fits the plain deck."""
    file = tmp_path / "replacements.json"
    file.write_text(json.dumps(KEYS), "utf-8")
    return file


def _environment(fake: FakeSlides | None) -> dict[str, str]:
    found = {} if fake is None else {"GOOGLE_APPLICATION_CREDENTIALS": str(fake.credentials_file)}
    return {"NO_GCE_CHECK": "true", **found}


def _where(fake: FakeSlides) -> list[str]:
    return ["--endpoint", fake.endpoint, "--ca", str(fake.ca_file)]


async def _apply(fake: FakeSlides | None, *arguments: object, env: Mapping[str, str] | None = None) -> Result:
    """Run the command beside the fake; it brings an event loop of its own."""
    where = [] if fake is None else _where(fake)
    command = [*map(str, arguments), *where]
    environment = {**_environment(fake), **(env or {})}
    return await asyncio.to_thread(CliRunner().invoke, apply, command, env=environment)


async def test_edits_the_presentation_and_says_so_per_slide(replacements: Path) -> None:
    """The whole way: credentials, TLS, plan, write, report."""
    async with FakeSlides(decks=[plain_deck("deck-a", slides_count=2)]) as fake:
        result = await _apply(fake, "deck-a", "--replace", replacements)

        assert result.exit_code == 0, result.output
        assert set(texts_of(fake.store.get("deck-a").to_json())) == {"Ada 12 €"}
    head, *rows = result.stdout.splitlines()
    assert head.split() == ["slide", "applied", "rejected", "not", "sent", "indeterminate"]
    assert [row.split() for row in rows] == [
        ["deck-a-s0", "2", "0", "0", "0"],
        ["deck-a-s1", "2", "0", "0", "0"],
    ]


async def test_a_dry_run_tells_the_plan_and_writes_nothing(replacements: Path) -> None:
    """The first thing to try on a customer's deck."""
    async with FakeSlides(decks=[plain_deck("deck-a", slides_count=2)]) as fake:
        result = await _apply(fake, "deck-a", "--replace", replacements, "--dry-run")

        assert result.exit_code == 0, result.output
        assert set(texts_of(fake.store.get("deck-a").to_json())) == {"{{customer}} {{price}}"}
    assert "4 edits as 2 requests in 1 writes" in result.stdout
    assert "'{{customer}}' -> 'Ada' on 2 slides" in result.stdout


async def test_prints_json_for_machines(replacements: Path) -> None:
    """Pipelines read it."""
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        result = await _apply(fake, "deck-a", "--replace", replacements, "--json")

    assert json.loads(result.stdout)["applied"] is True


async def test_quiet_says_nothing_when_all_is_well(replacements: Path) -> None:
    """Jobs that run every night should speak only when something is wrong."""
    async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
        result = await _apply(fake, "deck-a", "--replace", replacements, "--quiet")

    assert result.output == ""


async def test_the_strategy_can_be_chosen(replacements: Path) -> None:
    """What the option says must reach the server."""
    async with FakeSlides(decks=[plain_deck("deck-a", slides_count=3)]) as fake:
        await _apply(fake, "deck-a", "--replace", replacements, "--strategy", "per_slide")

        writes = [entry for entry in fake.ledger if entry.method == "presentations.batchUpdate"]
    assert len(writes) == 3


async def test_edits_that_were_refused_make_exit_code_1(replacements: Path) -> None:
    """A script must be able to tell."""
    async with FakeSlides(REFUSED, decks=[plain_deck("deck-a")]) as fake:
        result = await _apply(fake, "deck-a", "--replace", replacements)

    assert result.exit_code == 1
    assert "PERMISSION_DENIED" in result.output


async def test_edits_that_the_quota_allows_only_after_the_deadline_are_refused_at_once(
    replacements: Path,
) -> None:
    """An estimate is something to plan by; half an edited deck is not."""
    env = {"SCALAPAY_WRITES_PER_MINUTE": "2", "SCALAPAY_QUOTA_USE_SHARE": "1"}
    async with FakeSlides(decks=[plain_deck("deck-a", slides_count=2)]) as fake:
        arguments = ["deck-a", "--replace", replacements, "--strategy", "sequential", "--deadline", "20"]
        result = await _apply(fake, *arguments, env=env)

        assert set(texts_of(fake.store.get("deck-a").to_json())) == {"{{customer}} {{price}}"}
    assert result.exit_code == 1
    assert result.stderr == (
        "deckstorm apply: nothing was applied: TooBusy: the quota allows the last of 4 writes only after the "
        "deadline; try again later (estimate: 61 s)\n"
    )


async def test_edits_whose_fate_is_unknown_make_exit_code_5(replacements: Path) -> None:
    """'Not applied' would be a guess."""
    async with FakeSlides(STALLED, decks=[plain_deck("deck-a")]) as fake:
        result = await _apply(fake, "deck-a", "--replace", replacements, "--deadline", "0.5")

    assert result.exit_code == 5


@pytest.mark.parametrize("says_so_by", ["option", "variable"])
async def test_shares_its_quota_through_a_file(replacements: Path, tmp_path: Path, says_so_by: str) -> None:
    """One run after the other must not write a quota's worth each."""
    file, env = tmp_path / "quota", {"SCALAPAY_WRITES_PER_MINUTE": "1", "SCALAPAY_QUOTA_USE_SHARE": "1"}
    options = ["--quota-file", file, "--deadline", "5"] if says_so_by == "option" else ["--deadline", "5"]
    if says_so_by == "variable":
        env["SCALAPAY_QUOTA_FILE"] = str(file)
    async with FakeSlides(decks=[plain_deck("deck-a"), plain_deck("deck-b")]) as fake:
        first = await _apply(fake, "deck-a", "--replace", replacements, *options, env=env)
        options[-1] = "0.5"
        second = await _apply(fake, "deck-b", "--replace", replacements, *options, env=env)

    assert first.exit_code == 0, first.output
    assert second.exit_code == 1
    assert "TooBusy: the quota allows the last of 1 writes only after the deadline" in second.output


async def test_leaves_its_metrics_in_a_file(replacements: Path, tmp_path: Path) -> None:
    """A job that runs every night is over before anybody could ask it for numbers."""
    file = tmp_path / "deckstorm.prom"
    async with FakeSlides(decks=[plain_deck("deck-a", slides_count=2)]) as fake:
        await _apply(fake, "deck-a", "--replace", replacements, "--metrics-file", file)

    applied = 'deckstorm_operations_settled_total{engine="default",fate="applied"} 4.0'
    assert applied in file.read_text("utf-8").splitlines()


class TestJournal:
    async def test_a_run_can_be_resumed_for_its_report_alone(
        self, replacements: Path, tmp_path: Path
    ) -> None:
        """All was applied when the process died; nothing is sent again, and nothing need be given again."""
        journal = tmp_path / "journal"
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            first = await _apply(fake, "deck-a", "--replace", replacements, "--journal", journal)
            again = await _apply(fake, "deck-a", "--journal", journal, "--resume")

            writes = [entry for entry in fake.ledger if entry.method == "presentations.batchUpdate"]
        assert (first.exit_code, again.exit_code) == (0, 0), again.output
        assert first.stdout == again.stdout
        assert len(writes) == 1

    async def test_edits_whose_fate_was_unknown_are_found_out_by_resuming(
        self, replacements: Path, tmp_path: Path
    ) -> None:
        """The fence still holds, so asking again is safe."""
        journal = tmp_path / "journal"
        stalled_once = weather({"kind": "http.stall", "point": "before_commit"}, often={"count": 1})
        async with FakeSlides(stalled_once, decks=[plain_deck("deck-a")]) as fake:
            options = ["deck-a", "--replace", replacements, "--journal", journal]
            first = await _apply(fake, *options, "--deadline", "1")
            again = await _apply(fake, *options, "--resume")

            assert set(texts_of(fake.store.get("deck-a").to_json())) == {"Ada 12 €"}
        assert (first.exit_code, again.exit_code) == (5, 0), again.output

    async def test_an_empty_journal_is_resumed_by_beginning(self, replacements: Path, tmp_path: Path) -> None:
        """The process died before it had read the presentation."""
        journal = tmp_path / "journal"
        journal.touch()
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            result = await _apply(fake, "deck-a", "--replace", replacements, "--journal", journal, "--resume")

        assert result.exit_code == 0, result.output

    async def test_a_damaged_journal(self, replacements: Path, tmp_path: Path) -> None:
        """The file is named, and the line."""
        journal = tmp_path / "journal"
        journal.write_text("what is this\n", "utf-8")

        result = await _apply(None, "deck-a", "--replace", replacements, "--journal", journal, "--resume")

        _assert_one_message(result, f"{journal}:1: this line is damaged")

    async def test_another_presentations_journal(self, replacements: Path, tmp_path: Path) -> None:
        """Both are named."""
        journal = tmp_path / "journal"
        rewrite(journal, begun("a", presentation_id="deck-b"))

        result = await _apply(None, "deck-a", "--replace", replacements, "--journal", journal, "--resume")

        _assert_one_message(result, "this journal is of presentation deck-b")

    async def test_redacted_texts_are_asked_for(self, tmp_path: Path) -> None:
        """They are nowhere else."""
        journal = tmp_path / "journal"
        rewrite(journal, begun("a", presentation_id="deck-a", is_redacted=True))
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            result = await _apply(fake, "deck-a", "--journal", journal, "--resume")

        _assert_one_message(result, "its texts are redacted; resuming takes the replacements again")

    @pytest.mark.parametrize(
        ("options", "told"),
        [
            (["--resume"], "--resume needs --journal FILE"),
            (["--journal", "x", "--dry-run"], "--dry-run writes nothing; leave --journal out"),
        ],
    )
    async def test_options_that_do_not_go_together(
        self, replacements: Path, options: list[str], told: str
    ) -> None:
        """What is missing is named."""
        result = await _apply(None, "deck-a", "--replace", replacements, *options)

        _assert_one_message(result, told)


class TestRequests:
    async def test_are_applied_and_told_one_by_one(self, tmp_path: Path) -> None:
        """With the ids that the engine chose."""
        file = _requests(tmp_path, BOX, {"insertText": {"objectId": "deck-a-s0-body", "text": "x"}})
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            result = await _apply(fake, "deck-a", "--requests", file)

            assert result.exit_code == 0, result.output
            box = fake.store.get("deck-a").page_json("deck-a-s0")["pageElements"][-1]["objectId"]
        made, written = result.stdout.splitlines()
        assert made == f"requests[0].createShape: applied -> {box}"
        assert written == "requests[1].insertText: applied"

    async def test_a_bad_one_does_not_stop_the_others_unless_they_are_atomic(self, tmp_path: Path) -> None:
        """Both are what somebody wants."""
        file = _requests(tmp_path, BOX, {"deleteObject": {"objectId": "nobody"}})
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            atomic = await _apply(fake, "deck-a", "--requests", file, "--atomic", "--json")
            single = await _apply(fake, "deck-a", "--requests", file, "--json")

        assert atomic.exit_code == single.exit_code == 1
        told = [[each["fate"] for each in json.loads(run.stdout)["requests"]] for run in (atomic, single)]
        assert told == [["rejected", "rejected"], ["applied", "rejected"]]

    async def test_a_dry_run_tells_the_plan(self, tmp_path: Path) -> None:
        """And asks the server for nothing."""
        file = _requests(tmp_path, BOX)
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            result = await _apply(fake, "deck-a", "--requests", file, "--dry-run")

            assert [entry for entry in fake.ledger if entry.presentation_id] == []
        assert result.stdout.splitlines()[1:] == ["write 1:", "  requests[0].createShape"]

    async def test_the_report_can_be_had_again_from_the_journal(self, tmp_path: Path) -> None:
        """Without the file, and with it."""
        file, journal = _requests(tmp_path, BOX), tmp_path / "journal"
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            first = await _apply(fake, "deck-a", "--requests", file, "--journal", journal)
            again = await _apply(fake, "deck-a", "--journal", journal, "--resume")
            with_file = await _apply(fake, "deck-a", "--requests", file, "--journal", journal, "--resume")

        assert first.exit_code == again.exit_code == with_file.exit_code == 0
        assert first.stdout == again.stdout == with_file.stdout

    async def test_a_run_cannot_be_made_atomic_by_resuming_it(self, tmp_path: Path) -> None:
        """Part of it may be applied: to promise all or nothing now, and do as before, would be a lie."""
        file, journal = _requests(tmp_path, BOX), tmp_path / "journal"
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            options = ["deck-a", "--requests", file, "--journal", journal]
            await _apply(fake, *options)
            later = await _apply(fake, *options, "--resume", "--atomic")
            await _apply(fake, *options, "--atomic")
            as_begun = await _apply(fake, *options, "--resume", "--atomic")

        _assert_one_message(later, "--atomic: the run to resume was begun without it")
        assert as_begun.exit_code == 0, as_begun.output

    @pytest.mark.parametrize(
        ("requests", "options", "told"),
        [
            ([{}], [], "requests[0]: empty"),
            (
                [BOX] * 200,
                ["--atomic"],
                "200 requests take 2 writes, and only one write is atomic",
            ),
            ([BOX], ["--replace"], "--replace and --requests do not go together"),
        ],
    )
    async def test_what_cannot_work_is_told_before_anything_is_sent(
        self, replacements: Path, tmp_path: Path, requests: list[object], options: list[str], told: str
    ) -> None:
        """Exit code 2, and no traceback."""
        file = _requests(tmp_path, *requests)
        given = [*options, replacements] if options == ["--replace"] else options
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            _assert_one_message(await _apply(fake, "deck-a", "--requests", file, *given), told)

    async def test_atomic_needs_requests(self, replacements: Path) -> None:
        """Replacements are each for themselves."""
        result = await _apply(None, "deck-a", "--replace", replacements, "--atomic")

        _assert_one_message(result, "--atomic needs --requests FILE")

    async def test_a_journal_of_replacements_is_not_one_of_requests(
        self, replacements: Path, tmp_path: Path
    ) -> None:
        """It is said what it is of."""
        file, journal = _requests(tmp_path, BOX), tmp_path / "journal"
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            await _apply(fake, "deck-a", "--replace", replacements, "--journal", journal)
            result = await _apply(fake, "deck-a", "--requests", file, "--journal", journal, "--resume")

        _assert_one_message(result, "this journal is of replacements, not of requests")


def _requests(folder: Path, *requests: object) -> Path:
    file = folder / "requests.json"
    file.write_text(json.dumps({"requests": requests}), "utf-8")
    return file


class TestBadInput:
    async def test_a_presentation_that_does_not_exist(self, replacements: Path) -> None:
        """The usual mistyped id."""
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            result = await _apply(fake, "deck-b", "--replace", replacements)

        _assert_one_message(result, "there is no presentation deck-b")

    async def test_an_empty_key(self, tmp_path: Path) -> None:
        """The place is named."""
        file = tmp_path / "bad.yaml"
        file.write_text('"": x\n', "utf-8")

        result = await _apply(None, "deck-a", "--replace", file)

        _assert_one_message(result, f"{file}:1: the key is empty")

    async def test_a_bad_environment_variable(self, replacements: Path) -> None:
        """The variable is named, and what it may be."""
        env = {"SCALAPAY_MAX_CONCURRENT_SLIDES": "many"}

        result = await _apply(None, "deck-a", "--replace", replacements, env=env)

        _assert_one_message(result, "SCALAPAY_MAX_CONCURRENT_SLIDES: expected a whole number")

    async def test_a_quota_file_that_is_something_else(self, replacements: Path) -> None:
        """Told before anything is edited, and the file is left as it was."""
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            result = await _apply(fake, "deck-a", "--replace", replacements, "--quota-file", replacements)
            again = await _apply(fake, "deck-a", "--replace", replacements)

        _assert_one_message(result, f"{replacements}: the quota file cannot be used")
        assert again.exit_code == 0, again.output

    async def test_a_metrics_file_in_no_folder(self, replacements: Path) -> None:
        """Told before anything is edited."""
        result = await _apply(
            None, "deck-a", "--replace", replacements, "--metrics-file", "/nowhere/deckstorm.prom"
        )

        _assert_one_message(result, "--metrics-file /nowhere/deckstorm.prom: there is no such folder")

    async def test_no_credentials(self, replacements: Path) -> None:
        """The usual first mistake."""
        env = {"GOOGLE_APPLICATION_CREDENTIALS": "/nowhere/key.json"}

        result = await _apply(None, "deck-a", "--replace", replacements, env=env)

        _assert_one_message(result, "/nowhere/key.json was not found")

    async def test_a_key_file_that_is_none(self, replacements: Path, tmp_path: Path) -> None:
        """Google's word for it came out as a tuple with an exception in it."""
        key_file = tmp_path / "key.json"
        key_file.write_text("no key", "utf-8")
        env = {"GOOGLE_APPLICATION_CREDENTIALS": str(key_file)}

        result = await _apply(None, "deck-a", "--replace", replacements, env=env)

        _assert_one_message(
            result,
            f"these credentials do not work here: File {key_file} is not a valid json file. "
            "(GOOGLE_APPLICATION_CREDENTIALS names the key file)",
        )

    async def test_an_authority_file_that_is_none(self, replacements: Path) -> None:
        """OpenSSL's own word for it names no file."""
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            fake.ca_file = replacements
            result = await _apply(fake, "deck-a", "--replace", replacements)

        _assert_one_message(result, f"--ca {replacements}: no authority can be read from it")

    async def test_a_server_whose_authority_was_not_named(self, replacements: Path) -> None:
        """The usual mistake with a fake; the command says what is missing, and waits for no miracle."""
        async with FakeSlides(decks=[plain_deck("deck-a")]) as fake:
            arguments = ["deck-a", "--replace", replacements, "--endpoint", fake.endpoint]
            env = {
                **_environment(fake),
                "SCALAPAY_BATCH_RETRY_ATTEMPTS": "1",
                "SCALAPAY_BATCH_RETRY_DELAY": "0",
            }
            result = await _apply(None, *arguments, env=env)

        *tries, conclusion = result.stderr.splitlines()
        assert result.exit_code == 2
        assert ["try 1" in tries[0], "try 2" in tries[1]] == [True, True]
        assert "is not to be trusted" in conclusion
        assert "--ca" in conclusion

    async def test_an_endpoint_that_is_no_address(self, replacements: Path) -> None:
        """Refused before anything is looked up."""
        result = await _apply(None, "deck-a", "--replace", replacements, "--endpoint", "localhost")

        assert result.exit_code == 2
        assert "is no base URL" in result.output


class TestSignals:
    """The first one drains, the second one ends; real processes, since a test has only one set of signals."""

    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    async def test_what_was_sent_is_answered_and_the_rest_is_parked(
        self, replacements: Path, tmp_path: Path, number: signal.Signals
    ) -> None:
        """A job that is moved to another machine goes on there; nothing of it is in doubt."""
        journal = tmp_path / "journal"
        arguments = ["--replace", str(replacements), "--strategy", "per_slide", "--journal", str(journal)]
        async with FakeSlides(SLUGGISH, decks=[plain_deck("deck-a", slides_count=3)]) as fake:
            run = await _signalled(fake, number, *arguments)
            again = await _apply(fake, "deck-a", *arguments, "--resume")
            commits_count = sum(entry.committed for entry in _writes(fake))

        assert run.exit_code == 6, run
        assert " ".join(run.errors) == (
            f"{number.name}: nothing more is sent; what was sent has 25 s to be answered, or until a second "
            "signal interrupted; 2 edits applied, 0 edits rejected, 4 edits not sent, 0 edits indeterminate; "
            "--resume goes on from here"
        )
        assert again.exit_code == 0, again.output
        assert commits_count == 3

    async def test_without_a_journal_the_rest_is_reported_as_not_sent(self, replacements: Path) -> None:
        """There is nothing to go on with, so exit code 130 stands for an interrupted run, as ever."""
        arguments = ["--replace", str(replacements), "--strategy", "per_slide"]
        async with FakeSlides(SLUGGISH, decks=[plain_deck("deck-a", slides_count=3)]) as fake:
            run = await _signalled(fake, signal.SIGTERM, *arguments)

        assert run.exit_code == 130, run
        assert run.output.splitlines()[1].split() == ["deck-a-s0", "2", "0", "0", "0"]
        assert run.output.splitlines()[2].split() == ["deck-a-s1", "0", "0", "2", "0"]

    async def test_a_signal_that_comes_with_the_last_write_changes_nothing(self, replacements: Path) -> None:
        """All was applied, and that is what the exit code says."""
        async with FakeSlides(SLUGGISH, decks=[plain_deck("deck-a")]) as fake:
            run = await _signalled(fake, signal.SIGTERM, "--replace", str(replacements))

        assert run.exit_code == 0, run

    async def test_what_is_not_answered_in_time_makes_exit_code_5(self, replacements: Path) -> None:
        """Whoever starts it again must look first."""
        async with FakeSlides(STALLED, decks=[plain_deck("deck-a")]) as fake:
            run = await _signalled(
                fake, signal.SIGTERM, "--replace", str(replacements), SCALAPAY_DRAIN_TIMEOUT="0.2"
            )

        assert run.exit_code == 5, run
        told = "interrupted; 0 edits applied, 0 edits rejected, 0 edits not sent, 4 edits indeterminate"
        assert run.errors[-1] == told

    async def test_a_second_signal_ends_the_process_and_the_journal_knows_what_is_in_doubt(
        self, replacements: Path, tmp_path: Path
    ) -> None:
        """An operator who presses Ctrl-C twice gets the prompt back."""
        stalled_once = weather({"kind": "http.stall", "point": "after_commit"}, often={"count": 1})
        arguments = ["--replace", str(replacements), "--journal", str(tmp_path / "journal")]
        async with FakeSlides(stalled_once, decks=[plain_deck("deck-a")]) as fake:
            run = await _signalled(fake, signal.SIGINT, *arguments, signals_count=2)
            again = await _apply(fake, "deck-a", *arguments, "--resume")
            commits_count = sum(entry.committed for entry in _writes(fake))

        assert run.exit_code == 130, run
        assert run.errors[1].startswith("SIGINT again: stopped at once; 0 edits applied")
        assert again.exit_code == 0, again.output
        assert commits_count == 1

    async def test_a_signal_before_there_is_anything_to_report(self, replacements: Path) -> None:
        """Nothing was read, so nothing was sent."""
        no_reads = weather({"kind": "http.stall", "point": "before_commit"}, where={"method": "token"})
        async with FakeSlides(no_reads, decks=[plain_deck("deck-a")]) as fake:
            run = await _signalled(
                fake, signal.SIGTERM, "--replace", str(replacements), SCALAPAY_DRAIN_TIMEOUT="0.2"
            )

        assert run.exit_code == 130, run
        assert run.output == ""

    @pytest.mark.parametrize("option", ["--replace", "--requests"])
    async def test_an_interrupt_while_the_input_is_read_is_an_interrupt(
        self, tmp_path: Path, option: str
    ) -> None:
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

    async def test_the_metrics_are_left_too(self, replacements: Path, tmp_path: Path) -> None:
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
        *[sys.executable, "-m", "engine", "deck-a", *arguments, *_where(fake)],
        env=os.environ | _environment(fake) | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    async with asyncio.timeout(60):
        while fake.fault_counts()["struck"]["fired"] == 0:  # noqa: ASYNC110 - the fake announces nothing
            await asyncio.sleep(0.02)
        told = b""
        for _ in range(signals_count):
            process.send_signal(number)
            told += await process.stderr.readline()
        output, rest = await process.communicate()
    lines = (told + rest).decode().splitlines()
    return _Run(
        process.returncode, output.decode(), [line.removeprefix("deckstorm apply: ") for line in lines]
    )


def _writes(fake: FakeSlides) -> list[Entry]:
    return [entry for entry in fake.ledger if entry.method == "presentations.batchUpdate"]


def _assert_one_message(result: Result, expected: str) -> None:
    assert result.exit_code == 2
    assert expected in result.output
    assert len(result.output.splitlines()) == 1
    assert "Traceback" not in result.output
