"""What holds for every test."""

import os
import signal
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import settings

from fakeslides import service_account
from loadtests.simulation.garbage import get_ready
from tests.support.redis_servers import another_database, running_redis

# A busy machine is no reason to fail: laws are about results, not about how fast one example runs.  The
# examples are the same in every run, so that a red test is red for everybody; to look for new ones, run with
# --hypothesis-profile=exploring.
settings.register_profile("deckstorm", deadline=None, derandomize=True, database=None)
settings.register_profile("exploring", deadline=None, max_examples=2_000)
settings.load_profile("deckstorm")

# A shell lets what it starts in the background ignore Ctrl-C, and every program started from there inherits
# that.  The tests that interrupt a command would wait for ever.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


_MOST_WORKERS = 16


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Let three workers share two cores: a third of the time, a test waits for sockets and processes."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    cores = os.cpu_count() or 1
    return min(cores + (cores + 1) // 2, _MOST_WORKERS)


@pytest.fixture(autouse=True, scope="session")
def _one_key() -> Iterator[None]:
    """Make the key of a service account once: that takes longer than all else in starting a fake."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(service_account, "generate_private_key", cache(service_account.generate_private_key))
        yield


def pytest_collection_finish() -> None:
    """Take the tests and all modules out of what every later look for garbage goes through: most of it."""
    get_ready()


@pytest.fixture(scope="session")
def redis_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Run one Redis server for all tests that need one; yield its port."""
    with running_redis(tmp_path_factory.mktemp("redis")) as port:
        yield port


@pytest.fixture
def redis_url(redis_port: int) -> str:
    """Return the address of a database of that server that is the test's own."""
    return another_database(redis_port)
