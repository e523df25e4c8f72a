"""The `gates` section: what must stay true in this weather."""

import operator
import re
from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from fakeslides.scenario.section import Section
from fakeslides.scenario.units import Share, parse_share, plain_number

Metric = Literal[
    "ssl_record_layer_failures",
    "ssl_record_layer_attempts",
    "segmentation_faults",
    "cannot_be_applied_errors",
    "cannot_be_applied_attempts",
    "operation_completion_share",
    "speedup_over_sequential",
    "slide_success_share",
    "breaker_activation_share",
    "lost_edits",
    "duplicated_edits",
    "wrong_reports",
    "deck_differences",
]

# The interval is one-sided: a bound that is as likely wrong as right says nothing.
_HALF = 0.5

_REQUIREMENT = re.compile(r"(==|!=|>=|<=|>|<)\s*(\d{1,9}(?:\.\d{1,9})?)\s*(%?)")


class Comparison(StrEnum):
    """How a measurement is held against a gate's threshold."""

    EQUAL = "=="
    NOT_EQUAL = "!="
    AT_LEAST = ">="
    AT_MOST = "<="
    ABOVE = ">"
    BELOW = "<"


_HOLDS: dict[Comparison, Callable[[float, float], bool]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.NOT_EQUAL: operator.ne,
    Comparison.AT_LEAST: operator.ge,
    Comparison.AT_MOST: operator.le,
    Comparison.ABOVE: operator.gt,
    Comparison.BELOW: operator.lt,
}


class Requirement(Section):
    """A comparison and its threshold; shares are numbers between 0 and 1."""

    comparison: Comparison
    threshold: float
    is_share: bool = False

    def is_met_by(self, measured: float) -> bool:
        """Say whether a measurement is on the right side of the threshold."""
        return _HOLDS[self.comparison](measured, self.threshold)

    def __str__(self) -> str:
        if self.is_share:
            return f"{self.comparison} {plain_number(self.threshold * 100)}%"
        return f"{self.comparison} {plain_number(self.threshold)}"


def parse_requirement(text: object) -> Requirement:
    """Read a requirement such as `== 0`, `>= 2` or `> 95%`.

    Raises:
        ValueError: it is not a comparison with a number or a share.
    """
    if isinstance(text, Requirement):
        return text
    match = _REQUIREMENT.fullmatch(str(text).strip())
    if match is None:
        raise ValueError(
            f"{str(text)[:40]!r} is not a requirement; write a comparison, like '== 0' or '> 95%'"
        )
    threshold = parse_share(match[2] + "%") if match[3] else float(match[2])
    return Requirement(comparison=Comparison(match[1]), threshold=threshold, is_share=bool(match[3]))


class Gate(Section):
    """A promise that each setting is held to.

    With `confidence` a share passes only when its whole interval does; below `min_samples` the verdict is
    inconclusive.  Both are of shares only.
    """

    id: str = Field(min_length=1)
    metric: Metric
    require: Annotated[
        Requirement,
        BeforeValidator(parse_requirement),
        PlainSerializer(str, when_used="json"),
        WithJsonSchema({"type": "string", "examples": ["> 95%"]}),
    ]
    confidence: Share | None = None
    min_samples: int | None = Field(None, ge=1)

    @model_validator(mode="after")
    def _has_the_unit_of_its_metric(self) -> Self:
        if self.metric.endswith("_share") and not self.require.is_share:
            raise ValueError(f"{self.metric} is a share; write what it requires in percent, like '> 95%'")
        if self.require.is_share and not self.metric.endswith("_share"):
            raise ValueError(f"{self.metric} is not a share; write what it requires without a percent sign")
        return self

    @model_validator(mode="after")
    def _asks_for_samples_of_shares_only(self) -> Self:
        asked = [name for name in ("confidence", "min_samples") if getattr(self, name) is not None]
        if asked and not self.metric.endswith("_share"):
            raise ValueError(f"{self.metric} is not a share, so it has no samples; leave out {asked[0]}")
        if self.confidence is not None and not _HALF < self.confidence < 1:
            raise ValueError("a confidence lies above 50% and below 100%; write it like 95%")
        return self
