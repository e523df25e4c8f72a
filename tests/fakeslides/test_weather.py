from fakeslides.faults.calls import CallFacts
from fakeslides.scenario.model import Scenario
from fakeslides.scenario.rules import FaultRule
from fakeslides.weather import Weather
from tests.support.fake_client import scenario_of

CONFLICT = {"kind": "api.conflict"}
CALM = scenario_of("")


def rule(**parts: object) -> FaultRule:
    """Return a rule that strikes every call it looks at."""
    return FaultRule.model_validate({"id": "r", "often": {"every": 1}, "fault": CONFLICT} | parts)


def storm(rule_id: str) -> Scenario:
    """Return a scenario in which one rule strikes every call."""
    return scenario_of(f"faults: [{{id: {rule_id}, often: {{every: 1}}, fault: {{kind: api.conflict}}}}]")


def struck_by(weather: Weather, now: float = 0.0, method: str = "presentations.get") -> str | None:
    """Return the rule that strikes a call."""
    verdict = weather.judge(CallFacts(method, "deck", "op", 1, 0.0), now).verdict
    return verdict and verdict.rule_id


class TestReplacing:
    def test_the_next_call_meets_the_new_scenario_and_nothing_of_the_old(self) -> None:
        """Half of each would be weather that nobody wrote."""
        weather = Weather(storm("old"))
        assert (struck_by(weather), weather.revision) == ("old", 1)

        weather.replace(storm("new"))

        assert (struck_by(weather), weather.revision) == ("new", 2)
        assert weather.scenario.faults[0].id == "new"

    def test_phases_and_quota_begin_anew(self) -> None:
        """A scenario means the same whatever ruled before it."""
        text = "phases: [{name: a, for: 10s}, {name: b, for: 10s}]\nserver: {quota: {writes_per_user: 1}}"
        weather = Weather(scenario_of(text))
        weather.progress.begin(0.0)
        weather.quota.admit("write", "u", 0.0)
        assert weather.progress.phase(15.0) == "b"
        assert weather.quota.admit("write", "u", 1.0) is not None

        weather.replace(scenario_of(text))

        assert weather.progress.phase(15.0) == "a"
        assert weather.quota.admit("write", "u", 1.0) is None

    def test_a_write_under_way_is_not_taken_for_one_that_met_another(self) -> None:
        """It took its mark before, and nobody has committed since."""
        racing = scenario_of("server: {conflicts: {overlapping_writes: 100%}}")
        weather = Weather(racing)
        weather.overlaps.committed("deck")
        mark = weather.overlaps.mark("deck")

        weather.replace(racing)

        assert not weather.overlaps.refuses("deck", mark, "op", 1)

    def test_a_strike_under_way_counts_for_the_scenario_that_it_belongs_to(self) -> None:
        """Its end must not make room for one strike too many under a later rule of the same name."""
        one_at_a_time = scenario_of(
            "faults: [{id: it, often: {every: 1}, fault: {kind: api.conflict}, limit: {active: 1}}]"
        )
        weather = Weather(one_at_a_time)
        call = CallFacts("presentations.get", "deck", "op", 1, 0.0)
        old = weather.judge(call, 0.0).verdict
        weather.replace(one_at_a_time)
        new = weather.judge(call, 0.0).verdict
        assert old is not None
        assert new is not None

        weather.ended(old)
        assert weather.judge(call, 0.0).verdict is None

        weather.ended(new)
        assert weather.judge(call, 0.0).verdict is not None

    def test_a_seed_that_was_given_stays_and_one_of_the_scenario_does_not(self) -> None:
        """`--seed` is the word of whoever started the server."""
        given, own = Weather(CALM, seed=5), Weather(CALM)

        for weather in (given, own):
            weather.replace(scenario_of("seed: 7"))

        assert (given.seed, own.seed) == (5, 7)


class TestInjecting:
    def test_an_injected_fault_comes_before_the_scenarios(self) -> None:
        """Whoever injects one wants to see it."""
        weather = Weather(storm("of-the-scenario"))

        fault_id = weather.inject(rule(), 5.0, now=0.0)

        assert struck_by(weather) == fault_id

    def test_it_looks_only_at_what_it_was_told_to(self) -> None:
        """The scenario goes on for all other calls."""
        weather = Weather(storm("of-the-scenario"))

        weather.inject(rule(where={"method": "presentations.create"}), 5.0, now=0.0)

        assert struck_by(weather, method="presentations.get") == "of-the-scenario"

    def test_it_ends_by_itself(self) -> None:
        """A fault that somebody forgot must not strike for ever."""
        weather = Weather(CALM)

        fault_id = weather.inject(rule(), 5.0, now=100.0)

        assert [struck_by(weather, now) for now in (104.9, 105.0)] == [fault_id, None]
        assert weather.injected(105.0) == ()

    def test_it_can_be_ended_before_its_time_but_only_once(self) -> None:
        """Whoever ends it learns whether it was still there."""
        weather = Weather(CALM)
        fault_id = weather.inject(rule(), 5.0, now=0.0)

        assert [weather.revoke(fault_id, 1.0) for _ in range(2)] == [True, False]
        assert struck_by(weather, 1.0) is None

    def test_one_that_is_over_can_not_be_ended(self) -> None:
        """It has ended by itself."""
        weather = Weather(CALM)
        fault_id = weather.inject(rule(), 5.0, now=0.0)

        assert not weather.revoke(fault_id, 5.0)

    def test_it_outlives_the_scenario_but_not_a_restart(self) -> None:
        """To replace the scenario is not to give up what was injected; to begin anew is."""
        weather = Weather(CALM)
        fault_id = weather.inject(rule(), 5.0, now=0.0)

        weather.replace(storm("other"))
        assert struck_by(weather) == fault_id

        weather.restart()
        assert struck_by(weather) == "other"

    def test_no_id_is_given_twice(self) -> None:
        """Counts and deletions go by it."""
        weather = Weather(CALM)
        first = weather.inject(rule(), 5.0, now=0.0)
        weather.restart()

        assert weather.inject(rule(), 5.0, now=0.0) != first


class TestWork:
    def test_latency_is_the_same_for_the_same_call_whatever_goes_on_beside_it(self) -> None:
        """Otherwise settings could not be compared call by call."""
        weather = Weather(scenario_of("server: {latency: {lognormal: {p50: 320ms, p99: 1.4s}}}"))

        alone = weather.work_seconds(0.0, "presentations.get", "op", 1)
        weather.work_seconds(0.0, "presentations.get", "another", 1)

        assert weather.work_seconds(0.0, "presentations.get", "op", 1) == alone

    def test_with_a_queue_latency_grows_with_load(self) -> None:
        """Two workers of a second each: the third call waits for the first."""
        weather = Weather(scenario_of("server: {latency: {queue: {workers: 2, service: {fixed: 1s}}}}"))

        assert [weather.work_seconds(0.0, "m", str(n), 1) for n in range(5)] == [1, 1, 2, 2, 3]
