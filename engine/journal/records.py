"""The lines of a journal: one record each, with its length and its checksum.  Pure.

A line is `1 LENGTH CRC JSON`: the version of this schema, the length of the JSON in bytes, its CRC-32 in
hexadecimal digits, and the record itself.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from zlib import crc32

from engine.events import AttemptOutcome, Fate
from engine.plan.marks import Marks
from engine.plan.operations import ReplaceText

VERSION = 1
GIVEN = "given"
"""What stands for a strategy in a call of given requests, which keep their order."""


class JournalError(Exception):
    """A journal cannot be used; the text names the file, and the line if one is at fault."""


@dataclass(frozen=True, slots=True)
class CallBegun:
    """A caller's wish, with all that it takes to carry it out again.

    Attributes:
        call: its number in the journal, from 1.
        presentation_id: where.
        at_wall_seconds: Unix time.
        strategy: how edits become batches.
        batch_size: most entries of `requests` in one batch.
        operations: of each, its id, its slide, its pages, and the place of its text in the map.
        salt: goes into every digest of the call, and into the ids of what it makes.
        map_digest: of the replacements, or of the requests.
        text_map: what to find and what to put there, in order; None if texts are redacted, or if the call is
            of given requests.
        requests: what the caller gave, ids filled in; None if texts are redacted, or if it gave replacements.
        is_atomic: all of it is applied, or nothing.
        counted: of the objects in which requests count, digests of what they said.
        tenant: in whose name; None for the presentation's own.
    """

    call: int
    presentation_id: str
    at_wall_seconds: float
    strategy: str
    batch_size: int
    operations: tuple[tuple[str, str, tuple[str, ...], int], ...]
    salt: str
    map_digest: str
    text_map: tuple[tuple[str, str], ...] | None
    requests: tuple[Mapping[str, Any], ...] | None = None
    is_atomic: bool = False
    counted: Mapping[str, str] = field(default_factory=dict)
    tenant: str | None = None

    @property
    def redacts_texts(self) -> bool:
        """True if no text is kept."""
        return self.text_map is None and self.requests is None

    @property
    def is_of_requests(self) -> bool:
        """True if the caller gave requests, and not replacements."""
        return self.strategy == GIVEN

    def rebuilt(self, text_map: Mapping[str, str]) -> tuple[ReplaceText, ...]:
        """Return the operations as they were, given the replacements they were made from."""
        pairs = list(text_map.items())
        return tuple(
            ReplaceText(name, self.presentation_id, slide_id, pages, *pairs[place])
            for name, slide_id, pages, place in self.operations
        )


@dataclass(frozen=True, slots=True)
class GivenTerms:
    """What it takes to carry given requests out again.

    Attributes:
        batch_size: most of them in one batch.
        is_atomic: all are applied, or none.
        salt: goes into the ids of what they make.
        counted: of the objects in which they count, digests of what they say.
        tenant: in whose name; None for the presentation's own.
    """

    batch_size: int
    is_atomic: bool
    salt: str
    counted: Mapping[str, str]
    tenant: str | None = None


@dataclass(frozen=True, slots=True)
class Intended:
    """A batch is about to be sent; from here on it may have been applied.

    Attributes:
        call: whose.
        identity: of the batch.
        requests: the ids of the operations of each entry of `requests`, in order.
        attempt: the number of its first try.
        fence: the revision it requires.
        body_digest: SHA-256 of the bytes of its body.
        before_digest: of what its pages say at that revision.
        after_digest: of what they say once it was applied, if nobody else edits.
        before: what its pages say at that revision; None if texts are redacted.
        at_wall_seconds: Unix time.
        marks: what a batch of given requests is known by; None for one of replacements.
    """

    call: int
    identity: str
    requests: tuple[tuple[str, ...], ...]
    attempt: int
    fence: str | None
    body_digest: str
    before_digest: str
    after_digest: str
    before: Mapping[str, tuple[str, ...]] | None
    at_wall_seconds: float
    marks: Marks | None = None

    @property
    def operation_ids(self) -> tuple[str, ...]:
        """All operations, in the order of their requests."""
        return tuple(name for request in self.requests for name in request)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of the tries of a batch that was intended.

    Attributes:
        call: whose.
        identity: of the batch.
        outcome: of the last try.
        is_in_doubt: it may have been applied, or may yet be.
        revision_after: as answered; None if nothing was applied, or if it was not told.
    """

    call: int
    identity: str
    outcome: AttemptOutcome
    is_in_doubt: bool
    revision_after: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """Operations were given their fate; those of a batch share a line, as it was applied whole or not at all.

    Attributes:
        call: whose.
        operation_ids: which.
        fate: what was said to have become of them.
        error: why they were not applied; without its text if texts are redacted.
        is_final: a look has shown that nobody can tell any more, so an indeterminate fate stays.
    """

    call: int
    operation_ids: tuple[str, ...]
    fate: Fate
    error: str | None = None
    is_final: bool = False


