import ssl

import pytest

from loadtests.simulation.openssl import can_be_seeded, own_randomness, seeded_openssl

pytestmark = pytest.mark.skipif(not can_be_seeded(), reason="this OpenSSL draws by itself")


def _drawn(seed: int) -> bytes:
    with seeded_openssl(seed):
        return ssl.RAND_bytes(32)


def test_draws_the_same_for_a_seed_and_other_bytes_for_another() -> None:
    """Session keys are drawn, and they decide over every byte of ciphertext."""
    assert _drawn(1) == _drawn(1)
    assert _drawn(1) != _drawn(2)


def test_draws_on_its_own_again_afterwards() -> None:
    """A process that keeps secrets after a simulation must not have them from a seed."""
    _drawn(1)

    assert ssl.RAND_bytes(32) != ssl.RAND_bytes(32)
    assert ssl.RAND_bytes(32) != _drawn(1)


def test_draws_on_its_own_again_after_an_error() -> None:
    """Worlds break."""

    def fail() -> None:
        with seeded_openssl(1):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert ssl.RAND_bytes(32) != _drawn(1)


def test_what_is_made_aside_takes_nothing_from_the_seed() -> None:
    """Only the first who needs a thing that is kept makes it."""
    with seeded_openssl(1):
        with own_randomness():
            aside = ssl.RAND_bytes(32)
        drawn = ssl.RAND_bytes(32)

    assert drawn == _drawn(1) != aside
