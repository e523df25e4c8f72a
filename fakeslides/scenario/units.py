"""Quantities as scenario files write them: `300ms`, `5%`, `1/20`.  A number without its unit is refused.

The models hold plain floats: seconds, and shares between 0 and 1.
"""

import math
import re
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_SECONDS_PER_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*(ms|s|m|h)")
_SHARE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)\s*%")
_FRACTION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(?:/(\d{1,9}(?:\.\d{1,9})?))?")


def parse_duration_seconds(text: object) -> float:
    """Read a duration such as `300ms`, `1.4s`, `2m` or `1h`.

    Raises:
        ValueError: there is no unit, or it is not a duration at all.
    """
    match = _DURATION.fullmatch(str(text).strip())
    if match is None:
        raise ValueError(
            f"{_shown(text)} is not a duration; write a number and its unit, like 300ms, 20s or 2m"
        )
    return float(match[1]) * _SECONDS_PER_UNIT[match[2]]


def parse_share(text: object) -> float:
    """Read a share such as `5%` and return it as a number between 0 and 1.

    Raises:
        ValueError: the percent sign is missing, or the share is over 100 %.
    """
    match = _SHARE.fullmatch(str(text).strip())
    if match is None:
        raise ValueError(f"{_shown(text)} is not a share; write it in percent, like 5%")
    share = float(match[1]) / 100
    if share > 1:
        raise ValueError(f"{_shown(text)} is over 100 %; a share lies between 0% and 100%")
    return share


def parse_time_scale(text: object) -> float:
    """Read how long one scenario second lasts in real seconds: `1`, `0.05` or `1/20`.

    Raises:
        ValueError: it is not a number or fraction, or not above 0 and at most 1.
    """
    match = _FRACTION.fullmatch(str(text).strip())
    scale = math.nan
    if match is not None and float(match[2] or 1) > 0:
        scale = float(match[1]) / float(match[2] or 1)
    if not 0 < scale <= 1:
        raise ValueError(
            f"{_shown(text)} is not a time scale; write a number above 0 and at most 1, like 1/20"
        )
    return scale


def plain_number(number: float) -> str:
    """Write a number without an exponent, to nine places and no more than it needs."""
    return f"{number:.9f}".rstrip("0").rstrip(".")


def _write_seconds(seconds: float) -> str:
    return f"{plain_number(seconds)}s"


def _write_share(share: float) -> str:
    return f"{plain_number(share * 100)}%"


def _shown(value: object) -> str:
    text = str(value)
    return repr(text if len(text) <= 40 else text[:37] + "...")


def _schema(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


Seconds = Annotated[
    float,
    BeforeValidator(parse_duration_seconds),
    PlainSerializer(_write_seconds, when_used="json"),
    _schema(r"^\d+(\.\d+)?\s*(ms|s|m|h)$", "300ms"),
]
Share = Annotated[
    float,
    BeforeValidator(parse_share),
    PlainSerializer(_write_share, when_used="json"),
    _schema(r"^\d+(\.\d+)?\s*%$", "5%"),
]
TimeScale = Annotated[
    float,
    BeforeValidator(parse_time_scale),
    PlainSerializer(plain_number, when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                {"type": "string", "pattern": r"^\d+(\.\d+)?(/\d+(\.\d+)?)?$"},
            ],
            "examples": ["1/20"],
        }
    ),
]
