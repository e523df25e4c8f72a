"""What callers and their process do besides calling: whims, each drawn from a seed.  A thinking room."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from typing import Any

from loadtests.swarm.asks import Ask, drawn_asks, drawn_atomic

NEIGHBOURS_CALLS_COUNT = 5  # of each
_LONGEST_LIFE_STEPS = 3_000
_LONGEST_JOURNAL_LINES = 40
_MOST_KILLS_COUNT = 3
_LONGEST_REST_SECONDS = 20.0
_QUOTA_FILE_SHARE = 0.15
_TENANTS_SHARE = 0.3
_TENANTS = (*5 * ("acme",), "bolt", "cove")
_MOST_NEIGHBOURS_COUNT = 2


class Point(StrEnum):
    """Where a process can be killed."""

    STEP = "before step"
    BEFORE_LINE = "before line"
    WITHIN_LINE = "within line"
    AFTER_LINE = "after line"


@dataclass(frozen=True, slots=True)
class Kill:
    """The death of one process.

    Attributes:
        point: around which of its deeds: a step of its loop, or a line of its journal.
        number: which of these in its life, from 1; a life that has fewer is not cut short.
        rest_seconds: until the next one is started.
        survives_share: of what the disk had not yet taken; None: only the process dies, and all survives.
    """

    point: Point
    number: int
    rest_seconds: float = 1.0
    survives_share: float | None = None

    def __str__(self) -> str:
        cause = "is killed" if self.survives_share is None else "loses its power"
        return f"{cause} {self.point} {self.number}"


@dataclass(frozen=True, slots=True)
class Whims:
    """What callers do besides calling; decks are named by their place.

    Attributes:
        deadlines_seconds: callers who are in a hurry, and what they allow.
        cancels_at_seconds: callers who change their minds, and when.
        closes_at_seconds: when the engine is closed though calls are under way; None at the end only.
        drain_seconds: how long it is drained before that; None if it is closed without.
        begins_at_seconds: callers who do not call at once, and when they do.
        shared: decks that two callers edit at the same time, each its half of the slides.
        keeps_journal: whether the engine keeps a journal.
        redacts_journal: whether that keeps no texts.
        kills: of one process after the other; each next one goes on with the journal.
        asks: requests of any kind that callers give beside the texts, deck by deck.
        atomic: decks whose requests are applied together or not at all.
        shares_quota: whether the engine, and those after it, note their calls in a quota file.
        neighbours: other engines at the same time with that file, each with a deck of its own.
        tenants: in whose name decks are edited, where it is not their own.
    """

    deadlines_seconds: Mapping[int, float] = field(default_factory=dict)
    cancels_at_seconds: Mapping[int, float] = field(default_factory=dict)
    closes_at_seconds: float | None = None
    drain_seconds: float | None = None
    begins_at_seconds: Mapping[int, float] = field(default_factory=dict)
    shared: tuple[int, ...] = ()
    keeps_journal: bool = False
    redacts_journal: bool = False
    kills: tuple[Kill, ...] = ()
    asks: tuple[Ask, ...] = ()
    atomic: tuple[int, ...] = ()
    shares_quota: bool = False
    neighbours: int = 0
    tenants: Mapping[int, str] = field(default_factory=dict)

    def asks_for(self, place: int) -> list[Ask]:
        """Return the requests for a deck, in order."""
        return [ask for ask in self.asks if ask.place == place]

    def asked(self) -> dict[int, str]:
        """Return what is asked for of each deck of which something is, in words."""
        places = sorted({ask.place for ask in self.asks})
        return {place: ", ".join(map(str, self.asks_for(place))) for place in places}

    def listed(self) -> list[tuple[str, Any]]:
        """Return each whim by itself, by its kind."""
        return [
            *(("close", (at, self.drain_seconds)) for at in (self.closes_at_seconds,) if at is not None),
            *(("kill", kill) for kill in self.kills),
            *(("journal", True) for _ in range(self.keeps_journal)),
            *(("redact", True) for _ in range(self.redacts_journal)),
            *(("cancel", item) for item in self.cancels_at_seconds.items()),
            *(("deadline", item) for item in self.deadlines_seconds.items()),
            *(("begin", item) for item in self.begins_at_seconds.items()),
            *(("share", place) for place in self.shared),
            *(("ask", ask) for ask in self.asks),
            *(("atomic", place) for place in self.atomic),
            *(("quota file", True) for _ in range(self.shares_quota)),
            *(("neighbour", number) for number in range(self.neighbours)),
            *(("tenant", item) for item in self.tenants.items()),
        ]

    @classmethod
    def of(cls, listed: Iterable[tuple[str, Any]]) -> "Whims":
        """Return these whims, and the journal or the quota file that some of them take."""
        by_kind: dict[str, list[Any]] = {}
        for kind, item in listed:
            by_kind.setdefault(kind, []).append(item)
        closes_at, drain = next(iter(by_kind.get("close", ())), (None, None))
        return cls(
            deadlines_seconds=dict(by_kind.get("deadline", ())),
            cancels_at_seconds=dict(by_kind.get("cancel", ())),
            closes_at_seconds=closes_at,
            drain_seconds=drain,
            begins_at_seconds=dict(by_kind.get("begin", ())),
            shared=tuple(by_kind.get("share", ())),
            keeps_journal=not by_kind.keys().isdisjoint({"journal", "redact", "kill"}),
            redacts_journal="redact" in by_kind,
            kills=tuple(by_kind.get("kill", ())),
            asks=tuple(by_kind.get("ask", ())),
            atomic=tuple(by_kind.get("atomic", ())),
            shares_quota=not by_kind.keys().isdisjoint({"quota file", "neighbour"}),
            neighbours=len(by_kind.get("neighbour", ())),
            tenants=dict(by_kind.get("tenant", ())),
        )


def drawn_whims(presentations: int, storm_seconds: float, seed: int, dice: Random) -> Whims:
    """Return the whims of a seed.

    Args:
        presentations: how many decks there are.
        storm_seconds: how long faults may strike.
        seed: of whatever has dice of its own.
        dice: of the profile.
    """
    hurry_share, doubt_share = dice.choice((0.0, 0.0, 0.3)), dice.choice((0.0, 0.0, 0.3))
    # Most calls end early in a storm, so most callers change their minds early.
    moments = [
        (dice.uniform(1, storm_seconds), 0.05 + storm_seconds * dice.random() ** 3)
        for _ in range(presentations)
    ]
    closes_at = dice.uniform(0.5, storm_seconds)
    deadlines = {place: hurry for place, (hurry, _) in enumerate(moments) if dice.random() < hurry_share}
    cancels = {place: moment for place, (_, moment) in enumerate(moments) if dice.random() < doubt_share}
    closes = closes_at if dice.random() < 0.08 else None
    drains = dice.choice((None, 0.0, 2.0, 25.0))
    own = Random(f"lives {seed}")  # noqa: S311 - the same seed must bring the same whims
    late_share, shared_share = own.choice((0.0, 0.0, 0.5, 1.0)), own.choice((0.0, 0.0, 0.0, 0.5))
    late = [own.uniform(0, storm_seconds) for _ in range(presentations)]
    keeps_journal = own.random() < 0.5
    asks = drawn_asks(presentations, seed)
    return Whims(
        deadlines_seconds=deadlines,
        cancels_at_seconds=cancels,
        closes_at_seconds=closes,
        drain_seconds=None if closes is None else drains,
        begins_at_seconds={place: at for place, at in enumerate(late) if own.random() < late_share},
        shared=tuple(place for place in range(presentations) if own.random() < shared_share),
        keeps_journal=keeps_journal,
        redacts_journal=keeps_journal and own.random() < 0.3,
        kills=tuple(_kills(own)) if keeps_journal else (),
        asks=asks,
        atomic=drawn_atomic(asks, seed),
        tenants=_tenants(presentations, seed),
        **_quota_file(seed),
    )


def _tenants(presentations: int, seed: int) -> dict[int, str]:
    """Return who edits which decks, in some seeds: one has many, others have few; from dice of its own."""
    dice = Random(f"tenants {seed}")  # noqa: S311 - the same seed must bring the same whims
    if dice.random() >= _TENANTS_SHARE:
        return {}
    return {place: dice.choice(_TENANTS) for place in range(presentations)}


def _quota_file(seed: int) -> dict[str, Any]:
    """Return whether there is a quota file, and who else has it; from dice of its own."""
    dice = Random(f"quota file {seed}")  # noqa: S311 - the same seed must bring the same whims
    if dice.random() >= _QUOTA_FILE_SHARE:
        return {}
    return {"shares_quota": True, "neighbours": dice.choice((0, 0, 1, _MOST_NEIGHBOURS_COUNT))}


def _kills(dice: Random) -> Sequence[Kill]:
    return [_kill(dice) for _ in range(dice.choice((0, 1, 1, 2, _MOST_KILLS_COUNT)))]


def _kill(dice: Random) -> Kill:
    point = dice.choice((Point.STEP, Point.STEP, *Point))
    most = _LONGEST_LIFE_STEPS if point is Point.STEP else _LONGEST_JOURNAL_LINES
    return Kill(
        point=point,
        # As often among the first ten as among the next ninety: there is most to go wrong at the beginning.
        number=round(most ** dice.random()),
        rest_seconds=dice.uniform(0.01, _LONGEST_REST_SECONDS),
        survives_share=dice.choice((None, None, dice.random())),
    )
