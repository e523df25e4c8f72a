"""A simulated world is the same each time, whatever went before it, to the last byte of ciphertext.

And it is so for reasons: each thing that the world controls is let go here once, and something goes wrong.
`python -m loadtests.benchmarks.determinism` tries more seeds and processes than a test has time for.
"""

from functools import cache

import pytest

from loadtests.benchmarks.determinism import distinct_in_processes, stormy_trace, unlike_seeds
from loadtests.simulation import identity
from loadtests.simulation.openssl import can_be_seeded
from loadtests.simulation.realm import CONTROLS
from tests.support.going_wrong import GOES_WRONG
from tests.support.let_go import AT_THE_MERCY_OF_THE_PAST, Observe
from tests.support.pasts import past


def test_a_world_is_the_same_in_every_process() -> None:
    """A seed that breaks a promise on one machine must break it on the machine of whoever mends it."""
    assert len(distinct_in_processes(4)) == 1


def test_a_world_is_the_same_whatever_lived_before_it_in_its_process() -> None:
    """A failure found as the thousandth of a sweep must be there again when its seed is run alone."""
    compared, unlike = list(unlike_seeds(10))[-1]

    assert (compared, unlike) == (10, 0)


def test_other_seeds_are_other_worlds() -> None:
    """What is always the same finds nothing."""
    assert len({stormy_trace(seed).digest() for seed in range(1, 6)}) == 5


@pytest.mark.parametrize("name", AT_THE_MERCY_OF_THE_PAST)
def test_without_it_the_past_would_matter(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is there for a reason; one that nobody misses would be in the way."""
    let_go, observe = AT_THE_MERCY_OF_THE_PAST[name]
    if not can_be_seeded() and name in {"tls", "fixed certificates", "no tickets"}:
        pytest.skip("this OpenSSL draws by itself, so that bytes are not in the trace")

    with_it = _with_everything_in_place(observe)
    let_go(monkeypatch)
    without_it = _after_two_pasts(observe)

    assert with_it[0] == with_it[1]
    assert without_it[0] != without_it[1]
    identity.fixed_identity.cache_clear()


@pytest.mark.parametrize("name", GOES_WRONG)
def test_without_it_the_world_would_go_wrong(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A world may be the same each time and wrong each time."""
    let_go, observe, right, wrong = GOES_WRONG[name]

    with_it = observe()
    let_go(monkeypatch)
    without_it = observe()

    assert (with_it, without_it) == (right, wrong)


def test_every_control_is_among_those_that_are_let_go() -> None:
    """A new one must show what it is for."""
    assert set(CONTROLS) <= AT_THE_MERCY_OF_THE_PAST.keys() | GOES_WRONG.keys()


@cache  # the same is observed without one thing and without another
def _with_everything_in_place(observe: Observe) -> list[object]:
    return _after_two_pasts(observe)


def _after_two_pasts(observe: Observe) -> list[object]:
    seen = []
    for number in (1, 2):
        with past(number):
            seen.append(observe())
    return seen
