"""A breaker for each thing that can fail by itself."""

from random import Random

import pytest

from engine import errors
from engine.admission.breaker import PASS
from engine.admission.breakers import (
    FORGET_SECONDS,
    MOST_PRESENTATIONS_COUNT,
    Breakers,
    Lease,
    Permits,
    PresentationBreakers,
)
from engine.events import BreakerChanged, BreakerControlled, BreakerMode, Event
from engine.policy.circuit_breaker import Refusal
from engine.policy.verdicts import BreakerSignal, Signals, signals_of
from engine.settings import EngineSettings

FAILURE, SUCCESS, IGNORED = BreakerSignal.FAILURE, BreakerSignal.SUCCESS, BreakerSignal.IGNORED


class Bench:
    """Breakers, and attempts that end as they are told to."""

    def __init__(self, threshold: int = 5) -> None:
        self.events: list[Event] = []
        settings = EngineSettings(circuit_breaker_threshold=threshold, circuit_breaker_timeout=10)
        self.breakers = Breakers(settings, "x", Random(1), self.events.append, lambda _: None)

    @property
    def sick(self) -> PresentationBreakers:
        """The breakers of presentations."""
        return self.breakers.presentations

    def end(self, signals: Signals, now: float = 0.0) -> None:
        """Let an attempt be admitted and end."""
        permits = self.breakers.permit(now)
        assert isinstance(permits, Permits)
        self.breakers.settle(permits, signals, now)

    def end_about(self, name: str, signal: BreakerSignal, now: float = 0.0) -> None:
        """Let an attempt about a presentation be admitted and end."""
        lease = self.sick.permit(name, now)
        assert isinstance(lease, Lease), f"{name} is refused"
        self.sick.settle(name, lease, signal, now)

    def opened(self) -> list[str]:
        """Return the keys of the breakers that opened, in order."""
        return [e.key for e in self.events if isinstance(e, BreakerChanged) and e.after == "open"]


class TestHostAndCredentials:
    @pytest.mark.parametrize(
        ("signals", "key"),
        [(Signals(host=FAILURE), "host:x"), (Signals(SUCCESS, credentials=FAILURE), "credentials")],
    )
    def test_each_opens_for_its_own_failures_and_stops_every_call(self, signals: Signals, key: str) -> None:
        """A dead key is no outage of the host, and the other way round."""
        bench = Bench()

        for _ in range(5):
            bench.end(signals)

        assert bench.opened() == [key]
        assert not bench.breakers.are_closed
        assert isinstance(bench.breakers.permit(1.0), Refusal)

    def test_one_that_refuses_leaves_the_other_its_trial(self) -> None:
        """A trial that is taken and not made would keep the shop shut until its lease is over."""
        bench = Bench()
        for _ in range(5):
            bench.end(Signals(host=FAILURE))
        bench.breakers.control("credentials", BreakerMode.FORCED_OPEN, 1.0)
        refused = bench.breakers.permit(20.0)
        bench.breakers.control("credentials", BreakerMode.AUTO, 20.0)

        permits = bench.breakers.permit(20.0)

        assert isinstance(refused, Refusal)
        assert isinstance(permits, Permits)
        assert permits.is_trial

    @pytest.mark.parametrize("error", [errors.QuotaExceeded, errors.NotFound, errors.InvalidRequest])
    def test_no_refusal_is_a_failure_to_any(self, error: type[errors.Rejected]) -> None:
        """The caller's mistakes are not the server's."""
        signals = signals_of(error("no", http_status=400))

        assert FAILURE not in (signals.host, signals.credentials, signals.presentation)

    def test_overload_may_be_one_presentations_trouble_and_a_lost_connection_may_not(self) -> None:
        """Only what answers for the presentation can be sick with it."""
        overloaded = signals_of(errors.ServerFailed("503", http_status=503))
        slow, lost = signals_of(errors.AnswerTimedOut("late")), signals_of(errors.ConnectionLost("reset"))

        assert overloaded == slow == Signals(host=FAILURE, presentation=FAILURE)
        assert lost == Signals(host=FAILURE)