Record = CallBegun | Intended | Answered | Settled


def encode(record: Record) -> bytes:
    """Return the line of a record, its newline included."""
    facts = {"kind": type(record).__name__, **asdict(record)}
    data = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return b"%d %d %08x %s\n" % (VERSION, len(data), crc32(data), data)


def decode(data: bytes, source: str) -> tuple[list[Record], int]:
    """Return the records of a journal, and how many bytes they take: a torn line at the end is left out.

    Args:
        data: all of the journal, or any beginning of it.
        source: its name, for messages.

    Raises:
        JournalError: a whole line is damaged, or of another version.
    """
    *lines, torn = data.split(b"\n")
    records = [_decode_line(line, f"{source}:{number}") for number, line in enumerate(lines, start=1)]
    return records, len(data) - len(torn)


def _marks(facts: dict[str, Any] | None) -> Marks | None:
    if facts is None:
        return None
    pairs = {
        name: {key: (before, after) for key, (before, after) in facts[name].items()}
        for name in ("texts", "counted")
    }
    return Marks(**{**facts, **pairs, "made": tuple(facts["made"]), "deleted": tuple(facts["deleted"])})


def _decode_line(line: bytes, place: str) -> Record:
    version, _, rest = line.partition(b" ")
    length, _, rest = rest.partition(b" ")
    checksum, _, data = rest.partition(b" ")
    if not version.isdigit() or b"%d %08x" % (len(data), crc32(data)) != b"%s %s" % (length, checksum):
        raise JournalError(f"{place}: this line is damaged: its length or checksum does not fit what it says")
    if int(version) != VERSION:
        raise JournalError(
            f"{place}: version {int(version)} of the journal; this program reads version {VERSION}"
        )
    try:
        return _record(json.loads(data.decode("utf-8", "surrogatepass")))
    except (KeyError, TypeError, ValueError):
        raise JournalError(f"{place}: this is no record of a journal's version {VERSION}") from None


def _record(facts: dict[str, Any]) -> Record:
    kind = facts.pop("kind")
    match kind:
        case "CallBegun":
            text_map = facts["text_map"]
            facts["text_map"] = None if text_map is None else tuple((find, value) for find, value in text_map)
            if facts.get("requests") is not None:
                facts["requests"] = tuple(facts["requests"])
            facts["operations"] = tuple(
                (name, slide_id, tuple(pages), place) for name, slide_id, pages, place in facts["operations"]
            )
            return CallBegun(**facts)
        case "Intended":
            before = facts["before"]
            facts["before"] = (
                None if before is None else {page: tuple(texts) for page, texts in before.items()}
            )
            facts["requests"] = tuple(map(tuple, facts["requests"]))
            facts["marks"] = _marks(facts.get("marks"))
            return Intended(**facts)
        case "Answered":
            return Answered(**{**facts, "outcome": AttemptOutcome(facts["outcome"])})
        case "Settled":
            names, fate = tuple(facts["operation_ids"]), Fate(facts["fate"])
            return Settled(**{**facts, "operation_ids": names, "fate": fate})
    raise ValueError(kind)
