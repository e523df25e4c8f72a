"""One try as both sides have it, on one clock, and what struck it.  A thinking room."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault that befell a try, or a connection that carried none yet.

    Attributes:
        at_seconds: when what it befell was over for the server.
        rule_id: the rule that struck; None when load did.
        kind: of the fault; None where a cause such as a full quota speaks for itself.
        point: where in the call it struck, if it was a rule's.
        organic: what load brought about: quota, connection_limit, overlapping_write; None for a rule's.
        identity: of the try; None where nobody said who it was.
    """

    at_seconds: float
    rule_id: str | None
    kind: str | None
    point: str | None
    organic: str | None
    identity: str | None

    @property
    def name(self) -> str:
        """The rule's id, or such as `organic:quota`."""
        return self.rule_id or f"organic:{self.organic}"


@dataclass(frozen=True, slots=True)
class Seen:
    """A try as the server has it.

    Attributes:
        arrived_at_seconds: when its request came.
        ended_at_seconds: when the server was done with it.
        connection: the ordinal of the connection that carried it, from 1.
        http_status: what the client was told; None if it got no whole answer.
        committed: it changed the presentation.
        user: whose quota it was counted for; None if nobody's.
        message: the error's text, as answered.
        revision_before: the revision it found, if it changed anything.
        revision_after: the revision it made, likewise.
        replaced_count: matches that its text replacements changed.
    """

    arrived_at_seconds: float
    ended_at_seconds: float
    connection: int
    http_status: int | None
    committed: bool
    user: str | None = None
    message: str | None = None
    revision_before: str | None = None
    revision_after: str | None = None
    replaced_count: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, as told by the client, seen by the server, or both.

    Attributes:
        identity: of its batch, or of the read; the method where nobody said.
        number: of the try, from 1.
        presentation_id: None for what concerns none, such as a token.
        method: Google's name of the call, or the ledger's of what is none.
        sent_at_seconds: when it began; for one that the client never told of, when it arrived.
        ended_at_seconds: when it ended for the client, or else for the server; None if it was under way when
            the run ended.
        outcome: how it ended, in the client's words; None if it never said.
        operation_ids: what it carried.
        is_trial: the breaker was half-open, and this try was to find out.
        http_status: as the client read it.
        error_class: what the client raised.
        error_text: likewise.
        is_tls_failure: TLS was what broke.
        waits_seconds: what was waited for before it, by reason, in the order of waiting.
        seen: the server's side; None if it never got there.
        strike: what befell it.
    """

    identity: str
    number: int
    presentation_id: str | None
    method: str
    sent_at_seconds: float
    ended_at_seconds: float | None
    outcome: str | None = None
    operation_ids: tuple[str, ...] = ()
    is_trial: bool = False
    http_status: int | None = None
    error_class: str | None = None
    error_text: str | None = None
    is_tls_failure: bool = False
    waits_seconds: Mapping[str, float] = field(default_factory=dict)
    seen: Seen | None = None
    strike: Strike | None = None

    @property
    def committed(self) -> bool:
        """The ledger says that it changed the presentation."""
        return self.seen is not None and self.seen.committed

    @property
    def is_told(self) -> bool:
        """The client spoke of it."""
        return self.outcome is not None or self.ended_at_seconds is None
