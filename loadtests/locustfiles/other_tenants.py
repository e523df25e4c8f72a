r"""Locust users who share the project with the engine, and eat into its quota.

    python -m loadtests.locustfiles.headless other_tenants --users 5 \
        --host https://localhost:PORT --ca-file CA --credentials-file ACCOUNT

They say `ready` on standard output once each has had an answer.  Each signs in under a name of its own, makes
a presentation of its own, and then reads and writes it once per second.  They call the API as any client may,
without the engine; a refusal for quota is an answer they expect.  They need a process of their own: in the
engine's, their work would be seen in its timings.  Each holds a connection, which counts where a scenario
limits connections.
"""

import itertools
import json
import ssl
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import gevent.ssl
from google.auth import jwt
from google.auth.crypt import RSASigner
from locust import FastHttpUser, constant_pacing, events, task
from locust.env import Environment
from locust.runners import Runner

from engine.clock import MonotonicClock

SCOPE = "https://www.googleapis.com/auth/presentations"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TOKEN_LIFETIME_SECONDS = 3600

_numbers = itertools.count(1)
_arrived: set[str] = set()


def sign_in_request(account: Mapping[str, Any], subject: str, now: float) -> dict[str, str]:
    """Return the form that asks a token endpoint for `subject`'s access token.

    The form is the one of https://developers.google.com/identity/protocols/oauth2/service-account.

    Args:
        account: a service account's key file, read.
        subject: the user to act as.
        now: Unix time.
    """
    claims = {
        "iss": account["client_email"],
        "sub": subject,
        "scope": SCOPE,
        "aud": account["token_uri"],
        "iat": int(now),
        "exp": int(now) + TOKEN_LIFETIME_SECONDS,
    }
    signer = RSASigner.from_service_account_info(account)  # type: ignore[no-untyped-call] # google-auth's gap
    signed: bytes = jwt.encode(signer, claims)  # type: ignore[no-untyped-call] # likewise
    return {"grant_type": GRANT, "assertion": signed.decode()}


def trusting(ca_file: str) -> gevent.ssl.SSLContext:
    """Return a context that trusts one authority, and whose handshakes let other greenlets go on.

    The standard library's own context would block the hub in an un-patched process.
    """
    context = gevent.ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(ca_file)
    return context


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--ca-file", required=True, help="authority to trust, as PEM")
    parser.add_argument("--credentials-file", required=True, help="key file of a service account, as JSON")
    parser.add_argument("--time-scale", type=float, default=1.0, help="real seconds per scenario second")


def _prepare(environment: Environment, runner: Runner, **_: object) -> None:
    options = _options(environment)
    options.spawn_rate = options.spawn_rate or options.num_users

    def leave_on_a_defect(**_: object) -> None:
        # Whoever started the tenants sees that they left; Locust would let them fail for ever.
        gevent.spawn(runner.quit)

    environment.events.user_error.add_listener(leave_on_a_defect)  # type: ignore[no-untyped-call] # Locust's gap


def _options(environment: Environment) -> Namespace:
    options: Namespace | None = environment.parsed_options
    assert options is not None, "Locust parses its command line before it makes anything else"
    return options


events.init_command_line_parser.add_listener(_add_options)  # type: ignore[no-untyped-call] # Locust's gap
events.init.add_listener(_prepare)  # type: ignore[no-untyped-call] # likewise


class OtherTenant(FastHttpUser):
    """One user of the same project, with a presentation of its own."""

    insecure = False

    def __init__(self, environment: Environment) -> None:
        options = _options(environment)
        self.ssl_context_factory = partial(trusting, options.ca_file)
        self._account = json.loads(Path(options.credentials_file).read_text("utf-8"))
        self._subject = f"tenant-{next(_numbers)}@deckstorm.example"
        self._pace = constant_pacing(options.time_scale)
        self._headers: dict[str, str] = {}
        self._path = ""
        super().__init__(environment)

    def wait_time(self) -> float:
        """Return how many seconds to rest, so that a round starts once per scenario second."""
        return self._pace(self)

    @task
    def read_and_write(self) -> None:
        """Take one read and one write from the quota; what is missing for that comes first."""
        if not self._headers:
            self._sign_in()
            self._arrive()
        elif not self._path:
            self._make_presentation()
        else:
            self._send("GET", self._path, "presentations.get")
            self._send("POST", f"{self._path}:batchUpdate", "presentations.batchUpdate", self._edit())

    def _sign_in(self) -> None:
        form = sign_in_request(self._account, self._subject, MonotonicClock().wall())
        granted = self._send("POST", self._account["token_uri"], "token", form=form)
        if granted:
            self._headers = {"Authorization": f"Bearer {granted['access_token']}"}

    def _arrive(self) -> None:
        """Say so when the last of all tenants has had its first answer, good or bad."""
        if self._subject in _arrived:
            return
        _arrived.add(self._subject)
        if len(_arrived) == _options(self.environment).num_users:
            sys.stdout.write("ready\n")
            sys.stdout.flush()

    def _make_presentation(self) -> None:
        made = self._send("POST", "/v1/presentations", "presentations.create", {"title": self._subject})
        if made:
            self._path = f"/v1/presentations/{made['presentationId']}"

    def _edit(self) -> dict[str, Any]:
        change = {"containsText": {"text": "{{tenant}}"}, "replaceText": self._subject}
        return {"requests": [{"replaceAllText": change}]}

    def _send(
        self, verb: str, path: str, name: str, body: object = None, form: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """Return the answer's JSON if all went well, else nothing."""
        with self.client.request(
            verb, path, name=name, json=body, data=form, headers=self._headers, catch_response=True
        ) as answer:
            if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
                answer.success()
            if answer.status_code == HTTPStatus.UNAUTHORIZED:
                self._headers = {}
            return dict(answer.json()) if answer.status_code == HTTPStatus.OK else {}
