"""A client's calls, held against the rules of a scenario, without a client and without a server.

The rulebook is the server's own.  The client is a sketch of the engine: it tries again after a failure, looks
whether a write in doubt was applied, and waits while its breaker is open.  A thinking room.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from engine.policy.circuit_breaker import LONGEST_OPEN_SECONDS
from engine.policy.retry import LONGEST_BACKOFF_SECONDS
from engine.settings import EngineSettings
from fakeslides.faults.calls import CallFacts, Verdict, connection_facts
from fakeslides.faults.rules import Rulebook
from fakeslides.scenario.model import Scenario
from fakeslides.service_account import CLIENT_EMAIL
from loadtests.measurements import WRITE
from loadtests.schedule import READ, TOKEN, PlannedCall, Schedule

_REQUEST_KINDS = ("replaceAllText",)
_ONLY_SLOW = frozenset(
    {"http.delay", "http.slow_body", "tcp.throttle", "tcp.slow_drip", "tcp.idle_reset"}
    | {"tls.handshake_delay", "api.slow_commit"}
)
_WAITED_OUT = frozenset({"http.stall", "tcp.blackhole", "tls.handshake_stall"})
_FINAL = frozenset({"api.not_found", "api.permission"})
_REVOKES_TOKEN = "api.unauthenticated"  # noqa: S105 - the name of a fault
_SERVER_IS_WELL = _FINAL | {
    "api.conflict", "api.rate_limit", _REVOKES_TOKEN, "api.stale_revision", "http.retry_after",
}  # fmt: skip
_LEAVES_DOUBT = frozenset({"after_commit", "mid_headers", "mid_body"})


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each rule's conditions were met, and how often it struck, by its id."""

    matched: Counter[str]
    fired: Counter[str]


def dry_run(scenario: Scenario, planned: Schedule, settings: EngineSettings, seed: int) -> Counts:
    """Return what the rules do to a client's calls.

    Args:
        scenario: the weather.
        planned: the calls of an undisturbed client.
        settings: of the client: how often it tries again, and when its breaker opens.
        seed: of the draws.
    """
    run = _DryRun(Rulebook(scenario.faults, scenario.phases, seed), planned, settings)
    for call in planned.calls:
        run.carry_out(call)
    return run.counts


class _DryRun:
    def __init__(self, book: Rulebook, planned: Schedule, settings: EngineSettings) -> None:
        self._book, self._latency_seconds, self._settings = book, planned.latency_seconds, settings
        self.counts = Counts(Counter(), Counter())
        self._attempts = Counter[tuple[str, str]]()
        self._connections: dict[int, int] = {}
        self._accepted_count, self._tokens_count = 0, 1
        self._late_seconds: defaultdict[int, float] = defaultdict(float)
        self._breaker = _Breaker(settings)

    def carry_out(self, call: PlannedCall) -> None:
        """Try a call until nothing that ends it strikes, or until its retries or its time are used up."""
        failures, is_in_doubt, settings = 0, False, self._settings
        while (
            failures <= settings.batch_retry_attempts
            and self._offset_seconds(call) < settings.operation_deadline
        ):
            verdict = self._connect(call) or self._try(call, call.method)
            if verdict is None or verdict.fault.kind in _ONLY_SLOW:
                self._breaker.succeeded()
                break
            is_in_doubt |= call.method == WRITE and verdict.fault.point in _LEAVES_DOUBT
            failures = self._failures_after(verdict, failures, call.lane)
        if is_in_doubt:
            self._try(call, READ)

    def _failures_after(self, verdict: Verdict, failures: int, lane: int) -> int:
        """Wait as the engine would; return the failures to count on from."""
        kind, settings = verdict.fault.kind, self._settings
        backoff = min(LONGEST_BACKOFF_SECONDS, settings.batch_retry_delay * 2**failures) / 2
        spent = settings.http_connection_timeout if kind in _WAITED_OUT else self._latency_seconds
        self._late_seconds[lane] += spent + backoff
        if kind == _REVOKES_TOKEN:
            self._get_token(lane)
        if kind in _FINAL:
            return settings.batch_retry_attempts + 1
        if kind in _SERVER_IS_WELL or getattr(verdict.fault, "code", 500) < 500:
            return failures + 1
        return 0 if self._breaker.failed() else failures + 1

    def _get_token(self, lane: int) -> None:
        """Ask for another token, as often as it takes."""
        for _ in range(self._settings.batch_retry_attempts + 1):
            self._tokens_count += 1
            identity = f"{TOKEN}#{self._tokens_count}"
            if self._try(PlannedCall(TOKEN, None, identity, 0.0, lane), TOKEN) is None:
                return

    def _connect(self, call: PlannedCall) -> Verdict | None:
        if call.lane in self._connections:
            return None
        self._accepted_count += 1
        live_count = len(set(self._connections.values())) + 1
        facts = connection_facts(self._accepted_count, self._offset_seconds(call), live_count)
        verdict = self._judge(facts)
        if verdict is None or verdict.fault.kind in _ONLY_SLOW:
            self._connections[call.lane] = self._accepted_count
            return None
        if self._connections:  # a client that gets no other connection makes do with one it has
            self._connections[call.lane] = next(iter(self._connections.values()))
        return verdict

    def _try(self, call: PlannedCall, method: str) -> Verdict | None:
        self._attempts[call.identity, method] += 1
        verdict = next((found for facts in self._stages(call, method) if (found := self._judge(facts))), None)
        if verdict is not None and verdict.fault.kind.startswith(("tcp.", "tls.")):
            self._connections.pop(call.lane, None)
        return verdict

    def _stages(self, call: PlannedCall, method: str) -> Iterator[CallFacts]:
        """Yield what is known of a try when it arrives, and what is known when it was read."""
        attempt = self._attempts[call.identity, method]
        arrived = CallFacts(
            method=method,
            presentation_id=call.presentation_id,
            identity=call.identity,
            attempt=attempt,
            offset_seconds=self._offset_seconds(call),
            connection=self._connections.get(call.lane, 0),
            headers={"X-Deckstorm-Operation": call.identity, "X-Deckstorm-Attempt": str(attempt)},
            stage="arrived",
        )
        kinds = _REQUEST_KINDS if method == WRITE else ()
        yield arrived
        yield replace(arrived, stage="read", request_kinds=kinds, user=CLIENT_EMAIL)

    def _offset_seconds(self, call: PlannedCall) -> float:
        return call.offset_seconds + self._late_seconds[call.lane] + self._breaker.held_seconds

    def _judge(self, facts: CallFacts) -> Verdict | None:
        judgement = self._book.judge(facts)
        self.counts.matched.update(judgement.matched)
        if judgement.verdict is not None:
            self.counts.fired[judgement.verdict.rule_id] += 1
            self._book.ended(judgement.verdict)
        return judgement.verdict


class _Breaker:
    """Failures in a row hold all calls up, each time for twice as long."""

    def __init__(self, settings: EngineSettings) -> None:
        self._settings = settings
        self.held_seconds = 0.0
        self.succeeded()

    def succeeded(self) -> None:
        self._failures_count = 0
        self._period_seconds = self._settings.circuit_breaker_timeout

    def failed(self) -> bool:
        """Count a failure; say whether the breaker is open now."""
        self._failures_count += 1
        is_open = (
            self._settings.breaker_enabled
            and self._failures_count >= self._settings.circuit_breaker_threshold
        )
        if is_open:
            self.held_seconds += self._period_seconds
            self._period_seconds = min(LONGEST_OPEN_SECONDS, 2 * self._period_seconds)
        return is_open