class TestPresentations:
    def test_one_that_fails_opens_before_the_hosts_does_and_stops_nobody_else(self) -> None:
        """It is parked while what it did to the host's is not enough yet."""
        bench = Bench()

        for _ in range(3):
            bench.end_about("sick", FAILURE)
            bench.end(Signals(host=FAILURE))

        assert bench.opened() == ["presentation:sick"]
        assert isinstance(bench.sick.permit("sick", 1.0), Refusal)
        assert bench.sick.permit("well", 1.0) == Lease(None, PASS)
        assert not bench.sick.is_closed("sick")
        assert bench.breakers.are_closed

    def test_one_trial_at_a_time_finds_out_and_two_close_it(self) -> None:
        """As with the host's."""
        bench = Bench()
        for _ in range(3):
            bench.end_about("sick", FAILURE)
        wait_seconds = bench.sick.wait_seconds("sick", 0.0)

        trial = bench.sick.permit("sick", 20.0)
        other = bench.sick.permit("sick", 20.0)
        assert isinstance(trial, Lease)
        bench.sick.settle("sick", trial, SUCCESS, 20.0)
        bench.end_about("sick", SUCCESS, 21.0)

        assert 8.0 <= wait_seconds <= 12.0
        assert trial.permit.is_trial
        assert isinstance(other, Refusal)
        assert bench.sick.is_closed("sick")
        assert len(bench.sick) == 0

    def test_a_cancelled_trial_gives_its_place_back(self) -> None:
        """Or the presentation would be shut until its lease is over."""
        bench = Bench()
        for _ in range(3):
            bench.end_about("sick", FAILURE)

        bench.end_about("sick", IGNORED, 20.0)

        assert isinstance(bench.sick.permit("sick", 20.0), Lease)

    def test_a_success_forgets_it(self) -> None:
        """Only failures in a row make a presentation sick."""
        bench = Bench()

        for _ in range(50):
            bench.end_about("deck", FAILURE)
            bench.end_about("deck", FAILURE)
            bench.end_about("deck", SUCCESS)

        assert len(bench.sick) == 0
        assert bench.opened() == []

    def test_an_answer_from_before_it_opened_does_not_close_it(self) -> None:
        """It tells of a presentation that was."""
        bench = Bench()
        early = bench.sick.permit("sick", 0.0)
        assert isinstance(early, Lease)
        for _ in range(3):
            bench.end_about("sick", FAILURE)

        bench.sick.settle("sick", early, SUCCESS, 1.0)

        assert not bench.sick.is_closed("sick")

    def test_those_that_nobody_calls_any_more_are_forgotten(self) -> None:
        """A presentation that failed once and was deleted must not be kept for ever."""
        bench = Bench()
        for number in range(100):
            bench.end_about(f"deck-{number}", FAILURE, float(number))

        bench.end_about("last", FAILURE, 200.0 + FORGET_SECONDS)

        assert len(bench.sick) == 1

    def test_one_that_is_asked_now_and_then_stays_sick_however_long_that_takes(self) -> None:
        """Forgotten in the midst of its trials, it would fail as often again, and count for the host."""
        bench, now = Bench(), 0.0
        for _ in range(3):
            bench.end_about("sick", FAILURE)

        while now < 3 * FORGET_SECONDS:
            now += bench.sick.wait_seconds("sick", now) + 1.0
            bench.end_about("sick", FAILURE, now)
            bench.end_about("other", FAILURE, now)
            bench.end_about("other", SUCCESS, now)

            assert not bench.sick.is_closed("sick")

    def test_a_million_presentations_that_fail_leave_no_more_than_some(self) -> None:
        """Memory has an end also where everything fails at once."""
        bench = Bench()

        for number in range(MOST_PRESENTATIONS_COUNT + 100):
            bench.end_about(f"deck-{number}", FAILURE)

        assert len(bench.sick) == MOST_PRESENTATIONS_COUNT


class TestByHand:
    def test_every_switch_is_announced_once(self) -> None:
        """Whoever reads the log must see that it was a person."""
        bench = Bench()

        for _ in range(2):
            bench.breakers.control("host", BreakerMode.FORCED_OPEN, 3.0)

        assert bench.events == [BreakerControlled("host:x", BreakerMode.AUTO, BreakerMode.FORCED_OPEN, 3.0)]

    def test_a_presentation_can_be_shut_and_stays_so_until_it_is_left_to_itself(self) -> None:
        """The quarantine of a deck that breaks things."""
        bench = Bench()
        bench.breakers.control("presentation:bad", BreakerMode.FORCED_OPEN, 0.0)
        for number in range(100):
            bench.end_about(f"deck-{number}", FAILURE, 10.0 * FORGET_SECONDS)
        held = bench.sick.permit("bad", 10.0 * FORGET_SECONDS)

        bench.breakers.control("presentation:bad", BreakerMode.AUTO, 10.0 * FORGET_SECONDS)

        assert isinstance(held, Refusal)
        assert isinstance(bench.sick.permit("bad", 10.0 * FORGET_SECONDS), Lease)

    def test_one_that_is_shut_for_good_does_not_keep_the_others(self) -> None:
        """The first in line stays; those behind it would pile up for ever."""
        bench = Bench()
        bench.breakers.control("presentation:bad", BreakerMode.FORCED_OPEN, 0.0)
        for number in range(100):
            bench.end_about(f"deck-{number}", FAILURE, float(number))

        bench.end_about("last", FAILURE, 200.0 + FORGET_SECONDS)

        assert len(bench.sick) == 2
        assert isinstance(bench.sick.permit("bad", 200.0 + FORGET_SECONDS), Refusal)

    @pytest.mark.parametrize("key", ["hosts", "presentation", "presentation:", ""])
    def test_a_key_that_means_nothing_is_refused(self, key: str) -> None:
        """A misspelt one would switch nothing, and nobody would know."""
        with pytest.raises(ValueError, match="there are host, credentials and presentation:ID"):
            Bench().breakers.control(key, BreakerMode.FORCED_OPEN, 0.0)
