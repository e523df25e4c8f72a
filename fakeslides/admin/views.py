"""What can be read: nothing here changes anything, and nothing here is struck by the weather."""

import os
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from aiohttp import web

from fakeslides.admin.answers import AdminError, json_answer, ndjson_answer, text_answer
from fakeslides.admin.metrics import CONTENT_TYPE, Snapshot, metrics_text
from fakeslides.clock import Clock
from fakeslides.errors import SlidesApiError
from fakeslides.front import Front
from fakeslides.ledger import Ledger
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.writer import scenario_data, scenario_yaml
from fakeslides.slides.store import Store
from fakeslides.weather import Weather


class Controlled(Protocol):
    """A running server, as the admin API knows it."""

    store: Store
    ledger: Ledger
    front: Front
    weather: Weather

    def fault_counts(self) -> Mapping[str, Mapping[str, int]]:
        """Return how often each rule looked and struck."""

    def give_access_token(self) -> str:
        """Return a new token of the service account."""

    def connection_counts(self) -> Mapping[str, int]:
        """Return how many connections and handshakes there were."""

    def replace_scenario(self, scenario: Scenario) -> None:
        """Let another scenario rule."""

    async def revoke(self, fault_id: str) -> bool:
        """End an injected fault; say whether it was still there."""

    async def reset(self) -> None:
        """Go back to the start."""


class Views:
    """Answers GET requests.

    Args:
        server: what is looked into.
        clock: the server's.
    """

    def __init__(self, server: Controlled, clock: Clock) -> None:
        self._server, self._clock = server, clock

    def health(self, *_: object) -> web.Response:
        """Say that the server serves."""
        return json_answer({"status": "ok"})

    def stats(self, *_: object) -> web.Response:
        """Tell of the load on the server so far."""
        times = os.times()
        load = {
            "cpu_seconds": times.user + times.system,
            "calls_under_way": len(self._server.front.live()),
            **self._server.connection_counts(),
        }
        return json_answer(load)

    def ledger(self, *_: object) -> web.Response:
        """Tell of every request, one a line."""
        return text_answer(self._server.ledger.as_ndjson(), "application/x-ndjson")

    def faults(self, *_: object) -> web.Response:
        """Tell for every rule how often it looked and struck."""
        return json_answer(self._server.fault_counts())

    def fired(self, *_: object) -> web.Response:
        """Tell the same, one rule a line, with what was expected of it."""
        return ndjson_answer(self._fired())

    def metrics(self, *_: object) -> web.Response:
        """Tell what Prometheus collects."""
        server, front, weather = self._server, self._server.front, self._server.weather
        phase = front.phase()
        snapshot = Snapshot(
            entries=tuple(server.ledger),
            fault_counts=server.fault_counts(),
            connection_counts=server.connection_counts(),
            in_flight_count=len(front.live()),
            fills=front.quota_fills(),
            phases={each.name: each.name == phase for each in weather.scenario.phases},
            revision=weather.revision,
        )
        return text_answer(metrics_text(snapshot), CONTENT_TYPE)

    def presentation(self, _request: web.BaseRequest, presentation_id: str) -> web.Response:
        """Show a deck as `presentations.get` would."""
        try:
            return json_answer(self._server.store.get(presentation_id).to_json())
        except SlidesApiError as error:
            raise AdminError(error.code, error.message) from error

    def scenario(self, request: web.BaseRequest, _rest: str) -> web.Response:
        """Show the scenario that rules, as JSON with its revision or as the text of a file."""
        weather = self._server.weather
        headers = {"ETag": f'"{weather.revision}"'}
        if "yaml" in request.headers.get("Accept", ""):
            return text_answer(scenario_yaml(weather.scenario), "application/yaml", headers=headers)
        document = {"revision": weather.revision, "scenario": scenario_data(weather.scenario)}
        return json_answer(document, headers=headers)

    def _fired(self) -> Iterator[dict[str, Any]]:
        """Yield every rule that is or was."""
        rules = {rule.id: rule for rule in self._server.weather.scenario.faults}
        injected = {each.rule.id for each in self._server.weather.injected(self._clock.now())}
        for rule_id, counts in self._server.fault_counts().items():
            rule = rules.get(rule_id)
            expected = rule.expect_fired.at_least if rule and rule.expect_fired else 0
            is_active = rule is not None or rule_id in injected
            yield {"id": rule_id, **counts, "expected_at_least": expected, "is_active": is_active}
