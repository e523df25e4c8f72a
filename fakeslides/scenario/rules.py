"""The `phases` and `faults` sections: which fault strikes which attempts, when and how often."""

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, PositiveInt, Tag, WithJsonSchema, model_validator

from fakeslides.scenario.fault_kinds import Fault
from fakeslides.scenario.request_kinds import RequestKind
from fakeslides.scenario.section import Section
from fakeslides.scenario.units import Seconds, Share

Method = Literal[
    "presentations.get",
    "presentations.batchUpdate",
    "presentations.create",
    "presentations.pages.get",
    "token",
]
Draw = Literal["attempt", "operation", "connection"]

_NUMBER_SCHEMA = {"type": "integer", "minimum": 1}


def _as_list(value: object) -> object:
    """One number stands for a list of one."""
    return [value] if isinstance(value, str | int) else value


Numbers = Annotated[
    tuple[PositiveInt, ...],
    Field(min_length=1),
    BeforeValidator(_as_list),
    WithJsonSchema({"anyOf": [_NUMBER_SCHEMA, {"type": "array", "items": _NUMBER_SCHEMA, "minItems": 1}]}),
]


class Phase(Section):
    """A stretch of the scenario.  Offsets count from the first API call; the last phase lasts for ever."""

    name: str = Field(min_length=1)
    for_seconds: Seconds = Field(alias="for")


class Where(Section):
    """Which calls a rule looks at; a part left out means all.

    Getting a token is no call of the Slides API, so only a rule that names `token` looks at it.
    `presentation` and `user` are names or globs; `request` is a kind of Google's, such as `replaceAllText`,
    one of which must be in the batch; `header` maps header names to globs; `connection` counts TLS
    connections from 1 in the order in which they were accepted.
    """

    method: Method | None = None
    presentation: str | None = Field(None, min_length=1)
    request: RequestKind | None = None
    header: dict[str, str] | None = Field(None, min_length=1)
    connection: Numbers | None = None
    user: str | None = Field(None, min_length=1)


class OffsetRange(Section):
    """A stretch between two offsets from the first API call; `to` itself is outside, and may be left out."""

    from_seconds: Seconds = Field(0.0, alias="from")
    to_seconds: Seconds | None = Field(None, alias="to")

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if self.to_seconds is not None and self.to_seconds <= self.from_seconds:
            raise ValueError("`to` is not after `from`; swap them or make the stretch longer")
        return self


class When(Section):
    """In which phase and on which attempts of an operation a rule looks; a part left out means all.

    `nth` counts the calls that everything else in `where` and `when` lets through, in order of their coming.
    """

    phase: str | None = None
    offset: OffsetRange | None = None
    attempt: Numbers | None = None
    nth: Numbers | None = None


class Ramp(Section):
    """A share that goes in a straight line over the rule's `when.offset` or phase, and then stays."""

    from_share: Share = Field(alias="from")
    to_share: Share = Field(alias="to")


class Burst(Section):
    """Strikes that come in a row: a two-state chain (E. N. Gilbert, 1960).

    At each step good weather turns bad with the share `enter`, and bad weather good with the share `leave`,
    so that `enter / (enter + leave)` of the steps are bad, `1 / leave` in a row.  With `draw: attempt` each
    call the rule looks at is a step, with `draw: operation` each attempt of one operation, and with
    `draw: connection` each connection.
    """

    enter: Share
    leave: Share

    @model_validator(mode="after")
    def _moves_both_ways(self) -> Self:
        if not self.enter or not self.leave:
            raise ValueError("a burst that never begins or never ends is none; write shares above 0%")
        return self

    @property
    def stationary_share(self) -> float:
        """The share of steps in bad weather."""
        return self.enter / (self.enter + self.leave)


class Strike(Section):
    """One try to be struck: which attempt of which operation.

    `operation` is what the client's `X-Deckstorm-Operation` header says and the ledger calls `identity`.
    """

    operation: str = Field(min_length=1)
    attempt: PositiveInt = 1


def _form_of_rate(value: object) -> str:
    return "ramp" if isinstance(value, dict | Ramp) else "share"


Rate = Annotated[
    Annotated[Share, Tag("share")] | Annotated[Ramp, Tag("ramp")],
    Discriminator(_form_of_rate),
]


class Often(Section):
    """How many of the calls it looks at a rule strikes.

    A share (or a ramp), the first `count`, every n-th, those of a `sequence`, or bursts.
    """

    rate: Rate | None = None
    count: int | None = Field(None, ge=1)
    every: int | None = Field(None, ge=1)
    sequence: tuple[Strike, ...] | None = Field(None, min_length=1)
    burst: Burst | None = None

    @model_validator(mode="after")
    def _has_one_form(self) -> Self:
        self.only_key_of("rate", "count", "every", "sequence", "burst")
        return self


class Limit(Section):
    """How many strikes of a rule may be under way at once, and how many there may be in all."""

    active: int | None = Field(None, ge=1)
    total: int | None = Field(None, ge=1)

    @model_validator(mode="before")
    @classmethod
    def _limits_something(cls, data: Any) -> Any:  # noqa: ANN401 - whatever the file holds
        if data == {}:
            raise ValueError("is empty; give active, total or both, or leave the key out")
        return data


class ExpectFired(Section):
    """How often the fault must strike in each setting for a verdict to mean anything."""

    at_least: int = Field(1, ge=1)


class FaultRule(Section):
    """One line of weather.

    `draw: attempt` decides anew for each attempt of an operation, `draw: operation` once for all of them, and
    `draw: connection` once for all calls on a connection.
    """

    id: str = Field(min_length=1)
    where: Where = Where()
    when: When = When()
    often: Often
    draw: Draw = "attempt"
    fault: Fault
    limit: Limit | None = None
    expect_fired: ExpectFired | None = None
