"""The `phases` and `faults` sections: which fault strikes which attempts, when and how often."""

from typing import Literal, Self

from pydantic import Field, PositiveInt, model_validator

from fakeslides.scenario.fault_kinds import Fault
from fakeslides.scenario.section import Section
from fakeslides.scenario.units import Seconds, Share

Method = Literal[
    "presentations.get",
    "presentations.batchUpdate",
    "presentations.create",
    "presentations.pages.get",
    "token",
]


class Phase(Section):
    """A stretch of the scenario.  Offsets count from the first API call; the last phase lasts for ever."""

    name: str = Field(min_length=1)
    for_seconds: Seconds = Field(alias="for")


class Where(Section):
    """Which calls a rule looks at; a part left out means all.

    Getting a token is no call of the Slides API, so only a rule that names `token` looks at it.
    `presentation` is an id or a glob.
    """

    method: Method | None = None
    presentation: str | None = Field(None, min_length=1)


class When(Section):
    """In which phase and on which attempts of an operation a rule looks; a part left out means all."""

    phase: str | None = None
    attempt: tuple[PositiveInt, ...] | None = Field(None, min_length=1)


class Often(Section):
    """How many of the calls it looks at a rule strikes: a share, the first `count`, or every n-th."""

    rate: Share | None = None
    count: int | None = Field(None, ge=1)
    every: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _has_one_form(self) -> Self:
        self.only_key_of("rate", "count", "every")
        return self


class ExpectFired(Section):
    """How often the fault must strike in each setting for a verdict to mean anything."""

    at_least: int = Field(1, ge=1)


class FaultRule(Section):
    """One line of weather.

    `draw: attempt` decides anew for each attempt of an operation; `draw: operation` once for all of them.
    """

    id: str = Field(min_length=1)
    where: Where = Where()
    when: When = When()
    often: Often
    draw: Literal["attempt", "operation"] = "attempt"
    fault: Fault
    expect_fired: ExpectFired | None = None
