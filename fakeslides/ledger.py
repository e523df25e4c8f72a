"""The server's truth: every request seen, struck, refused and applied, in the order in which they ended.

The ledger is what the load tests hold the engine's reports against, so it says what happened, not what the
client was told: a batch that was applied and whose answer was then reset is `committed`, whatever the client
saw.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class AppliedRequest:
    """One entry of `requests`, as far as an audit needs it.

    `occurrences` is how many matches a text replacement changed, None for other kinds.
    """

    kind: str
    body: dict[str, Any]
    occurrences: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What happened to one HTTP request.  Times are seconds of the server's clock since it started."""

    sequence: int
    arrived_at_seconds: float
    ended_at_seconds: float
    connection: int
    method: str
    presentation_id: str | None
    user: str | None
    identity: str | None
    attempt: int | None
    http_status: int | None
    committed: bool = False
    rule_id: str | None = None
    fault: str | None = None
    point: str | None = None
    organic: str | None = None
    message: str | None = None
    revision_before: str | None = None
    revision_after: str | None = None
    requests: Sequence[AppliedRequest] = field(default_factory=tuple)


class Ledger:
    """An append-only list of entries, with the counts that reports ask for.

    Attributes:
        listeners: called with every entry as it is appended; they must be quick and must not raise.
    """

    def __init__(self) -> None:
        self.listeners: list[Callable[[Entry], None]] = []
        self._entries: list[Entry] = []
        self._matched: Counter[str] = Counter()
        self._fired: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def since(self, count: int) -> Sequence[Entry]:
        """Return the entries after the first `count`."""
        return self._entries[count:]

    def append(self, entry: Entry) -> None:
        """Remember an entry; entries are never changed."""
        self._entries.append(entry)
        for listener in self.listeners:
            listener(entry)

    def clear(self) -> None:
        """Forget everything, counts included."""
        self._entries.clear()
        self._matched.clear()
        self._fired.clear()

    def count_match(self, rule_id: str) -> None:
        """Count that a rule applied to an attempt, whether or not it struck."""
        self._matched[rule_id] += 1

    def count_strike(self, rule_id: str) -> None:
        """Count that a rule struck."""
        self._fired[rule_id] += 1

    def fault_counts(self) -> dict[str, dict[str, int]]:
        """Return `{rule id: {"matched": n, "fired": n}}` for every rule that matched or struck at least once.

        A rule that looked at a connection before the counts began anew may strike it after that.
        """
        rules = sorted(self._matched.keys() | self._fired.keys())
        return {rule: {"matched": self._matched[rule], "fired": self._fired[rule]} for rule in rules}

    def as_ndjson(self) -> str:
        """Return one JSON object per line, in order."""
        return "".join(json.dumps(asdict(entry), ensure_ascii=False) + "\n" for entry in self._entries)
