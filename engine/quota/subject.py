"""Whose quota calls count against, told from the credentials."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

_DIGEST_CHARACTERS = 16


@dataclass(frozen=True, slots=True)
class QuotaSubject:
    """Whose quota calls count against; Google counts a user apart in each project.

    Attributes:
        user: names the user within the project and the host.
        project: names the project within the host.
    """

    user: str
    project: str

    def hidden(self) -> "QuotaSubject":
        """Return the same subject under names that give away no account, for where others may read them."""
        return QuotaSubject(_digest(self.user), _digest(self.project))


def subject_of(credentials: Any, host: str) -> QuotaSubject:  # noqa: ANN401 - google-auth's classes have no common type that holds
    """Return whose quota calls with `credentials` to `host` count against.

    What cannot be told is taken to be the same everywhere, so that a quota is rather shared than used twice.
    Two logins of one person without an account name are two users here: they have two refresh tokens.
    """
    project = _first_of(credentials, "quota_project_id", "project_id")
    user = _first_of(credentials, "_subject", "service_account_email", "account") or _digest(
        _first_of(credentials, "refresh_token")
    )
    in_project = f"{host}/{project or 'default'}"
    return QuotaSubject(f"{in_project}/{user or 'default'}", in_project)


def _first_of(credentials: Any, *names: str) -> str:  # noqa: ANN401 - see above
    """Return the first of these attributes that is there and says something."""
    found = (getattr(credentials, name, None) for name in names)
    return next((value for value in found if isinstance(value, str) and value), "")


def _digest(secret: str) -> str:
    """Return what tells secrets apart and gives none of them away."""
    return secret and sha256(secret.encode()).hexdigest()[:_DIGEST_CHARACTERS]
