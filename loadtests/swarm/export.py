"""A shrunk episode as a scenario that anybody can sweep, in real time too.  A thinking room."""

from engine.settings import variable
from fakeslides.scenario.gates import Gate, parse_requirement
from fakeslides.scenario.model import Scenario, SweepSettings
from fakeslides.scenario.rules import FaultRule, When
from fakeslides.scenario.writer import scenario_yaml
from loadtests.swarm.profile import Profile
from loadtests.swarm.promises import Broken
from loadtests.swarm.whims import Whims

_GATES = (
    ("nothing-hangs", "operation_completion_share", "== 100%"),
    ("nothing-is-lost", "lost_edits", "== 0"),
    ("nothing-lands-twice", "duplicated_edits", "== 0"),
    ("reports-are-true", "wrong_reports", "== 0"),
)


def exported(profile: Profile, broken: Broken) -> Scenario:
    """Return the scenario of a shrunk profile: its faults try by try, its only setting, and the gates."""
    faults = tuple(_whenever(rule) for rule in profile.scenario.faults)
    return profile.scenario.model_copy(
        update={
            "promise": f"{broken.promise} holds, as it did not with seed {profile.seed}.",
            "phases": profile.scenario.phases if any(rule.when.phase for rule in faults) else (),
            "faults": faults,
            "settings": SweepSettings(
                strategy=(profile.setting.strategy,), concurrency=(profile.setting.concurrency,)
            ),
            "gates": tuple(
                Gate(id=name, metric=metric, require=parse_requirement(text)) for name, metric, text in _GATES
            ),
        }
    )


def exported_yaml(profile: Profile, broken: Broken, origin: str) -> str:
    """Return the text of such a scenario, with a comment that says what broke and how to run it."""
    variables = "".join(f"{variable(name)}={value} " for name, value in profile.engine.items())
    lines = [
        f"# The least of {origin}, seed {profile.seed}, that breaks {broken.promise}:",
        *(f"#   {line}" for line in broken.text.splitlines()[:3]),
        *_what_is_missing(profile.whims),
        f"# Run it with: {variables}deckstorm sweep THIS_FILE   (with --clock virtual in no time)",
    ]
    return "\n".join(lines) + "\n" + scenario_yaml(exported(profile, broken))


def _whenever(rule: FaultRule) -> FaultRule:
    """A listed try needs no phase, and a real run may be slower than the simulated one."""
    return rule.model_copy(update={"when": When()}) if rule.often.sequence else rule


def _caller(place: int) -> str:
    """Name a caller as a replay's timeline does."""
    return f"the caller of deck {place + 1}"


def _what_is_missing(whims: Whims) -> list[str]:
    """Say which of the callers' whims it takes as well, that no scenario can tell."""
    told = [
        *(f"{_caller(place)} is cancelled after {at:g} s" for place, at in whims.cancels_at_seconds.items()),
        *(f"{_caller(place)} allows {span:g} s" for place, span in whims.deadlines_seconds.items()),
        *(f"{_caller(place)} begins after {at:g} s" for place, at in whims.begins_at_seconds.items()),
        *(f"two callers share deck {place + 1}" for place in whims.shared),
        *("a journal is kept" for _ in range(whims.keeps_journal)),
        *("without texts" for _ in range(whims.redacts_journal)),
        *(f"{_caller(place)} calls for {name}" for place, name in whims.tenants.items()),
        *("the quota is shared through a file" for _ in range(whims.shares_quota)),
        *(f"with {whims.neighbours} other engines" for _ in range(bool(whims.neighbours))),
        *(f"the process {kill}" for kill in whims.kills),
        *(f"{_caller(place)} asks for {asked}" for place, asked in whims.asked().items()),
        *(f"{_caller(place)} asks for all or nothing" for place in whims.atomic),
    ]
    if whims.closes_at_seconds is not None:
        how = "closed" if whims.drain_seconds is None else f"drained for {whims.drain_seconds:g} s and closed"
        told.append(f"the engine is {how} after {whims.closes_at_seconds:g} s")
    return [f"# It also takes what no scenario can say: {'; '.join(told)}."] if told else []
