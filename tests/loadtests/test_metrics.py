from typing import Any

import pytest

from loadtests.expectation import edits_of
from loadtests.measurements import AttemptRow, ClientExit, ClientLog, ServerStats
from tests.support.runs import a_document, a_measurement, a_row, an_attempt, an_entry, edits_in

FIRST, SECOND = edits_in(a_document({"s1": "{{name}}", "s2": "{{name}}"}))
TLS = {"error_class": "RecordLayerFailure", "is_tls_failure": True}
CONFLICT = {"error_class": "CannotBeApplied", "error_text": "This request cannot be applied."}


def _log(*attempts: AttemptRow) -> ClientLog:
    return ClientLog(attempts=attempts, elapsed_seconds=10.0)


def test_a_clean_run_has_clean_metrics() -> None:
    """Every other test of this file changes one thing of this."""
    metrics = a_measurement().metrics

    assert {name: metrics[name] for name in (
        "ssl_record_layer_failures", "segmentation_faults", "cannot_be_applied_errors",
        "lost_edits", "duplicated_edits", "wrong_reports", "deck_differences",
    )} == dict.fromkeys((
        "ssl_record_layer_failures", "segmentation_faults", "cannot_be_applied_errors",
        "lost_edits", "duplicated_edits", "wrong_reports", "deck_differences",
    ), 0)  # fmt: skip
    assert (metrics["operation_completion_share"], metrics["slide_success_share"]) == (1.0, 1.0)
    assert metrics["applied_per_minute"] == 12.0


@pytest.mark.parametrize(
    ("error", "surfaced", "absorbed"),
    [
        (TLS, "ssl_record_layer_failures", "ssl_record_layer_attempts"),
        (CONFLICT, "cannot_be_applied_errors", "cannot_be_applied_attempts"),
    ],
)
class TestFailuresAndTheirTwins:
    def test_an_absorbed_failure_counts_as_an_attempt_only(
        self, error: dict[str, Any], surfaced: str, absorbed: str
    ) -> None:
        """The engine retried; no caller ever knew."""
        struck = an_attempt(outcome="unknown", **error)

        metrics = a_measurement(log=_log(struck, an_attempt(attempt=2))).metrics

        assert (metrics[surfaced], metrics[absorbed]) == (0, 1)

    def test_a_surfaced_failure_counts_each_operation_it_ended(
        self, error: dict[str, Any], surfaced: str, absorbed: str
    ) -> None:
        """One broken batch can break many wishes."""
        struck = an_attempt(outcome="unknown", **error)
        rows = (a_row(FIRST, "indeterminate", **error), a_row(SECOND, "indeterminate", **error))

        metrics = a_measurement(log=_log(struck), operations=rows, ledger=()).metrics

        assert (metrics[surfaced], metrics[absorbed]) == (2, 1)


def test_a_client_that_died_by_a_signal_is_a_segmentation_fault() -> None:
    """The note's third symptom."""
    metrics = a_measurement(client_exit=ClientExit(None, signal="SIGSEGV")).metrics

    assert metrics["segmentation_faults"] == 1


def test_a_client_the_harness_had_to_kill_hung_and_did_not_crash() -> None:
    """Our own SIGKILL must not be counted as a crash of theirs."""
    rows = (a_row(FIRST), a_row(SECOND, fate=None))

    metrics = a_measurement(
        client_exit=ClientExit(None, was_killed_at_deadline=True), operations=rows
    ).metrics

    assert (metrics["segmentation_faults"], metrics["operation_completion_share"]) == (0, 0.5)


def test_a_slide_succeeds_only_if_all_its_edits_landed_once_and_were_reported() -> None:
    """Half a slide is a wrong slide."""
    absent, present = edits_of(a_document({"s1": "{{a}} {{b}}"}), {"{{a}}": "A", "{{b}}": "B"})

    half = a_measurement(operations=(a_row(absent), a_row(present)), ledger=(an_entry([present]),))
    doubted = a_measurement(operations=(a_row(FIRST), a_row(SECOND, "indeterminate")))

    assert half.shares["slide_success_share"].successes == 0
    found = doubted.shares["slide_success_share"]
    assert (found.successes, found.count) == (1, 2)


def test_the_breaker_share_counts_operations_that_met_it() -> None:
    """The note's last goal."""
    rows = (a_row(FIRST, met_open_breaker=True), a_row(SECOND))

    assert a_measurement(operations=rows).metrics["breaker_activation_share"] == 0.5


def test_failures_are_told_apart_by_what_caused_them() -> None:
    """An organic error in a run of injected ones is a finding of its own."""
    failed = [an_attempt(attempt=n, outcome="unknown") for n in (1, 2, 3)]
    failed.append(an_attempt(attempt=5, outcome="rejected", error_class="RevisionConflict"))
    ledger = (
        an_entry(attempt=1, committed=False, rule_id="reset"),
        an_entry(attempt=2, committed=False, organic="connection_limit"),
        an_entry([FIRST, SECOND], attempt=4),
    )

    measured = a_measurement(log=_log(*failed, an_attempt(attempt=4)), ledger=ledger)

    assert measured.failed_attempts == {
        "fence: the revision had moved on": 1,
        "injected: reset": 1,
        "organic: connection_limit": 1,
        "unexplained": 1,
    }


def test_a_try_that_never_left_is_put_down_to_what_struck_connections() -> None:
    """The server saw a connection and no call; still the weather is to blame, and not the engine."""
    unreachable = {"outcome": "not_sent", "error_class": "Unreachable"}
    struck = an_entry(method="connection", identity="connection/1", committed=False, rule_id="no-hello")
    seen = an_entry(attempt=2, committed=False, rule_id="reset")

    tries = (an_attempt(attempt=1, **unreachable), an_attempt(attempt=2, outcome="unknown"))
    in_the_weather = a_measurement(log=_log(*tries), ledger=(struck, seen))
    in_calm = a_measurement(log=_log(tries[0]), ledger=())

    assert in_the_weather.failed_attempts == {"injected: no-hello": 1, "injected: reset": 1}
    assert in_calm.failed_attempts == {"unexplained": 1}


def test_latency_runs_from_asking_to_knowing() -> None:
    """What a caller waits for, queues included."""
    rows = (a_row(FIRST, settled_at_seconds=3.0), a_row(SECOND, settled_at_seconds=5.0))

    assert a_measurement(operations=rows).latency_seconds.max == 5.0


def test_an_edit_the_client_never_spoke_of_has_no_latency() -> None:
    """A client that died leaves its edits without a fate, and not with a quick one."""
    rows = (a_row(FIRST, asked_at_seconds=None), a_row(SECOND, fate=None))

    assert a_measurement(operations=rows).latency_seconds.count == 0


def test_waits_are_summed_by_reason() -> None:
    """They say what to raise next."""
    first = an_attempt(waits_seconds={"quota": 1.0, "lock": 0.5})
    second = an_attempt(attempt=2, waits_seconds={"quota": 2.0})

    assert a_measurement(log=_log(first, second)).waits_seconds == {"lock": 0.5, "quota": 3.0}


def test_cpu_shares_are_of_the_real_time_of_the_run() -> None:
    """A scaled clock must not hide a saturated core."""
    log = ClientLog(elapsed_seconds=10.0, cpu_seconds=0.4)

    processes = a_measurement(log=log, real_seconds=0.5, server=ServerStats(0.25, 1, 1)).processes

    assert (processes.client_cpu_share, processes.server_cpu_share) == (0.8, 0.5)
