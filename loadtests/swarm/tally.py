"""What many seeds came to together.  A thinking room."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from loadtests.swarm.trial import Trial


@dataclass(slots=True)
class Tally:
    """Sums of trials, as they come.

    Attributes:
        trials_count: how many trials there were, second ones of a seed among them.
        seeds_count: how many seeds; what follows is of the first trial of each.
        checked: how often each promise was looked at.
        broken: in how many seeds each promise did not hold.
        strikes: how often each rule struck.
        virtual_seconds: of all worlds together.
        failed: the trials in which a promise did not hold.
        unlike: seeds whose second run was not like the first; what broke only there is in `failed` too.
        deaths: what was said of workers that died, by seed.
    """

    trials_count: int = 0
    seeds_count: int = 0
    checked: Counter[str] = field(default_factory=Counter)
    broken: Counter[str] = field(default_factory=Counter)
    strikes: Counter[str] = field(default_factory=Counter)
    virtual_seconds: float = 0.0
    failed: list[Trial] = field(default_factory=list)
    unlike: list[int] = field(default_factory=list)
    deaths: dict[int, str] = field(default_factory=dict)
    _digests: dict[int, str] = field(default_factory=dict)

    def add(self, trial: Trial) -> None:
        """Take in a trial; a second one of the same seed is only held against the first."""
        self.trials_count += 1
        first = self._digests.get(trial.seed)
        if first is None:
            self._add_first(trial)
        elif first != trial.digest:
            self.unlike.append(trial.seed)
            self._add_broken(trial)

    def _add_first(self, trial: Trial) -> None:
        self._digests[trial.seed] = trial.digest
        self.seeds_count += 1
        self.checked.update(trial.checked_counts)
        self.strikes.update(trial.strikes)
        self.virtual_seconds += trial.virtual_seconds
        self._add_broken(trial)

    def _add_broken(self, trial: Trial) -> None:
        if trial.broken and all(trial.seed != known.seed for known in self.failed):
            self.broken.update({broken.promise for broken in trial.broken})
            self.failed.append(trial)

    def never_struck(self, vocabulary: Sequence[str]) -> list[str]:
        """Return the faults of a vocabulary that struck in no seed."""
        return [name for name in vocabulary if not self.strikes[name]]

    def as_dict(self) -> dict[str, Any]:
        """Return the tally as JSON-ready values."""
        return {
            "seeds": self.seeds_count,
            "virtual_seconds": self.virtual_seconds,
            "promises": {
                name: {"checked": count, "broken_in_seeds": self.broken[name]}
                for name, count in sorted(self.checked.items())
            },
            "strikes": dict(sorted(self.strikes.items())),
            "failed": [
                {
                    "seed": trial.seed,
                    "promise": broken.promise,
                    "at_seconds": broken.at_seconds,
                    "text": broken.text,
                }
                for trial in self.failed
                for broken in trial.broken[:1]
            ],
            "unlike": self.unlike,
            "workers_died": {str(seed): text for seed, text in self.deaths.items()},
        }
