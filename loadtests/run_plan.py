"""What all settings of a sweep have in common."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from fakeslides.decks import Deck, load_decks, workload_decks
from fakeslides.scenario.model import Scenario
from loadtests.expectation import edits_of
from loadtests.measurements import Setting
from loadtests.world import CLIENT_COMMAND

ClockName = Literal["real", "virtual"]


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What all settings of a sweep have in common.

    Attributes:
        name: the scenario's.
        scenario: the weather.
        scenario_file: where it is written.
        seed: of the first repeat; each further one adds 1, so that repeats see different weather.
        time_scale: real seconds per second of the scenario's clock.
        deck_files: saved decks to edit instead of the workload's.
        engine: fields of `EngineSettings` that win over the environment; the setting's own win over these.
        client_command: starts a client that reads a `ClientSpec` from standard input.
        grace_seconds: real time given to a client beyond its operations' deadline, for starting and ending.
        clock: real processes in real time, or a world in memory in virtual time.
    """

    name: str
    scenario: Scenario
    scenario_file: Path
    seed: int
    time_scale: float
    deck_files: Sequence[Path] = ()
    engine: Mapping[str, Any] = field(default_factory=dict)
    client_command: Sequence[str] = CLIENT_COMMAND
    grace_seconds: float = 10.0
    clock: ClockName = "real"

    def seed_of(self, setting: Setting) -> int:
        """Return the seed of the setting's repeat."""
        return self.seed + setting.repeat - 1

    def decks(self, setting: Setting) -> list[Deck]:
        """Return the decks to edit."""
        if self.deck_files:
            return load_decks(self.deck_files)
        return workload_decks(self.scenario.workload, self.seed_of(setting))

    def engine_settings(self, setting: Setting) -> dict[str, Any]:
        """Return the fields of `EngineSettings` that this setting decides."""
        return {
            **self.engine,
            "batch_strategy": setting.strategy,
            "max_concurrent_slides": setting.concurrency,
        }

    def edits_count(self) -> int:
        """Return how many edits each setting makes."""
        return sum(len(edits_of(deck.document, deck.replacements)) for deck in self.decks(Setting("", 1)))
