"""Every metric there is: name, help, labels, buckets.

Names, units and suffixes follow the conventions of Prometheus: base units, `_total` on what only grows.
Every metric has the label `engine`.  No label ever holds an id or a text of a customer's.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

ATTEMPT_BUCKETS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0)
LONG_BUCKETS = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0)


class Families:
    """The metrics of one registry, shared by all engines that are told apart in it.

    Raises:
        ValueError: the registry has them already.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._add_operations()
        self._add_attempts()
        self._add_safeguards()
        self._add_success()
        self._add_quota()

    def _add_operations(self) -> None:
        self.operations_accepted = self._counter("operations_accepted", "Edits taken on.")
        self.operations_settled = self._counter("operations_settled", "Edits that have their fate.", "fate")
        self.operations_not_applied = self._counter(
            "operations_not_applied",
            "Edits that were not applied, by what ended them.",
            "fate",
            "error_class",
        )
        self.calls_turned_away = self._counter(
            "calls_turned_away", "Calls refused since they would have had to wait too long."
        )
        self.operations_open = self._gauge("operations_open", "Edits taken on that have no fate yet.")
        self.operation_duration = self._histogram(
            "operation_duration_seconds", "From taking an edit on to its fate.", LONG_BUCKETS, "fate"
        )

    def _add_attempts(self) -> None:
        self.attempts = self._counter(
            "attempts", "HTTP tries that ended.", "method", "outcome", "status_class", "error_class"
        )
        self.attempt_duration = self._histogram(
            "attempt_duration_seconds",
            "From sending to the end of a try.",
            ATTEMPT_BUCKETS,
            "method",
            "outcome",
        )
        self.attempt_wait = self._histogram(
            "attempt_wait_seconds", "What a try waited for before it was sent.", LONG_BUCKETS, "reason"
        )
        self.in_flight = self._gauge("attempts_in_flight", "HTTP tries that have leave and have not ended.")
        self.in_flight_limit = self._gauge("attempts_in_flight_limit", "How many may be in flight now.")

    def _add_safeguards(self) -> None:
        self.breaker_state = self._gauge(
            "breaker_state", "1 for the state the breaker is in, 0 for the others.", "key", "state"
        )
        self.breaker_changes = self._counter(
            "breaker_changes", "Changes of a breaker's state.", "key", "before", "after"
        )
        self.breaker_controls = self._counter(
            "breaker_controls", "Times that a person switched a breaker, by what to.", "kind", "mode"
        )
        self.limit_changes = self._counter("limit_changes", "Changes of the limit in flight.", "reason")
        self.retries_held_back = self._counter(
            "retries_held_back", "Retries that waited because too many were made already."
        )
        self.presentations_held = self._gauge("presentations_held", "Presentations a batch has to itself.")
        self.presentations_waited_for = self._gauge(
            "presentations_waited_for", "Presentations that at least one batch waits for."
        )

    def _add_success(self) -> None:
        where = "caller: edits that ended so; wire: tries that did"
        self.tls_failures = self._counter("tls_failures", f"Failures of TLS ({where}).", "where")
        self.cannot_be_applied = self._counter(
            "cannot_be_applied", f'Answers "This request cannot be applied" ({where}).', "where"
        )
        self.met_open_breaker = self._counter(
            "operations_met_open_breaker", "Edits that met a breaker that was not closed."
        )

    def _add_quota(self) -> None:
        self.quota_used = self._gauge(
            "quota_used_calls", "Calls sent in the last minute, and those under way.", "kind"
        )
        self.quota_allowed = self._gauge(
            "quota_allowed_calls",
            "Calls a minute that the pacer allows, as of the last one admitted.",
            "kind",
        )
        self.quota = self._gauge("quota_calls", "Calls a minute that the settings say Google allows.", "kind")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"deckstorm_{name}", text, ("engine", *labels), registry=self._registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"deckstorm_{name}", text, ("engine", *labels), registry=self._registry)

    def _histogram(self, name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        names = ("engine", *labels)
        return Histogram(f"deckstorm_{name}", text, names, registry=self._registry, buckets=buckets)
