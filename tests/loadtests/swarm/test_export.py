from fakeslides.scenario.loader import parse_scenario
from loadtests.swarm.asks import Ask
from loadtests.swarm.export import exported, exported_yaml
from loadtests.swarm.promises import Broken
from loadtests.swarm.whims import Whims
from tests.support.swarms import LOST, RESET, a_profile

STRUCK = {
    **RESET,
    "id": "reset#1",
    "when": {"phase": "storm"},
    "often": {"sequence": [{"operation": "deck/s1/0", "attempt": 2}]},
}


def test_listed_faults_strike_whenever_their_try_comes() -> None:
    """A real run may be slower than the simulated one, and has no storm to be in."""
    scenario = exported(a_profile(STRUCK), LOST)

    (rule,) = scenario.faults
    assert rule.when.phase is None
    assert [(strike.operation, strike.attempt) for strike in rule.often.sequence or ()] == [("deck/s1/0", 2)]
    assert (rule.fault.kind, rule.fault.point) == ("tcp.reset", "after_commit")
    assert scenario.phases == ()


def test_a_rule_that_lists_no_tries_strikes_in_the_storm_alone() -> None:
    """It would never end otherwise; its phase was named and was not there, so that no sweep took the file."""
    profile = a_profile(RESET, STRUCK)

    scenario = parse_scenario(exported_yaml(profile, LOST, "calm"))

    assert [phase.name for phase in scenario.phases] == ["storm", "calm"]
    assert [(rule.when.attempt, rule.when.phase) for rule in scenario.faults] == [
        ((1,), "storm"),
        (None, None),
    ]


def test_the_setting_is_the_only_one_and_the_gates_are_those_of_every_edit() -> None:
    """What broke in the swarm must fail a gate in a sweep."""
    scenario = exported(a_profile(STRUCK), LOST)

    assert (scenario.settings.strategy, scenario.settings.concurrency) == (("per_slide",), (2,))
    assert {gate.metric for gate in scenario.gates} == {
        "operation_completion_share",
        "lost_edits",
        "duplicated_edits",
        "wrong_reports",
    }
    assert scenario.promise == "EveryEditIsToldTruly holds, as it did not with seed 7."


def test_the_text_is_a_scenario_that_says_what_it_is_and_how_to_run_it() -> None:
    """It will be read by somebody who was not there."""
    profile, variable = a_profile(STRUCK, batch_retry_attempts=8), "SCALAPAY_BATCH_RETRY_ATTEMPTS"

    text = exported_yaml(profile, LOST, "production_incident")

    assert text.splitlines()[:3] == [
        "# The least of production_incident, seed 7, that breaks EveryEditIsToldTruly:",
        "#   lost: deck/s1/0 (1 in all)",
        f"# Run it with: {variable}=8 deckstorm sweep THIS_FILE   (with --clock virtual in no time)",
    ]
    assert parse_scenario(text) == exported(profile, LOST)


def test_what_no_scenario_can_say_is_said_beside_it() -> None:
    """Else it would be run and hold, and nobody would know why."""
    whims = Whims(
        {0: 4.0},
        {1: 2.5},
        9.0,
        asks=(Ask(1, 2, "copy"),),
        atomic=(1,),
        shares_quota=True,
        neighbours=2,
        tenants={0: "acme"},
    )

    text = exported_yaml(a_profile(STRUCK, whims=whims), LOST, "calm")

    assert (
        "# It also takes what no scenario can say: the caller of deck 2 is cancelled after 2.5 s; "
        "the caller of deck 1 allows 4 s; the caller of deck 1 calls for acme; "
        "the quota is shared through a file; with 2 other engines; "
        "the caller of deck 2 asks for copy (request 2, about 1); "
        "the caller of deck 2 asks for all or nothing; "
        "the engine is closed after 9 s."
    ) in text.splitlines()


def test_of_a_long_text_the_first_lines_are_enough() -> None:
    """Each of them behind a `#`."""
    long = Broken("NothingIsLeft", 1.0, "\n".join("abcdefg"))

    text = exported_yaml(a_profile(STRUCK), long, "calm")

    assert text.splitlines()[1:4] == ["#   a", "#   b", "#   c"]
    assert parse_scenario(text)
