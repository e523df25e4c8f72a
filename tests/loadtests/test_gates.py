from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.scenario.gates import Gate
from loadtests.gates import (
    EXIT_CODES,
    Verdict,
    applies,
    judge,
    judge_fault,
    judge_harness,
    judge_setting,
    judge_weather,
    worst,
)
from loadtests.measurements import ClientExit, FaultCount, Setting
from loadtests.statistics import share
from tests.support.runs import a_document, a_fault, a_measurement, a_row, edits_in

SLIDES = Gate(id="slides", metric="slide_success_share", require="> 95%", confidence="95%", min_samples=60)
NO_TLS = Gate(id="tls", metric="ssl_record_layer_failures", require="== 0")
FASTER = Gate(id="faster", metric="speedup_over_sequential", require=">= 2")


class TestCounts:
    def test_passes_on_the_right_side_of_the_threshold(self) -> None:
        """The plain case."""
        assert judge(NO_TLS, {"ssl_record_layer_failures": 0}, {}).verdict is Verdict.PASS

    def test_fails_on_the_wrong_side(self) -> None:
        """And says what was measured."""
        judged = judge(NO_TLS, {"ssl_record_layer_failures": 3}, {})

        assert (judged.verdict, judged.measured, judged.required) == (Verdict.FAIL, 3, "== 0")

    def test_is_inconclusive_when_nothing_was_measured(self) -> None:
        """Zero for want of looking is not zero."""
        assert judge(NO_TLS, {}, {}).verdict is Verdict.INCONCLUSIVE


class TestShares:
    @pytest.mark.parametrize(
        ("successes", "count", "verdict"),
        [(80, 80, Verdict.PASS), (78, 80, Verdict.INCONCLUSIVE), (60, 80, Verdict.FAIL)],
    )
    def test_the_whole_interval_must_be_on_one_side(
        self, successes: int, count: int, verdict: Verdict
    ) -> None:
        """Near the line a point estimate is a coin flip."""
        found = share(successes, count)

        judged = judge(SLIDES, {"slide_success_share": found.value}, {"slide_success_share": found})

        assert judged.verdict is verdict

    def test_too_few_samples_are_inconclusive_however_good(self) -> None:
        """Three slides of three prove nothing about the fourth."""
        found = share(3, 3)

        judged = judge(SLIDES, {"slide_success_share": 1.0}, {"slide_success_share": found})

        assert (judged.verdict, judged.reason) == (Verdict.INCONCLUSIVE, "3 samples, at least 60 needed")

    def test_an_equality_with_confidence_is_asked_of_the_measured_value(self) -> None:
        """No interval shrinks to the point 100 %, so such a gate could never pass."""
        gate = Gate(id="all", metric="slide_success_share", require="== 100%", confidence="95%")
        found = share(80, 80)

        assert (
            judge(gate, {"slide_success_share": 1.0}, {"slide_success_share": found}).verdict is Verdict.PASS
        )

    @given(st.integers(0, 500), st.integers(1, 500))
    def test_never_passes_a_share_that_is_below_the_line(self, successes: int, more: int) -> None:
        """Whatever the interval says, the point must agree with the verdict."""
        found = share(successes, successes + more)
        value = found.value
        assert value is not None

        judged = judge(SLIDES, {"slide_success_share": value}, {"slide_success_share": found})

        assert judged.verdict is not Verdict.PASS or value > 0.95


class TestSpeedup:
    def test_is_not_asked_of_the_baseline(self) -> None:
        """Nothing is twice as fast as itself."""
        assert not applies(FASTER, "sequential")
        assert applies(FASTER, "coalesced")

    def test_is_inconclusive_without_a_baseline(self) -> None:
        """There is nothing to be faster than."""
        judged = judge(FASTER, {"speedup_over_sequential": None}, {})

        assert judged.verdict is Verdict.INCONCLUSIVE
        assert "no sequential setting" in judged.reason


def test_a_fault_that_never_fired_makes_the_run_inconclusive() -> None:
    """The most repeated complaint about test beds is the empty green run."""
    assert judge_fault(a_fault(fired=0)).verdict is Verdict.INCONCLUSIVE
    assert judge_fault(a_fault(fired=1)).verdict is Verdict.PASS


