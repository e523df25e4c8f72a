from pathlib import Path

import aiohttp
import pytest

from fakeslides.scenario.loader import load_scenario
from fakeslides.server import FakeSlides
from loadtests.admin import Admin
from loadtests.measurements import ServerStats
from tests.support.worlds import a_scenario_file

STRUCK = (
    "faults: [{id: never, often: {count: 1}, fault: {kind: http.status, code: 503, point: before_commit}}]"
)


async def test_reads_everything_an_audit_needs(tmp_path: Path) -> None:
    """Ledger, faults and load of a fake that nobody has talked to yet."""
    scenario = load_scenario(a_scenario_file(tmp_path, STRUCK))

    async with FakeSlides(scenario) as fake, Admin(fake.admin_url, fake.admin_token) as admin:
        ledger, faults, stats = await admin.ledger(), await admin.faults(), await admin.stats()

    assert (ledger, faults) == ("", {"never": {"matched": 0, "fired": 0}})
    assert isinstance(stats, ServerStats)


async def test_an_error_of_the_fake_is_an_error_here(tmp_path: Path) -> None:
    """A missing deck must not be audited as an empty one."""
    scenario = load_scenario(a_scenario_file(tmp_path))

    async with FakeSlides(scenario) as fake, Admin(fake.admin_url, fake.admin_token) as admin:
        with pytest.raises(aiohttp.ClientResponseError):
            await admin.presentation("nowhere")
