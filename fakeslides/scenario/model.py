"""A scenario: one file, one kind of weather, and what must stay true in it.

`fakeslides.scenario.loader` reads one from a file and checks what spans sections (names that must exist, ids
that must be unique); the models here check each section by itself.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from fakeslides.scenario.gates import Gate
from fakeslides.scenario.rules import FaultRule, Phase
from fakeslides.scenario.section import Section
from fakeslides.scenario.server import Server
from fakeslides.scenario.units import TimeScale

StrategyName = Literal["sequential", "per_slide", "semaphore", "coalesced"]

# As high as the engine's own setting goes.
Concurrency = Annotated[int, Field(ge=1, le=100)]

_STRATEGIES: tuple[StrategyName, ...] = ("sequential", "per_slide", "semaphore", "coalesced")


def _check_version(version: object) -> int:
    if str(version) != "1":
        raise ValueError(f"version {str(version)[:20]!r} is not known here; write `version: 1`")
    return 1


class Workload(Section):
    """The decks to edit: how many, how many slides each, how many keys to replace on each slide."""

    presentations: int = Field(4, ge=1, le=1000)
    slides: int = Field(4, ge=1, le=1000)
    replacements: int = Field(3, ge=1, le=1000)
    deck: Literal["realistic", "problematic"] = "realistic"


class SweepSettings(Section):
    """The settings a sweep goes through: every strategy at every concurrency."""

    strategy: tuple[StrategyName, ...] = Field(_STRATEGIES, min_length=1)
    concurrency: tuple[Concurrency, ...] = Field((1, 2, 3, 5, 8), min_length=1)


class Scenario(Section):
    """A whole scenario file.

    One scenario second takes `time_scale` real seconds, so that a minute of quota passes in moments.
    """

    version: Annotated[int, BeforeValidator(_check_version), WithJsonSchema({"const": 1})]
    promise: str = Field(min_length=1)
    seed: int = Field(0, ge=0)
    time_scale: TimeScale = 1.0
    server: Server = Server()
    phases: tuple[Phase, ...] = ()
    faults: tuple[FaultRule, ...] = ()
    workload: Workload = Workload()
    settings: SweepSettings = SweepSettings()
    gates: tuple[Gate, ...] = ()
