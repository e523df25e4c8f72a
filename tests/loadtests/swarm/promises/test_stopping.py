from engine.events import AttemptOutcome, DrainBegan
from loadtests.swarm.promises.stopping import CancelledWritesAreSeenThrough, NothingNewOnceDraining
from tests.support.promises import ONE, TWO, admitted, left, some_terms, taken, tried, watched, what_broke

LOST = tried(ONE, 1.0, "ConnectionLost", outcome=AttemptOutcome.UNKNOWN)
DRAINING = DrainBegan(5.0, 25.0)


class TestNothingNewOnceDraining:
    def test_a_write_in_doubt_may_be_tried_again_and_looked_after(self) -> None:
        """That is how its fate is learned."""
        read = admitted(ONE, 7.0, method="presentations.get")

        watcher = watched(NothingNewOnceDraining, admitted(TWO), LOST, DRAINING, admitted(ONE, 6.0), read)

        assert what_broke(watcher) == []

    def test_a_first_try_is_too_late(self) -> None:
        """Whoever stops an engine waits for what was sent, and not for more of it."""
        watcher = watched(NothingNewOnceDraining, LOST, DRAINING, admitted(TWO, 6.0))

        assert what_broke(watcher) == [
            f"{TWO} was let in for presentations.batchUpdate though the engine was being drained"
        ]

    def test_so_is_a_second_try_of_what_was_refused(self) -> None:
        """It is not in doubt, so it can wait for the next process."""
        refused = tried(ONE, 1.0, "QuotaExceeded", outcome=AttemptOutcome.REJECTED)

        watcher = watched(NothingNewOnceDraining, refused, DRAINING, admitted(ONE, 6.0))

        assert len(what_broke(watcher)) == 1

    def test_what_a_killed_process_was_about_to_send_is_in_doubt_until_it_is_answered(self) -> None:
        """Its journal tells of an intent, and not whether the write had left."""
        watcher = watched(NothingNewOnceDraining, taken(ONE))
        watcher.killed(2.0, loses_power=False)
        for event in (DRAINING, admitted(ONE, 6.0), tried(ONE, 6.0)):
            watcher.heard(event)

        assert what_broke(watcher) == []

        watcher.heard(admitted(ONE, 8.0))

        assert len(what_broke(watcher)) == 1

    def test_a_refusal_of_the_copy_does_not_end_that_doubt(self) -> None:
        """A front end that refuses it unread says nothing of what the dead had sent: it is looked after."""
        refused = tried(ONE, 6.0, "InvalidRequest", outcome=AttemptOutcome.REJECTED)
        watcher = watched(NothingNewOnceDraining, taken(ONE))
        watcher.killed(2.0, loses_power=False)
        for event in (admitted(ONE, 6.0), refused, DRAINING, admitted(ONE, 7.0, method="presentations.get")):
            watcher.heard(event)

        assert what_broke(watcher) == []

    def test_what_it_had_not_begun_is_not(self) -> None:
        """Nothing of it can have been sent."""
        watcher = watched(NothingNewOnceDraining, taken(ONE), left(ONE))
        watcher.killed(2.0, loses_power=False)
        watcher.heard(DRAINING)
        watcher.heard(admitted(ONE, 6.0))

        assert len(what_broke(watcher)) == 1


class TestCancelledWritesAreSeenThrough:
    def test_a_write_may_be_given_up_when_its_time_is_over(self) -> None:
        """The server may never answer."""
        given_up = tried(ONE, 1.0, "CancelledError", outcome=AttemptOutcome.UNKNOWN, duration_seconds=5.5)

        assert what_broke(watched(CancelledWritesAreSeenThrough, given_up)) == []

    def test_before_that_it_may_not(self) -> None:
        """Its fate would be unknown for want of patience."""
        given_up = tried(ONE, 1.0, "CancelledError", outcome=AttemptOutcome.UNKNOWN, duration_seconds=4.5)

        broken = what_broke(watched(CancelledWritesAreSeenThrough, given_up))

        assert broken == [f"{ONE} was given up 4.500 s after it was sent; 5 s are due"]

    def test_the_settings_say_how_long(self) -> None:
        """Who cannot wait at all has said so."""
        given_up = tried(ONE, 1.0, "CancelledError", outcome=AttemptOutcome.UNKNOWN, duration_seconds=0.0)
        terms = some_terms(cancellation_grace=0)

        assert what_broke(watched(CancelledWritesAreSeenThrough, given_up, terms=terms)) == []
