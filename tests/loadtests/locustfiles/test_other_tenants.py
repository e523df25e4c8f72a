"""Users who share the project with the engine."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import gevent.ssl
import trustme

from fakeslides.api.auth import TokenEndpoint
from fakeslides.api.router import Call
from fakeslides.api.tokens import TokenBook
from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from fakeslides.server import FakeSlides
from fakeslides.service_account import CLIENT_EMAIL, make_service_account
from loadtests.locustfiles.headless import headless_command
from loadtests.locustfiles.other_tenants import sign_in_request, trusting
from loadtests.processes import child
from tests.support.patience import until

TOKEN_URI = "https://localhost:1/token"
NOW = 1_700_000_000.5
WRITE = "presentations.batchUpdate"


@asynccontextmanager
async def _tenants(fake: FakeSlides, folder: Path, count: int) -> AsyncIterator[asyncio.subprocess.Process]:
    command = headless_command(
        "other_tenants",
        f"--users={count}",
        f"--host={fake.endpoint}",
        f"--ca-file={fake.ca_file}",
        f"--credentials-file={fake.credentials_file}",
        "--time-scale=0.02",
    )
    async with child(command, folder / "tenants.stderr") as process:
        yield process


async def _ledger_has(fake: FakeSlides, is_wanted: Callable[[Entry], bool], count: int) -> list[Entry]:
    def found() -> list[Entry]:
        return [entry for entry in fake.ledger if is_wanted(entry)]

    await until(lambda: len(found()) >= count)
    return found()


def _is_write(entry: Entry) -> bool:
    return entry.method == WRITE


class TestSignInRequest:
    def test_lets_its_subject_in(self) -> None:
        """Each tenant has a quota of its own only if the server takes it for a user of its own."""
        account = make_service_account(TOKEN_URI)
        book = TokenBook(Random(0))
        endpoint = TokenEndpoint(account.public_key, CLIENT_EMAIL, TOKEN_URI, book)

        answer = endpoint.answer(sign_in_request(account.key_file, "tenant-1@x.example", NOW), NOW)

        token = json.loads(answer.body)["access_token"]
        assert book.user_of(token, Call(WRITE), NOW) == "tenant-1@x.example"


class TestTrusting:
    def test_verifies_the_server_without_blocking_other_greenlets(self, tmp_path: Path) -> None:
        """The standard library's context would stop all tenants while one shakes hands."""
        authority = tmp_path / "ca.pem"
        trustme.CA().cert_pem.write_to_path(authority)

        context = trusting(str(authority))

        assert isinstance(context, gevent.ssl.SSLContext)
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


class TestOtherTenants:
    async def test_write_as_users_of_their_own_to_presentations_of_their_own(self, tmp_path: Path) -> None:
        """They must neither use up the engine's own quota nor touch the decks that are audited."""
        scenario = Scenario(version=1, promise="Two writes each.", server={"quota": {"writes_per_user": 2}})

        async with FakeSlides(scenario, decks=()) as fake, _tenants(fake, tmp_path, 2):
            written = await _ledger_has(fake, lambda entry: _is_write(entry) and entry.committed, 2)

        assert len({entry.user for entry in written}) == 2
        assert len({entry.presentation_id for entry in written}) == 2

    async def test_go_on_when_the_quota_is_used_up(self, tmp_path: Path) -> None:
        """A tenant that gave up at the first 429 would stop eating into the quota."""
        scenario = Scenario(version=1, promise="Two writes each.", server={"quota": {"writes_per_user": 2}})

        async with FakeSlides(scenario, decks=()) as fake, _tenants(fake, tmp_path, 1) as tenants:
            refused = await _ledger_has(fake, lambda entry: _is_write(entry) and entry.http_status == 429, 3)
            is_still_there = tenants.returncode is None

        assert {entry.organic for entry in refused} == {"quota"}
        assert is_still_there

    async def test_begin_anew_when_a_call_is_struck(self, tmp_path: Path) -> None:
        """A reset while it signs in or makes its presentation must not end a tenant."""
        reset = {
            "id": "reset",
            "often": {"count": 1},
            "fault": {"kind": "tcp.reset", "point": "before_commit"},
        }
        rules = [
            {**reset, "id": method, "where": {"method": method}}
            for method in ("token", "presentations.create")
        ]
        scenario = Scenario(version=1, promise="Each tenant finds its way in.", faults=rules)

        async with FakeSlides(scenario, decks=()) as fake, _tenants(fake, tmp_path, 1):
            written = await _ledger_has(fake, lambda entry: _is_write(entry) and entry.committed, 1)

        assert written
        assert fake.fault_counts()["presentations.create"]["fired"] == 1

    async def test_leave_when_they_cannot_work_at_all(self, tmp_path: Path) -> None:
        """A run that waits for tenants who fail for ever would only end at its deadline."""
        async with FakeSlides(decks=()) as fake:
            account = json.loads(fake.credentials_file.read_text("utf-8"))
            fake.credentials_file.write_text(json.dumps({**account, "private_key": "no key"}), "utf-8")

            async with _tenants(fake, tmp_path, 1) as tenants, asyncio.timeout(20):
                status = await tenants.wait()

        assert status == 1
