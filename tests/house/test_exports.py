"""What a user of the engine gets, and what comes along with it."""

import subprocess
import sys

import engine

TESTBED_ONLY = ("locust", "gevent", "trustme", "rich", "pytest", "hypothesis", "fakeslides", "loadtests")


def test_every_public_name_of_the_engine_exists() -> None:
    """A name in the list that can't be imported is a broken promise."""
    missing = [name for name in engine.__all__ if not hasattr(engine, name)]

    assert missing == []
    assert 0 < len(engine.__all__) <= 20


def test_importing_the_engine_brings_nothing_of_the_testbed() -> None:
    """Production installs the engine alone."""
    program = f"import engine, sys; print([n for n in {TESTBED_ONLY!r} if n in sys.modules])"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"
