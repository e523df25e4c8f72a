import json
import subprocess
import sys
from hashlib import blake2b
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from fakeslides.scenario.tls_faults import Flaw
from fakeslides.tls import HOSTS
from loadtests.simulation.identity import client_context, fixed_account, fixed_identity, fixed_key
from loadtests.simulation.openssl import can_be_seeded, seeded_openssl
from tests.support.handshakes import shake_hands

PROGRAM = """
import hashlib, json
from loadtests.simulation.identity import fixed_account, fixed_identity
from tests.support.handshakes import certificate_of
identity = fixed_identity()
contexts = [identity.context, *identity.flawed.values()]
print(json.dumps([identity.ca_pem.decode(), [certificate_of(each).hex() for each in contexts],
                  fixed_account("https://localhost/token").key_file["private_key"]]))
"""


def test_is_the_same_in_every_process() -> None:
    """Signatures and certificates are on the wire, and the wire is in the trace."""
    printed = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
        ).stdout
        for seed in ("1", "2")
    }

    assert len(printed) == 1
    ca_pem, certificates, _ = json.loads(printed.pop())
    assert ca_pem == fixed_identity().ca_pem.decode()
    assert len(set(certificates)) == 4


def test_the_accounts_key_stands_on_the_first_primes_that_fit() -> None:
    """A key without primes signs nothing; one of somebody's choosing might be somebody's secret."""
    numbers = fixed_key().private_numbers()
    exponent = numbers.public_numbers.e

    for prime, name in ((numbers.p, "deckstorm p"), (numbers.q, "deckstorm q")):
        assert prime == _first_fitting_prime(name, exponent)
    assert (numbers.public_numbers.n.bit_length(), exponent) == (2048, 65537)


def test_the_accounts_key_signs_what_its_public_half_accepts() -> None:
    """The fake checks the assertions of the client's credentials with it."""
    account = fixed_account("https://localhost/token")

    signature = fixed_key().sign(b"assertion", PKCS1v15(), SHA256())

    account.public_key.verify(signature, b"assertion", PKCS1v15(), SHA256())
    assert account.key_file["token_uri"] == "https://localhost/token"


@pytest.mark.parametrize("host", HOSTS)
def test_a_client_believes_it_for_every_name_of_the_fake(host: str) -> None:
    """Also by address, and by the names that proxies use."""
    assert shake_hands(client_context(), fixed_identity().context, host) is None


@pytest.mark.parametrize(
    ("flaw", "text"),
    [
        ("expired", "certificate has expired"),
        ("wrong_host", "Hostname mismatch"),
        ("unknown_authority", "unable to get local issuer certificate"),
    ],
)
def test_a_client_refuses_each_flaw_for_what_it_is(flaw: Flaw, text: str) -> None:
    """A fault that fails for another reason tests another thing."""
    refused = shake_hands(client_context(), fixed_identity().flawed[flaw], "localhost")

    assert text in str(refused)


def test_certificates_hold_for_longer_than_this_will_be_run() -> None:
    """OpenSSL looks at the real clock, whatever the world's says."""
    certificate = x509.load_pem_x509_certificate(fixed_identity().ca_pem)

    assert (certificate.not_valid_before_utc.year, certificate.not_valid_after_utc.year) == (2024, 2999)


@pytest.mark.skipif(not can_be_seeded(), reason="this OpenSSL draws by itself")
def test_making_it_draws_nothing_from_a_worlds_seed() -> None:
    """It is made once in a process: the first world would draw more than all others, and so other bytes."""
    import ssl  # noqa: PLC0415 - only here

    fixed_identity.cache_clear()
    client_context.cache_clear()
    with seeded_openssl(1):
        fixed_identity()
        client_context()
        drawn_after_making = ssl.RAND_bytes(16)
    with seeded_openssl(1):
        fixed_identity()
        client_context()
        drawn = ssl.RAND_bytes(16)

    assert drawn_after_making == drawn


def _first_fitting_prime(name: str, exponent: int) -> int:
    halves = (blake2b(f"{name} {half}".encode()).digest() for half in range(2))
    candidate = int.from_bytes(b"".join(halves), "big") | 3 << 1022 | 1
    while not (_is_prime(candidate) and (candidate - 1) % exponent):
        candidate += 2
    return candidate


def _is_prime(number: int) -> bool:
    """Miller and Rabin's test: a composite passes all rounds with a chance below 4^-40."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    draws = Random(number)
    return all(_speaks_for_a_prime(draws.randrange(2, number - 1), odd, twos, number) for _ in range(40))


def _speaks_for_a_prime(witness: int, odd: int, twos: int, number: int) -> bool:
    power = pow(witness, odd, number)
    if power in {1, number - 1}:
        return True
    for _ in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False
