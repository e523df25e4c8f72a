"""What an operator may change, from `SCALAPAY_` environment variables: typed, bounded, frozen.

A variable is the field's name in capitals behind `SCALAPAY_`.  An empty variable counts as unset.  The
constructor looks at no environment, so that a test or a load test gets exactly what it asks for.
"""

import math
import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import ErrorDetails

PREFIX = "SCALAPAY_"


class Strategy(StrEnum):
    """How the edits of one call become batches."""

    SEQUENTIAL = "sequential"
    PER_SLIDE = "per_slide"
    SEMAPHORE = "semaphore"
    COALESCED = "coalesced"


class SettingsError(Exception):
    """One or more settings cannot be used.

    Its text has one line per problem: the variable, what was found, what is allowed.
    """


class EngineSettings(BaseModel):
    """The engine's settings; the environment variable of each is its name in capitals behind `SCALAPAY_`.

    Attributes:
        enable_concurrent_batch_operations: false makes all writes strictly sequential, whatever else is set.
        max_concurrent_slides: ceiling of attempts in flight; the adaptive limit moves below it.
        slides_api_batch_size: most entries of `requests` in one `batchUpdate`.
        batch_retry_attempts: tries after the first one.
        batch_retry_delay: base of the exponential backoff, seconds.
        circuit_breaker_threshold: failures in a row that open the breaker.
        circuit_breaker_timeout: length of the breaker's first open period, seconds.
        http_connection_pool_size: most connections to the API.
        http_connection_timeout: seconds one attempt may take.
        batch_strategy: how edits become batches.
        writes_per_minute: the write quota of the user whose credentials are used.
        reads_per_minute: the read quota of that user.
        project_writes_per_minute: the write quota of the credentials' project, all its users together.
        project_reads_per_minute: the read quota of that project.
        quota_use_share: the part of every quota the engine allows itself.
        operation_deadline: seconds after which an operation has its fate, whatever happens.
        max_queued_calls: most calls that wait or are carried out at once; one more is refused.
        max_calls_under_way: most calls carried out at once; the others wait, by turns of their tenants.
        cancellation_grace: seconds a write that was sent has to be answered after its caller was cancelled.
        drain_timeout: seconds that draining gives to what is in flight.
        include_notes: also edit the speaker notes of each slide.
        lock_enabled: one writer per presentation; off only to show what happens without.
        pacer_enabled: calls are spaced to fit the quota; off only to show what happens without.
        breaker_enabled: calls stop while the server fails; off only to show what happens without.
        pool_limit_enabled: the pool's size is enforced; off only to show what happens without.

    Raises:
        SettingsError: a value is of the wrong kind or out of bounds, or two values exclude each other.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    enable_concurrent_batch_operations: bool = True
    max_concurrent_slides: Annotated[int, Field(ge=1, le=100)] = 1
    slides_api_batch_size: Annotated[int, Field(ge=1, le=10_000)] = 100
    batch_retry_attempts: Annotated[int, Field(ge=0, le=100)] = 4
    batch_retry_delay: Annotated[float, Field(ge=0, le=300)] = 1.0
    circuit_breaker_threshold: Annotated[int, Field(ge=1, le=1_000)] = 5
    circuit_breaker_timeout: Annotated[float, Field(ge=0.01, le=300)] = 15.0
    http_connection_pool_size: Annotated[int, Field(ge=1, le=100)] = 3
    http_connection_timeout: Annotated[float, Field(ge=0.01, le=600)] = 30.0
    batch_strategy: Strategy = Strategy.COALESCED
    writes_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 60
    reads_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 600
    project_writes_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 600
    project_reads_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 3_000
    quota_use_share: Annotated[float, Field(ge=0.01, le=1)] = 0.9
    operation_deadline: Annotated[float, Field(ge=0.01, le=86_400)] = 900.0
    max_queued_calls: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    max_calls_under_way: Annotated[int, Field(ge=1, le=100_000)] = 1_000
    cancellation_grace: Annotated[float, Field(ge=0, le=600)] = 5.0
    drain_timeout: Annotated[float, Field(ge=0, le=600)] = 25.0
    include_notes: bool = True
    lock_enabled: bool = True
    pacer_enabled: bool = True
    breaker_enabled: bool = True
    pool_limit_enabled: bool = True

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None, **overrides: object) -> Self:
        """Read the settings from environment variables.

        Args:
            environ: the variables; the process's own by default.
            **overrides: fields by name, which win over their variables.  None leaves the variable's word.

        Raises:
            SettingsError: as for the constructor.
        """
        variables = os.environ if environ is None else environ
        found: dict[str, Any] = {name: variables.get(variable(name)) or None for name in cls.model_fields}
        found.update({name: value for name, value in overrides.items() if value is not None})
        return cls(**{name: value for name, value in found.items() if value is not None})

    @property
    def effective_strategy(self) -> Strategy:
        """The strategy that holds once the emergency switch is taken into account."""
        return self.batch_strategy if self.enable_concurrent_batch_operations else Strategy.SEQUENTIAL

    @property
    def in_flight_ceiling(self) -> int:
        """Most attempts in flight at once in the whole engine; 1 when writes are sequential."""
        return 1 if self.effective_strategy is Strategy.SEQUENTIAL else self.max_concurrent_slides

    @model_validator(mode="wrap")
    @classmethod
    def _say_it_our_way(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:  # noqa: ANN401 - pydantic hands in anything
        try:
            settings = handler(data)
        except ValidationError as error:
            raise SettingsError("\n".join(map(_problem, error.errors()))) from None
        _refuse_impossible_combinations(settings)
        return settings


def variable(name: str) -> str:
    """Return the environment variable of the field `name`."""
    return PREFIX + name.upper()


_QUOTAS = ("writes_per_minute", "reads_per_minute", "project_writes_per_minute", "project_reads_per_minute")


def _refuse_impossible_combinations(settings: EngineSettings) -> None:
    for name in _QUOTAS:
        quota = getattr(settings, name)
        if math.floor(quota * settings.quota_use_share) < 1:
            raise SettingsError(
                f"{variable('quota_use_share')}: {settings.quota_use_share:g} of {variable(name)}={quota} "
                f"leaves no call at all; expected a share of at least {1 / quota:.2g}"
            )


def _problem(error: ErrorDetails) -> str:
    name = str(error["loc"][0])
    known = EngineSettings.model_json_schema()["properties"]
    if name not in known:
        return f"{name}: there is no such setting; there are {', '.join(known)}"
    return f"{variable(name)}: expected {_allowed(known[name])}, got {error['input']!r}"


def _allowed(schema: Mapping[str, Any]) -> str:
    match schema:
        case {"type": "boolean"}:
            return "true or false"
        case {"type": kind, "minimum": low, "maximum": high}:
            return f"{'a whole number' if kind == 'integer' else 'a number'} from {low} to {high}"
    return f"one of {', '.join(Strategy)}"
