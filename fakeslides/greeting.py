"""What `deckstorm serve` says: how to reach it when it is ready, and in the end what it did.  Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from fakeslides.strikes import NO_REQUESTS

_FEW = 5


@dataclass(frozen=True, slots=True)
class Introduction:
    """A running fake, as its users need to know it.

    Attributes:
        endpoint: the API's address.
        ca_file: the certificate to trust.
        credentials_file: a service account's key file.
        access_token: for clients that cannot sign for one; good for an hour.
        presentations: ids of the decks.
        admin_url: the admin API's address.
        admin_token: what the admin API wants to see.
        page_url: the page for a person who watches.
    """

    endpoint: str
    ca_file: Path
    credentials_file: Path
    access_token: str
    presentations: Sequence[str]
    admin_url: str
    admin_token: str
    page_url: str

    def as_json(self) -> str:
        """Return one line for a harness."""
        return json.dumps(
            {
                "endpoint": self.endpoint,
                "ca_file": str(self.ca_file),
                "credentials_file": str(self.credentials_file),
                "access_token": self.access_token,
                "presentations": list(self.presentations),
                "admin_url": self.admin_url,
                "admin_token": self.admin_token,
            }
        )

    def as_text(self, scenario: Scenario) -> str:
        """Return what a person needs to point a client at it.

        Args:
            scenario: the weather that the client will meet.
        """
        return _HOW_TO.format(
            endpoint=self.endpoint,
            ca_file=self.ca_file,
            credentials_file=self.credentials_file,
            access_token=self.access_token,
            admin_url=self.admin_url,
            admin_token=self.admin_token,
            page_url=self.page_url,
            weather=_under_each_other(_weather(scenario)),
            presentation=self.presentations[0] if self.presentations else "PRESENTATION",
            presentations=_under_each_other(_some(self.presentations)),
        )


def farewell(entries: Iterable[Entry], fault_counts: Mapping[str, Mapping[str, int]]) -> str:
    """Return what a server did, told by its ledger.

    Args:
        entries: of the ledger.
        fault_counts: for each rule how often it `matched` and `fired`.
    """
    calls = [entry for entry in entries if entry.method not in NO_REQUESTS]
    if not calls and not any(counts["fired"] for counts in fault_counts.values()):
        return "\nNo call of the API came."
    lines = [*_calls(calls), *_writes(calls), *_strikes(fault_counts)]
    return "\n  ".join(["\nWhat it did\n", *lines])


def _calls(calls: Sequence[Entry]) -> Iterator[str]:
    methods = Counter(entry.method for entry in calls)
    answers = Counter(str(entry.http_status or "none") for entry in calls)
    yield f"calls     {_counted(methods)}"
    yield f"answers   {_counted(answers)}"


def _writes(calls: Sequence[Entry]) -> Iterator[str]:
    committed = [entry for entry in calls if entry.committed]
    struck = sum(entry.fault is not None for entry in committed)
    doubt = f", {struck} of them in calls that a fault struck: did the client know?" if struck else ""
    yield f"writes    {len(committed)} committed{doubt}"


def _strikes(fault_counts: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    width = max(map(len, fault_counts), default=0)
    for name, counts in fault_counts.items():
        yield f"fault     {name:{width}}  struck {counts['fired']} of {counts['matched']} calls it looked at"


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} x {name}" for name, count in sorted(counts.items())) or "none"


def _weather(scenario: Scenario) -> Iterator[str]:
    yield scenario.promise
    scale = scenario.time_scale
    if scenario.phases:
        *passing, last = scenario.phases
        spans = [f"{phase.name} for {phase.for_seconds * scale:g} s" for phase in passing]
        yield f"from the first call on: {', then '.join([*spans, last.name])}"
    if scale != 1:
        yield f"its clock runs {1 / scale:g} times as fast as yours; with --time-scale 1 it does not"


def _some(presentations: Sequence[str]) -> Iterator[str]:
    yield from presentations[:_FEW]
    if len(presentations) > _FEW:
        yield f"and {len(presentations) - _FEW} more; the page below shows them"
    if not presentations:
        yield "none yet; create one"


def _under_each_other(lines: Iterable[str]) -> str:
    return "\n                   ".join(lines)


_HOW_TO = """\
Google Slides, faked.  Ctrl-C ends it, and it says what it did.

  weather          {weather}
  endpoint         {endpoint}
  CA file          {ca_file}
  service account  {credentials_file}
  access token     {access_token}
  presentations    {presentations}
  watch            {page_url}
  admin            {admin_url}   Authorization: Bearer {admin_token}

Other weather, for half a minute (and back by itself)
  curl {admin_url}/faults -H "Authorization: Bearer {admin_token}" \\
    -d '{{"fault": {{"kind": "tcp.reset"}}, "often": {{"rate": "20%"}}, "for": "30s"}}'

The engine
  export GOOGLE_APPLICATION_CREDENTIALS={credentials_file}
  deckstorm apply {presentation} --replace replacements.yaml --endpoint {endpoint} --ca {ca_file}

Python, google-api-python-client (HTTPLIB2_CA_CERTS) and requests (REQUESTS_CA_BUNDLE), set before it starts
  export HTTPLIB2_CA_CERTS={ca_file} REQUESTS_CA_BUNDLE={ca_file}
  credentials = service_account.Credentials.from_service_account_file(
      "{credentials_file}", scopes=["https://www.googleapis.com/auth/presentations"])
  slides = build("slides", "v1", credentials=credentials, client_options={{"api_endpoint": "{endpoint}"}})

Node, @googleapis/slides (its token endpoint is fixed, so it takes the access token)
  export NODE_EXTRA_CA_CERTS={ca_file}
  const client = new auth.OAuth2(); client.setCredentials({{access_token: "{access_token}"}});
  slides({{version: "v1", rootUrl: "{endpoint}/", auth: client}})

curl (an edit wants -H "Content-Type: application/json" besides: without it Google takes the body for a form)
  curl --cacert {ca_file} {endpoint}/v1/presentations/{presentation} \\
    -H "Authorization: Bearer {access_token}"
"""
