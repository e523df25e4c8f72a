"""What a promise is: something that must be true in every run, whatever the weather."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.events import Event
from engine.journal.replay import CallState
from engine.settings import EngineSettings
from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from loadtests.audit import Audit
from loadtests.measurements import ClientLog, Document
from loadtests.swarm.request_audit import Asked, RequestAudit


@dataclass(frozen=True, slots=True)
class Broken:
    """A promise that did not hold: its name, when on the world's clock, and what was seen."""

    promise: str
    at_seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a run's promises are held against.

    Attributes:
        settings: of the engine.
        scenario: the weather.
        started_at_seconds: when the server started, on the world's clock; its ledger counts from there.
        engines_count: how many there are at a time, of which one is listened to.
        tenants: in whose name each presentation is edited; where it is not named, in its own.
    """

    settings: EngineSettings
    scenario: Scenario
    started_at_seconds: float
    engines_count: int = 1
    tenants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Encore:
    """A call made when the storm was over, on a deck that had seen it."""

    presentation_id: str
    was_applied: bool
    told: str


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run came to its end.

    Attributes:
        log: all that the client told before the encore.
        unfinished: calls that had not ended when they should have.
        overtimes_seconds: by how much each call of the last process outlasted what it was given, by its name.
        encores: calls after the storm.
        surprises: what calls raised that is no error of the engine's.
        closing_seconds: how long the engine took to close.
        leftovers: what the engine still held then, in words; empty if nothing.
        asked: the requests of any kind that were given beside the texts.
        shares_quota: all engines, whenever they lived, noted their calls in one quota file.
        calls: where the journal said before the encore that each call stood, by number; empty without one.
        lives_began_at_seconds: when each process of the client was started, on the world's clock.
    """

    log: ClientLog
    unfinished: Sequence[str] = ()
    overtimes_seconds: Mapping[str, float] = field(default_factory=dict)
    encores: Sequence[Encore] = ()
    surprises: Sequence[str] = ()
    closing_seconds: float = 0.0
    leftovers: Sequence[str] = ()
    calls: Mapping[int, CallState] = field(default_factory=dict)
    asked: Sequence[Asked] = ()
    shares_quota: bool = False
    lives_began_at_seconds: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What is left when a run is over.

    Attributes:
        ending: how it came to its end.
        at_seconds: when that was, on the world's clock.
        audit: of all that the client told before the encore.
        ledger: the server's, complete.
        documents: the decks as they are now.
        surprises: what was raised that nobody had promised, wherever it was.
        survey: what the server answered to questions of ours, by question.
        requests: the audit of requests of any kind.
        told_to_neighbours: what other engines told of their edits and is not so, in words.
    """

    ending: Ending
    at_seconds: float
    audit: Audit
    ledger: Sequence[Entry]
    documents: Mapping[str, Document]
    surprises: Sequence[str]
    survey: Mapping[str, Any]
    requests: RequestAudit = field(default_factory=RequestAudit)
    told_to_neighbours: Sequence[str] = ()


class Promise:
    """One promise, watched over in one run.

    Subclasses say what they watch: `heard` is called with every event of the engine, `seen` with every entry
    of the server's ledger, both as they come, and `ended` once, when all is over.

    Attributes:
        broken: each time it did not hold.
        checked_count: how often it was looked at.
    """

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.broken: list[Broken] = []
        self.checked_count = 0

    @property
    def name(self) -> str:
        """The promise in words: the class's name."""
        return type(self).__name__

    def heard(self, event: Event) -> None:
        """Watch an event of the engine."""

    def seen(self, entry: Entry) -> None:
        """Watch an entry of the ledger."""

    def killed(self, at_seconds: float, *, loses_power: bool) -> None:
        """Watch the death of the client's process: what it held is nobody's, and what it had open is gone.

        Args:
            at_seconds: when, on the world's clock.
            loses_power: the machine died, and with it what the disk had not yet taken.
        """

    def ended(self, aftermath: Aftermath) -> None:
        """Look at what is left."""

    def require(self, holds: bool, at_seconds: float, text: str) -> None:  # noqa: FBT001 - what is asked
        """Note that the promise was looked at, and that it did not hold if it did not."""
        self.checked_count += 1
        if not holds:
            self.broken.append(Broken(self.name, at_seconds, text))
