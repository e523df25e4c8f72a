"""What holds for every test."""

import signal

from hypothesis import settings

from loadtests.simulation.garbage import get_ready

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


def pytest_collection_finish() -> None:
    """Take the tests and all modules out of what every later look for garbage goes through: most of it."""
    get_ready()
