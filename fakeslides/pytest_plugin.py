"""pytest fixtures for whoever tests a client of Google Slides: a fake to point it at, and its weather.

    @pytest.mark.fakeslides_scenario("flaky_network")
    def test_my_client(fakeslides):
        client = MyClient(fakeslides.endpoint, fakeslides.ca_file, fakeslides.credentials_file)
        assert client.title_of(fakeslides.presentations[0])

pytest imports this in every project that has deckstorm installed, so it brings nothing along until a test
asks for the fake.
"""

from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from fakeslides.spawned import FakePool, SpawnedFake

_TESTBED = ("cryptography", "trustme")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        "fakeslides_scenario(scenario): the weather of the fakeslides fixture: a file, the name of a "
        "scenario that ships with deckstorm, or the text of one",
    )


@pytest.fixture
def fakeslides_scenario(request: pytest.FixtureRequest) -> str | Path | None:
    """The scenario of the test's `fakeslides_scenario` marker, or None: calm.  Override it as you like."""
    marker = request.node.get_closest_marker("fakeslides_scenario")
    return marker.args[0] if marker is not None else None


@pytest.fixture(scope="session")
def fakeslides_pool() -> Iterator["FakePool"]:
    """The fakes of this session; each scenario's is started once."""
    if not all(map(find_spec, _TESTBED)):
        pytest.fail("the fakeslides fixture needs an extra: pip install 'deckstorm[testbed]'", pytrace=False)
    from fakeslides.spawned import FakePool  # noqa: PLC0415 # most sessions never come here

    with closing(FakePool()) as pool:
        yield pool


@pytest.fixture
def fakeslides(fakeslides_scenario: str | Path | None, fakeslides_pool: "FakePool") -> "SpawnedFake":
    """A running fake in its own process, as if just started, in the weather of `fakeslides_scenario`.

    It has `endpoint`, `ca_file`, `credentials_file`, `presentations`, `environment`, and a `control` that
    looks into it and changes its weather.
    """
    from fakeslides.spawned import SpawnError  # noqa: PLC0415 # as above

    try:
        return fakeslides_pool.lend(fakeslides_scenario)
    except SpawnError as error:
        complaint = str(error)
    pytest.fail(f"the fake did not start: {complaint}", pytrace=False)  # outside, or it is told twice
