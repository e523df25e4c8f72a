"""The one identity of all simulated fakes: keys and certificates that are computed, not drawn.

Ed25519 signs without chance and to one length, so that handshakes are the same to the byte in every process.
The account's RSA key stands on two primes near hashes of names.  Everybody can compute these keys; they open
nothing but worlds made of memory.
"""

import ssl
from datetime import UTC, datetime
from functools import cache
from hashlib import blake2b
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from cryptography import x509
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
    rsa_crt_dmp1,
    rsa_crt_dmq1,
    rsa_crt_iqmp,
)
from cryptography.x509.oid import NameOID

from fakeslides.scenario.tls_faults import Flaw
from fakeslides.service_account import ServiceAccount, account_with
from fakeslides.tls import HOSTS, Identity
from loadtests.simulation.openssl import own_randomness

_EXPONENT = 65537
# How far the first fitting prime lies above the hash of its name; a test finds them again.
_PRIME_OFFSETS = {"deckstorm p": 1022, "deckstorm q": 80}
_SERIAL = 0x5EED
_BEGINS, _ENDS = datetime(2024, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
_ENDED = datetime(2024, 4, 1, tzinfo=UTC)


@cache
def fixed_identity() -> Identity:
    """Return the identity, the same in every process."""
    authority = _Authority("authority")
    with own_randomness():
        flawed = {
            "expired": authority.context("expired", HOSTS, ends=_ENDED),
            "wrong_host": authority.context("wrong host", ("somebody-else.example",)),
            "unknown_authority": _Authority("nobody's authority").context("unknown authority", HOSTS),
        }
        by_flaw = {flaw: flawed[flaw] for flaw in get_args(Flaw)}
        return Identity(authority.pem, authority.context("server", HOSTS), by_flaw, fixed_account)


@cache
def client_context() -> ssl.SSLContext:
    """Return a client's TLS that trusts the fixed identity and nobody else."""
    with own_randomness():
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=fixed_identity().ca_pem.decode())
    return context


@cache
def fixed_account(token_uri: str) -> ServiceAccount:
    """Return the account that may enter, which gets its tokens from `token_uri`."""
    return account_with(fixed_key(), token_uri)


@cache
def fixed_key() -> RSAPrivateKey:
    """Return the account's key."""
    p, q = (_prime(name, offset) for name, offset in _PRIME_OFFSETS.items())
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    numbers = RSAPrivateNumbers(
        p,
        q,
        d,
        rsa_crt_dmp1(d, p),
        rsa_crt_dmq1(d, q),
        rsa_crt_iqmp(p, q),
        RSAPublicNumbers(_EXPONENT, p * q),
    )
    return numbers.private_key(unsafe_skip_rsa_key_validation=True)


def _prime(name: str, offset: int) -> int:
    halves = (blake2b(f"{name} {half}".encode()).digest() for half in range(2))
    return (int.from_bytes(b"".join(halves), "big") | 3 << 1022 | 1) + offset


class _Authority:
    """A certificate authority whose key is computed from its name."""

    def __init__(self, name: str) -> None:
        self._key = _key(name)
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"deckstorm simulation: {name}")])
        usage = x509.BasicConstraints(ca=True, path_length=None)
        built = self._certificate(self._name, self._key, _ENDS).add_extension(usage, critical=True)
        self.pem = built.sign(self._key, None).public_bytes(forms.Encoding.PEM)

    def context(self, name: str, hosts: tuple[str, ...], *, ends: datetime = _ENDS) -> ssl.SSLContext:
        """Return a server's TLS with a certificate for `hosts`."""
        key = _key(name)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, hosts[0])])
        names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
        built = self._certificate(subject, key, ends).add_extension(names, critical=False)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.num_tickets = 0  # a ticket holds the time of the C library
        with TemporaryDirectory() as folder:
            file = Path(folder, "chain.pem")
            certificate = built.sign(self._key, None).public_bytes(forms.Encoding.PEM)
            file.write_bytes(_pem(key) + certificate)
            context.load_cert_chain(file)
        return context

    def _certificate(
        self, subject: x509.Name, key: Ed25519PrivateKey, ends: datetime
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(_SERIAL)
            .not_valid_before(_BEGINS)
            .not_valid_after(ends)
        )


def _key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(blake2b(name.encode(), digest_size=32).digest())


def _pem(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption())


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)