class TestEmptyRuns:
    def test_rules_that_expect_nothing_must_not_all_stay_silent(self) -> None:
        """Else a typing error in `where` turns any storm into a green run."""
        silent = (a_fault(fired=0, expected_at_least=0),) * 2

        (judged,) = judge_weather(silent)

        assert judged.verdict is Verdict.INCONCLUSIVE
        assert judged.reason == "none of 2 fault rules struck: this was calm weather"

    def test_one_that_struck_is_weather_enough(self) -> None:
        """Whoever wants more of a rule says so in the rule."""
        counts = (a_fault(fired=0, expected_at_least=0), a_fault(fired=1, expected_at_least=0))

        assert judge_weather(counts) == []

    def test_load_that_brought_about_nothing_is_no_complaint(self) -> None:
        """The engine's whole purpose is that a quota is not run into."""
        unused_quota = FaultCount("organic:quota", matched=10, fired=0, is_organic=True)

        assert judge_weather((unused_quota,)) == []

    def test_load_that_had_to_bring_about_something_is_asked_for(self) -> None:
        """A squeeze in which nobody was squeezed shows nothing."""
        unused_quota = FaultCount("organic:quota", 10, 0, expected_at_least=1, is_organic=True)

        assert [judged.verdict for judged in judge_weather((unused_quota,))] == [Verdict.INCONCLUSIVE]

    def test_a_run_without_edits_is_never_a_pass(self) -> None:
        """All its counts are 0, and every gate on a count would hold."""
        nothing = a_measurement(operations=(), ledger=(), documents_after={}, documents_before={})

        judged = judge_setting([NO_TLS], nothing)

        assert worst(judgement.verdict for judgement in judged) is Verdict.INCONCLUSIVE
        assert judged[-1].reason == "there was nothing to edit"

    def test_a_run_in_which_no_edit_settled_is_never_a_pass(self) -> None:
        """A client that does nothing loses nothing, doubles nothing and tells no lie."""
        before = a_document({"s1": "Dear {{name}}", "s2": "{{name}} again"})
        idle = a_measurement(
            operations=[a_row(edit, fate=None) for edit in edits_in(before)],
            ledger=(),
            documents_after={"deck": before},
        )

        judged = judge_setting([NO_TLS], idle)

        assert worst(judgement.verdict for judgement in judged) is Verdict.INCONCLUSIVE
        assert judged[-1].reason == "none of 2 edits settled"


def test_a_setting_is_judged_by_gates_faults_and_the_deck() -> None:
    """No scenario has to ask for the deck to be right."""
    measured = a_measurement(faults=(a_fault(fired=0),))

    judged = {judgement.id: judgement.verdict for judgement in judge_setting([NO_TLS], measured)}

    assert judged == {
        "tls": Verdict.PASS,
        "deck-as-computed": Verdict.PASS,
        "fired:reset": Verdict.INCONCLUSIVE,
    }


def test_the_baseline_has_no_judgement_on_its_speedup() -> None:
    """It would always fail."""
    measured = replace(a_measurement(), setting=Setting("sequential", 1))

    assert "faster" not in {judgement.id for judgement in judge_setting([FASTER], measured)}


@pytest.mark.parametrize(
    ("real_seconds", "share_of_core", "count"), [(10.0, 0.95, 1), (10.0, 0.5, 0), (0.3, 0.99, 0)]
)
def test_a_process_that_was_busy_for_long_makes_the_harness_unsound(
    real_seconds: float, share_of_core: float, count: int
) -> None:
    """Then the harness was measured, not the engine; a moment's burst is nothing."""
    measured = a_measurement()
    busy = replace(measured.processes, real_seconds=real_seconds, client_cpu_share=share_of_core)

    judged = judge_harness(replace(measured, processes=busy))

    assert [judgement.verdict for judgement in judged] == [Verdict.UNSOUND] * count


def test_a_client_that_says_it_failed_makes_the_harness_unsound() -> None:
    """Its numbers may look fine all the same: what it left undone, it did not count."""
    failed = a_measurement(client_exit=ClientExit(1, complaints="a user raised: division by zero"))

    judged = judge_harness(failed)

    assert [judgement.verdict for judgement in judged] == [Verdict.UNSOUND]
    assert "a user raised: division by zero" in judged[0].reason


@pytest.mark.parametrize(
    ("client_exit", "said"),
    [
        (ClientExit(None, signal="SIGSEGV"), "the client was ended by SIGSEGV: it did not say why"),
        (ClientExit(None, was_killed_at_deadline=True), "the client had not ended when its time was up"),
    ],
)
def test_a_client_that_was_killed_never_passes_where_no_gate_asks_for_it(
    client_exit: ClientExit, said: str
) -> None:
    """A scenario without gates let one pass that hung until its deadline, and one that crashed."""
    judged = judge_setting([], a_measurement(client_exit=client_exit))

    (judgement,) = [each for each in judged if each.verdict is not Verdict.PASS]
    assert judgement.verdict is Verdict.UNSOUND
    assert judgement.reason.startswith(said)


class TestWorst:
    def test_a_failure_outweighs_everything(self) -> None:
        """What was seen to fail did fail."""
        assert worst(Verdict) is Verdict.FAIL

    def test_nothing_judged_is_inconclusive(self) -> None:
        """An empty sweep must not be green."""
        assert worst([]) is Verdict.INCONCLUSIVE

    def test_every_verdict_has_an_exit_code_of_its_own(self) -> None:
        """A pipeline reads nothing else."""
        assert EXIT_CODES == {"pass": 0, "fail": 1, "inconclusive": 3, "unsound": 4}
