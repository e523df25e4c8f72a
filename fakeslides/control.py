"""The admin API for tests and scripts: plain calls, and weather that always goes back to what it was.

Calls wait for their answer.  Where the server runs on the caller's own event loop, make them from a thread:
`await asyncio.to_thread(control.reset)`.
"""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from fakeslides.scenario.loader import find_scenario

_NOT_THERE = 404
_REFUSED = 400

_PARTS_OF_A_RULE = {"where", "when", "often", "draw", "limit"}

Json = dict[str, Any]


class ControlError(Exception):
    """The admin API said no; the text is its own.

    Attributes:
        status: of HTTP.
        problems: what is wrong one by one, where there are several things.
    """

    def __init__(self, status: int, text: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.status = status
        self.problems = problems


class Control:
    """One running fake.

    Args:
        admin_url: as the fake prints it when it is ready.
        admin_token: likewise.
        timeout_seconds: real seconds that an answer may take.
    """

    def __init__(self, admin_url: str, admin_token: str, timeout_seconds: float = 30.0) -> None:
        self._address = urlsplit(admin_url).netloc
        self._headers = {"Authorization": f"Bearer {admin_token}"}
        self._timeout_seconds = timeout_seconds

    # What can be read.

    def ledger(self) -> list[Json]:
        """Return every request that has ended, in order."""
        return [json.loads(line) for line in self._ask("GET", "/ledger").splitlines()]

    def fired(self) -> dict[str, Json]:
        """Return for every rule how often it `matched` and `fired`, and what was `expected_at_least`."""
        lines = map(json.loads, self._ask("GET", "/fired").splitlines())
        return {line.pop("id"): line for line in lines}

    def presentation(self, presentation_id: str) -> Json:
        """Return a deck as `presentations.get` would, whatever the weather.

        Raises:
            ControlError: there is none.
        """
        return self._json("GET", f"/presentations/{quote(presentation_id, safe='')}")

    def current_scenario(self) -> Json:
        """Return the scenario that rules, as plain data."""
        scenario: Json = self._json("GET", "/scenario")["scenario"]
        return scenario

    def metrics(self) -> str:
        """Return the metrics in Prometheus's text format."""
        return self._ask("GET", "/metrics").decode()

    # What can be changed.

    def access_token(self) -> str:
        """Return a new access token, good for an hour, for a client that cannot sign for one."""
        return str(self._json("POST", "/token")["access_token"])

    def replace_scenario(self, scenario: str | Path | Mapping[str, Any]) -> int:
        """Let another scenario rule from the next call on, from its beginning; return its revision.

        Args:
            scenario: a file, the name of one that ships, the text of one, or plain data.

        Raises:
            ControlError: it cannot be used, and the one before still rules; `problems` has them all.
            fakeslides.scenario.loader.ScenarioError: there is neither such a file nor such a name.
        """
        revision: int = self._json("PUT", "/scenario", _text_of(scenario).encode())["revision"]
        return revision

    def advance_phase(self) -> str:
        """Go to the beginning of the next phase; return its name.

        Raises:
            ControlError: this is the last one, or there are none.
        """
        return str(self._json("POST", "/phase", {"advance": True})["phase"])

    def go_to_phase(self, name: str) -> None:
        """Go to the beginning of a phase.

        Raises:
            ControlError: there is none of that name.
        """
        self._json("POST", "/phase", {"to": name})

    def inject(self, fault: Mapping[str, Any], for_seconds: float, **parts: Mapping[str, Any] | str) -> str:
        """Let a fault strike for a while; return its id.

        Args:
            fault: its kind and whatever the kind asks, as a scenario says it.
            for_seconds: seconds of the server's clock, after which it ends by itself.
            parts: `where`, `when`, `often`, `draw`, `limit`; without `often` every call is struck.

        Raises:
            ControlError: there is no such fault; the text is that for a scenario file.
        """
        order = {"fault": dict(fault), "for": f"{for_seconds:.9f}s", **parts}
        return str(self._json("POST", "/faults", order)["id"])

    def revoke(self, fault_id: str) -> bool:
        """End an injected fault; say whether it was still there."""
        try:
            self._ask("DELETE", f"/faults/{quote(fault_id, safe='')}")
        except ControlError as error:
            if error.status != _NOT_THERE:
                raise
            return False
        return True

    def reset(self) -> None:
        """Go back to the start: decks as they were, an empty ledger, the scenario at its beginning."""
        self._ask("POST", "/reset")

    # Weather for the length of a block.

    @contextmanager
    def fault(self, kind: str, *, for_seconds: float = 60.0, **details: Any) -> Iterator[str]:  # noqa: ANN401 # as in a scenario
        """Let a fault strike inside a `with` block, and end it whatever happens there.

        It ends by itself after `for_seconds`, should this program die before the block does.

        Args:
            kind: such as `tcp.reset`.
            for_seconds: seconds of the server's clock.
            details: the rule's `where`, `when`, `often`, `draw` and `limit`, and whatever the kind asks, such
                as `point="after_commit"`; a name that Python keeps for itself takes an underscore, as in
                `for_="2s"`.

        Raises:
            ControlError: there is no such fault; the text is that for a scenario file.
        """
        parts = {name: details.pop(name) for name in _PARTS_OF_A_RULE & details.keys()}
        fault = {name.removesuffix("_"): detail for name, detail in details.items()}
        fault_id = self.inject({"kind": kind, **fault}, for_seconds, **parts)
        try:
            yield fault_id
        finally:
            self.revoke(fault_id)

    @contextmanager
    def scenario(self, scenario: str | Path | Mapping[str, Any]) -> Iterator[None]:
        """Let another scenario rule inside a `with` block, and the one before again after it.

        Args:
            scenario: as for `replace_scenario`.
        """
        before = self.current_scenario()
        self.replace_scenario(scenario)
        try:
            yield
        finally:
            self.replace_scenario(before)

    def _json(self, method: str, path: str, body: Mapping[str, Any] | bytes | None = None) -> Json:
        document: Json = json.loads(self._ask(method, path, body))
        return document

    def _ask(self, method: str, path: str, body: Mapping[str, Any] | bytes | None = None) -> bytes:
        sent = json.dumps(body).encode() if isinstance(body, Mapping) else body
        # Straight to loopback: a proxy from the environment must not come between.
        connection = http.client.HTTPConnection(self._address, timeout=self._timeout_seconds)
        try:
            connection.request(method, path, sent, self._headers)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status >= _REFUSED:
            raise _refusal(response.status, answer)
        return answer


def _refusal(status: int, answer: bytes) -> ControlError:
    try:
        document = json.loads(answer)
    except ValueError:
        return ControlError(status, f"the server answered {status}")
    return ControlError(status, document["error"], tuple(document.get("problems", ())))


def _text_of(scenario: str | Path | Mapping[str, Any]) -> str:
    """Return the text of a scenario; one of several lines is text already."""
    if isinstance(scenario, Mapping):
        return json.dumps(scenario)
    if isinstance(scenario, str) and "\n" in scenario:
        return scenario
    return find_scenario(str(scenario)).read_text("utf-8")
