"""One HTTP request on its way through the server, noted down for the ledger as it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fakeslides.api.methods import Performed
from fakeslides.api.router import Call
from fakeslides.faults.calls import CallFacts, Verdict
from fakeslides.ledger import Entry
from fakeslides.scenario.stages import Stage


@dataclass(slots=True)
class Exchange:
    """What is known so far of one request; `entry` turns it into a line of the ledger.

    `http_status` is what the client was told, None if it holds no whole answer.
    """

    call: Call
    connection: int
    arrived_at_seconds: float
    identity: str
    attempt: int
    headers: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    user: str | None = None
    verdict: Verdict | None = None
    organic: str | None = None
    organic_fault: str | None = None
    performed: Performed = field(default_factory=lambda: Performed({}))
    http_status: int | None = None
    message: str | None = None

    def facts(
        self, offset_seconds: float, stage: Stage = "read", request_kinds: Sequence[str] = ()
    ) -> CallFacts:
        """Return what fault rules may ask of the call, as far as it is known at `stage`."""
        return CallFacts(
            method=self.call.method,
            presentation_id=self.call.presentation_id,
            identity=self.identity,
            attempt=self.attempt,
            offset_seconds=offset_seconds,
            connection=self.connection,
            request_kinds=tuple(request_kinds),
            headers=self.headers,
            user=self.user,
            stage=stage,
        )

    def entry(self, sequence: int, ended_at_seconds: float) -> Entry:
        """Return the ledger's line."""
        fault = self.verdict.fault if self.verdict else None
        kind = fault.kind if fault else self.organic_fault
        return Entry(
            sequence=sequence,
            arrived_at_seconds=self.arrived_at_seconds,
            ended_at_seconds=ended_at_seconds,
            connection=self.connection,
            method=self.call.method,
            presentation_id=self.call.presentation_id,
            user=self.user,
            identity=self.identity,
            attempt=self.attempt,
            http_status=self.http_status,
            committed=self.performed.is_committed,
            rule_id=self.verdict.rule_id if self.verdict else None,
            fault=kind,
            point=fault.point if fault else None,
            organic=self.organic,
            message=self.message,
            revision_before=self.performed.revision_before,
            revision_after=self.performed.revision_after,
            requests=self.performed.applied,
        )
