from loadtests.timeline.joining import attempts_of
from tests.support.stories import (
    FIRST,
    READ,
    ZERO,
    admission,
    ending,
    entry,
    real_story,
    small_ledger,
    small_run,
)


def test_a_try_knows_both_what_was_told_and_what_was_done() -> None:
    """The client saw a connection die; only the ledger knows whether the write landed."""
    lost, again, _ = attempts_of(small_run(), small_ledger(), ZERO, -0.5)

    assert (lost.outcome, lost.error_class, lost.committed) == ("unknown", "ConnectionLost", False)
    assert lost.strike is not None
    assert (lost.strike.name, lost.strike.kind, lost.strike.point) == ("lose", "tcp.reset", "before_commit")
    assert (again.number, again.outcome, again.committed) == (2, "answered", True)


def test_both_clocks_become_one() -> None:
    """The ledger counts from the server's start, the client from its own clock's zero."""
    lost, _, _ = attempts_of(small_run(), small_ledger(), ZERO, -0.5)

    assert lost.sent_at_seconds == 1000.2 - ZERO
    assert lost.seen is not None
    assert (lost.seen.arrived_at_seconds, round(lost.seen.ended_at_seconds, 6)) == (0.7 - 0.5, 0.6)


def test_a_try_that_never_ended_is_under_way() -> None:
    """A hang is what a timeline is opened for."""
    (hanging,) = attempts_of([admission(FIRST, 0.2)], [], ZERO, 0.0)

    assert (hanging.ended_at_seconds, hanging.outcome, hanging.is_told) == (None, None, True)


def test_a_try_under_way_has_the_next_number_and_its_own_entry() -> None:
    """What the server did with it is known, even if the client never heard."""
    facts = [admission(FIRST, 0.2), ending(FIRST, 0.2, 0.1), admission(FIRST, 1.0)]

    _, hanging = attempts_of(facts, [entry(FIRST, 1.1, 2.0, attempt=2)], ZERO, 0.0)

    assert (hanging.number, hanging.committed, hanging.ended_at_seconds) == (2, True, None)


def test_a_trial_under_way_is_a_read() -> None:
    """Whatever waits at a half-open breaker, a cheap read goes first."""
    (trial,) = attempts_of([admission(FIRST, 0.2, is_trial=True)], [], ZERO, 0.0)

    assert (trial.method, trial.is_trial) == (READ, True)


def test_what_the_client_never_told_is_there_as_the_server_has_it() -> None:
    """A token, a connection that was struck, a write of a client that died."""
    token = entry("token", 0.1, 0.2, method="token", presentation_id=None, committed=False)
    struck = entry(
        "connection/3", 0.3, 0.3, method="connection", presentation_id=None, attempt=1, http_status=None,
        committed=False, rule_id="refuse", fault="tcp.refuse", point="on_accept",
    )  # fmt: skip

    found = attempts_of([], [token, struck, entry(FIRST, 0.5, 0.9)], ZERO, 0.0)

    assert [(one.identity, one.is_told) for one in found] == [
        ("token", False), ("connection", False), (FIRST, False),
    ]  # fmt: skip
    assert found[1].strike is not None
    assert found[1].strike.identity == "connection/3"


def test_two_calls_with_the_same_names_keep_their_own_entries() -> None:
    """Whoever edits a deck twice names the same batches twice."""
    facts = [ending(FIRST, 0.2, 0.3), ending(FIRST, 5.2, 0.3)]
    ledger = [entry(FIRST, 11.3, 11.4), entry(FIRST, 6.3, 6.4, committed=False)]

    first, second = attempts_of(facts, ledger, ZERO, -6.0)

    assert (first.committed, second.committed) == (False, True)


def test_a_second_entry_for_one_try_is_not_lost() -> None:
    """A request that something on the way sent twice would be the worst of news."""
    found = attempts_of(
        [ending(FIRST, 0.2, 0.3)], [entry(FIRST, 0.3, 0.4), entry(FIRST, 0.35, 0.45)], ZERO, 0.0
    )

    assert [(one.is_told, one.committed) for one in found] == [(True, True), (False, True)]


def test_every_try_of_a_real_run_has_its_entry() -> None:
    """The sample: thousands of facts of the real engine, joined without a loose end."""
    attempts = real_story("flaky_network").attempts
    told = [attempt for attempt in attempts if attempt.is_told]

    assert len(told) > 100
    assert [attempt for attempt in told if attempt.seen is None] == []
    assert {attempt.identity for attempt in attempts if not attempt.is_told} == {"token"}


def test_a_try_that_a_kill_cut_off_is_kept_beside_that_of_the_next_process() -> None:
    """Two processes name their batches alike."""
    killed = {"event": "ProcessKilled", "at_seconds": ZERO + 2.0}
    facts = [admission(FIRST, 1.0), killed, admission(FIRST, 3.0), ending(FIRST, 3.0, 1.0, attempt=2)]

    first, second = attempts_of(facts, [], ZERO, 0.0)

    assert (first.number, first.sent_at_seconds, first.ended_at_seconds) == (1, 1.0, None)
    assert (second.number, second.sent_at_seconds, second.ended_at_seconds) == (2, 3.0, 4.0)
