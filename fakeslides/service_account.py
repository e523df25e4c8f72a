"""A service account of the fake's own, as Google's key files describe one."""

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

_PROJECT = "deckstorm-fake"
CLIENT_EMAIL = f"editor@{_PROJECT}.iam.gserviceaccount.com"


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """The key file's content, and what checks signatures made with it."""

    key_file: dict[str, Any]
    public_key: RSAPublicKey


def make_service_account(token_uri: str) -> ServiceAccount:
    """Generate a key; the key file sends clients to `token_uri` for their tokens."""
    return account_with(generate_private_key(public_exponent=65537, key_size=2048), token_uri)


def account_with(key: RSAPrivateKey, token_uri: str) -> ServiceAccount:
    """Return an account with a given key."""
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    key_file = {
        "type": "service_account",
        "project_id": _PROJECT,
        "private_key_id": "0123456789abcdef0123456789abcdef01234567",
        "private_key": pem,
        "client_email": CLIENT_EMAIL,
        "client_id": "100000000000000000001",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": token_uri,
        "universe_domain": "googleapis.com",
    }
    return ServiceAccount(key_file, key.public_key())
