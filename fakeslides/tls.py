"""A throwaway certificate authority, and the files that clients need to trust and enter the fake."""

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import trustme

from fakeslides.scenario.tls_faults import Flaw
from fakeslides.service_account import ServiceAccount, make_service_account

# The last two let unmodified clients reach the fake through a proxy that maps Google's names to it.
HOSTS = ("localhost", "127.0.0.1", "::1", "slides.googleapis.com", "oauth2.googleapis.com")

_LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)
_NOT_SO_LONG_AGO = datetime(2001, 4, 1, tzinfo=UTC)


def make_authority() -> tuple[trustme.CA, ssl.SSLContext]:
    """Return an authority and a server's TLS context with a certificate of it for `HOSTS`."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS).configure_cert(context)
    return authority, context


def make_flawed_contexts(authority: trustme.CA) -> dict[Flaw, ssl.SSLContext]:
    """Return TLS contexts with certificates that a client who trusts `authority` must not accept."""
    certificates: dict[Flaw, trustme.LeafCert] = {
        "expired": authority.issue_cert(*HOSTS, not_before=_LONG_AGO, not_after=_NOT_SO_LONG_AGO),
        "wrong_host": authority.issue_cert("somebody-else.example"),
        "unknown_authority": trustme.CA().issue_cert(*HOSTS),
    }
    contexts = {}
    for flaw, certificate in certificates.items():
        contexts[flaw] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(contexts[flaw])
    return contexts


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a fake is, and who may enter it.

    Attributes:
        ca_pem: the certificate to trust.
        context: the server's TLS, with a certificate of that authority for `HOSTS`.
        flawed: TLS with certificates that a client who trusts the authority must not accept.
        account_for: makes the service account that may enter, given the address it gets its tokens from.
    """

    ca_pem: bytes
    context: ssl.SSLContext
    flawed: Mapping[Flaw, ssl.SSLContext]
    account_for: Callable[[str], ServiceAccount]


def make_identity() -> Identity:
    """Return an identity that nobody else has."""
    authority, context = make_authority()
    return Identity(
        authority.cert_pem.bytes(), context, make_flawed_contexts(authority), make_service_account
    )


@dataclass(frozen=True, slots=True)
class ClientFiles:
    """What a client is given: whom to trust, and who to be."""

    ca_file: Path
    credentials_file: Path
    account: ServiceAccount


def write_client_files(folder: Path, identity: Identity, endpoint: str) -> ClientFiles:
    """Write the authority's certificate and a service account's key file into `folder`.

    The key file is readable by its owner only.
    """
    account = identity.account_for(f"{endpoint}/token")
    ca_file, credentials_file = folder / "ca.pem", folder / "service-account.json"
    ca_file.write_bytes(identity.ca_pem)
    credentials_file.unlink(missing_ok=True)
    credentials_file.touch(mode=0o600)
    credentials_file.write_text(json.dumps(account.key_file, indent=2) + "\n", "utf-8")
    return ClientFiles(ca_file, credentials_file, account)
