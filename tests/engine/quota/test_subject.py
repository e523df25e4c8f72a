"""Whose quota it is."""

from types import SimpleNamespace

import pytest
from google.auth.credentials import AnonymousCredentials
from google.oauth2 import credentials as oauth2
from google.oauth2 import service_account

from engine.quota.subject import QuotaSubject, subject_of
from fakeslides.service_account import make_service_account

HOST = "slides.googleapis.com"
KEY = make_service_account("https://localhost/token").key_file


def _account(**more: object) -> service_account.Credentials:
    return service_account.Credentials.from_service_account_info(KEY, **more)


def _login(refresh_token: str) -> oauth2.Credentials:
    return oauth2.Credentials("access", refresh_token=refresh_token, client_id="c", client_secret="s")


def test_a_service_account_is_a_user_of_its_project() -> None:
    """Two processes with copies of one key file share its quota."""
    subject = subject_of(_account(), HOST)

    assert subject.project == f"{HOST}/{KEY['project_id']}"
    assert subject.user == f"{subject.project}/{KEY['client_email']}"
    assert subject == subject_of(_account(scopes=["s"]), HOST)


def test_an_account_that_acts_for_a_person_uses_that_persons_quota() -> None:
    """With domain-wide delegation, each person has sixty writes a minute."""
    ada, bob = (subject_of(_account(subject=f"{name}@example.org"), HOST) for name in ("ada", "bob"))

    assert ada.user != bob.user
    assert ada.project == bob.project


def test_the_project_that_is_billed_is_the_one_whose_quota_counts() -> None:
    """Google counts there."""
    billed = subject_of(_account().with_quota_project("billed"), HOST)

    assert billed.project == f"{HOST}/billed"


def test_logins_are_told_apart_without_giving_their_secret_away() -> None:
    """The file says whose quota it is, and nobody can log in with what it says."""
    one, same, other = (subject_of(_login(token), HOST) for token in ("1//abc", "1//abc", "1//xyz"))

    assert one == same
    assert one.user != other.user
    assert "1//abc" not in str(one)


@pytest.mark.parametrize("unknown", [AnonymousCredentials(), SimpleNamespace(project_id=3), None])
def test_those_who_cannot_be_told_apart_share_one_quota(unknown: object) -> None:
    """Sharing too much makes slow; using a quota twice exceeds it."""
    assert subject_of(unknown, HOST) == QuotaSubject(f"{HOST}/default/default", f"{HOST}/default")


def test_a_subject_can_be_named_without_giving_away_who_it_is() -> None:
    """Many may read a server where quotas are shared; and all must name one subject alike."""
    subject = subject_of(_account(), HOST)
    hidden = subject.hidden()

    assert hidden == subject_of(_account(), HOST).hidden()
    assert hidden.user != hidden.project
    assert not any(part in str(hidden) for part in (HOST, subject.user, "@"))


def test_another_server_is_another_quota() -> None:
    """A test against a fake must not use up the real one."""
    assert subject_of(_account(), "localhost:1").project != subject_of(_account(), HOST).project
