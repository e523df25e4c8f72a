"""From a seed that breaks a promise to the least that breaks it: fewest faults, whims, settings and decks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from fakeslides.ledger import Entry
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.rules import FaultRule, Often, Strike, When
from loadtests.struck import where_of
from loadtests.swarm.ddmin import fewest
from loadtests.swarm.episode import Episode
from loadtests.swarm.profile import STORM, Profile
from loadtests.swarm.whims import Whims

Live = Callable[[Profile], Episode]
_SIZES = ("presentations", "slides", "replacements")


class Shrinking:
    """Makes a failing profile smaller, step by step, and keeps to what still breaks the same promise.

    Args:
        live: lives through a profile.
        on_kept: told of each profile that still breaks the promise, as it is found.

    Attributes:
        least: the smallest episode so far that breaks the promise; None before there is one.
        tries_count: how many episodes were lived through for it.
    """

    def __init__(self, live: Live, on_kept: Callable[[Profile], None] = lambda _: None) -> None:
        self._live, self._on_kept = live, on_kept
        self._promise = ""
        self.least: Episode | None = None
        self.tries_count = 0

    def smallest(self, failed: Episode) -> Episode:
        """Return the smallest episode found that breaks the promise that `failed` broke first."""
        self._promise = failed.broken[0].promise
        profile = failed.profile
        by_try = replace(profile, scenario=struck_again(profile.scenario, failed.ledger))
        if self._still_breaks(by_try):
            profile = by_try
        # Few decks first may leave one that needs many faults, and few faults first a deck far back.
        decks_first = (self._fewer_decks, self._fewer_faults, self._fewer_whims, self._fewer_settings)
        faults_first = (self._fewer_faults, self._fewer_decks, self._fewer_whims, self._fewer_settings)
        for steps in (decks_first, faults_first):
            self._in_steps(profile, steps)
        return self.least or failed

    def _in_steps(self, profile: Profile, steps: Sequence[Callable[[Profile], Profile]]) -> None:
        before = None
        while profile != before:
            before = profile
            for step in steps:
                profile = step(profile)

    def _still_breaks(self, profile: Profile) -> bool:
        self.tries_count += 1
        episode = self._live(profile)
        is_broken = any(broken.promise == self._promise for broken in episode.broken)
        if is_broken:
            self._on_kept(profile)
            if self.least is None or _size(profile) < _size(self.least.profile):
                self.least = episode
        return is_broken

    def _fewer_faults(self, profile: Profile) -> Profile:
        def with_rules(rules: Sequence[FaultRule]) -> Profile:
            return replace(profile, scenario=profile.scenario.model_copy(update={"faults": tuple(rules)}))

        rules = profile.scenario.faults
        return with_rules(fewest(rules, lambda fewer: self._still_breaks(with_rules(fewer))))

    def _fewer_whims(self, profile: Profile) -> Profile:
        def with_whims(kept: Sequence[tuple[str, Any]]) -> Profile:
            return replace(profile, whims=Whims.of(kept))

        every = profile.whims.listed()
        return with_whims(fewest(every, lambda fewer: self._still_breaks(with_whims(fewer))))

    def _fewer_settings(self, profile: Profile) -> Profile:
        def with_settings(kept: Sequence[tuple[str, Any]]) -> Profile:
            return replace(profile, engine=dict(kept))

        every = list(profile.engine.items())
        return with_settings(fewest(every, lambda fewer: self._still_breaks(with_settings(fewer))))

    def _fewer_decks(self, profile: Profile) -> Profile:
        for name in _SIZES:
            profile = self._less_of(name, profile)
        return profile

    def _less_of(self, name: str, profile: Profile) -> Profile:
        """Try ever more of what the workload has, up to one less than now."""
        size = getattr(profile.scenario.workload, name)
        for smaller in dict.fromkeys((1, 2, 3, size // 4, size // 2, size - 1)):
            if 1 <= smaller < size:
                workload = profile.scenario.workload.model_copy(update={name: smaller})
                scenario = profile.scenario.model_copy(update={"workload": workload})
                less = replace(profile, scenario=scenario)
                if self._still_breaks(less):
                    return less
        return profile


def _size(profile: Profile) -> tuple[int, int, int]:
    """Return how large a profile is: faults first, then whims and settings, then operations."""
    workload = profile.scenario.workload
    operations = workload.presentations * workload.slides * workload.replacements
    return len(profile.scenario.faults), len(profile.whims.listed()) + len(profile.engine), operations


def struck_again(scenario: Scenario, ledger: Iterable[Entry]) -> Scenario:
    """Return a scenario with one rule for each strike of a run: the same fault for the same try."""
    by_id = {rule.id: rule for rule in scenario.faults}
    strikes = [entry for entry in ledger if entry.rule_id in by_id]
    rules = [_once(by_id[entry.rule_id or ""], number, entry) for number, entry in enumerate(strikes, 1)]
    return scenario.model_copy(update={"faults": tuple(rules)})


def _once(rule: FaultRule, number: int, entry: Entry) -> FaultRule:
    strike = Strike(operation=entry.identity or "", attempt=entry.attempt or 1)
    return FaultRule(
        id=f"{rule.id}#{number}",
        where=where_of(entry.method),
        when=When(phase=STORM),
        often=Often(sequence=(strike,)),
        fault=rule.fault,
    )
