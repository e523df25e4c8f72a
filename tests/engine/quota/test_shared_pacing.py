"""Several processes, one quota: never more than it in any window, and never much less."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.errors import QuotaFileError, QuotaScope
from engine.policy.pacing import CallKind, Reservation
from engine.quota.file import QuotaFile
from engine.quota.shared_pacing import SharedPacing
from engine.settings import EngineSettings
from tests.support.shared_quotas import ADA, BOB, StillClock, send, sharing, taken

SPAN_SECONDS = 61.0
READ, WRITE = CallKind.READ, CallKind.WRITE
ATTEMPT_SECONDS = 30.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file is."""
    return tmp_path / "quota"


class TestSharing:
    def test_what_one_process_sent_all_have_sent(self, path: Path) -> None:
        """Two of them with sixty writes each would be refused half of the time."""
        clock = StillClock()
        with sharing(path, clock, ADA, ADA, writes_per_minute=3) as (one, other):
            send(one, clock, 2)
            send(other, clock)

            assert (
                one.take(clock.now(), WRITE) == other.take(clock.now(), WRITE) == clock.now() + SPAN_SECONDS
            )
            assert one.eta_seconds(1, clock.now(), WRITE) == SPAN_SECONDS
            assert isinstance(one.take(clock.now(), READ), Reservation)

    def test_it_survives_a_restart(self, path: Path) -> None:
        """A crash loop must not write a quota's worth each time it starts."""
        clock = StillClock()
        with sharing(path, clock, ADA, writes_per_minute=3) as (before,):
            send(before, clock, 3)

        with sharing(path, clock, ADA, writes_per_minute=3) as (after,):
            assert after.take(clock.now(), WRITE) == clock.now() + SPAN_SECONDS

    def test_users_of_one_project_share_its_quota_and_have_their_own(self, path: Path) -> None:
        """Google counts both."""
        clock, quotas = StillClock(), {"writes_per_minute": 2, "project_writes_per_minute": 3}
        with sharing(path, clock, ADA, BOB, **quotas) as (ada, bob):
            send(ada, clock, 2)
            assert ada.take(clock.now(), WRITE) == clock.now() + SPAN_SECONDS

            send(bob, clock)

            assert bob.take(clock.now(), WRITE) == clock.now() + SPAN_SECONDS

    def test_what_one_learned_from_a_refusal_all_know(self, path: Path) -> None:
        """Each would have to be refused by itself, again and again."""
        clock = StillClock()
        with sharing(path, clock, ADA, ADA, BOB) as (one, other, bob):
            [*_, last] = send(one, clock, 20)
            one.throttled(last, clock.now(), retry_after_seconds=7.0, scope=QuotaScope.USER)

            assert other.eta_seconds(1, clock.now(), WRITE) == SPAN_SECONDS
            assert other.take(clock.now(), WRITE) == clock.now() + SPAN_SECONDS
            assert other.allowed_count(clock.now(), WRITE) == 14
            assert isinstance(bob.take(clock.now(), WRITE), Reservation)

    def test_the_time_that_a_refusal_asked_for_holds_for_all(self, path: Path) -> None:
        """The server said when; sooner would be refused again."""
        clock = StillClock()
        with sharing(path, clock, ADA, ADA) as (one, other):
            [number] = send(one, clock)
            one.throttled(number, clock.now(), retry_after_seconds=7.0)
            clock.put(clock.now() + 6.0)

            assert other.eta_seconds(1, clock.now(), WRITE) >= 1.0

    def test_an_estimate_counts_the_calls_of_all(self, path: Path) -> None:
        """A caller who is promised a time plans with it."""
        clock = StillClock()
        with sharing(path, clock, ADA, ADA, writes_per_minute=3) as (one, other):
            send(one, clock, 2)

            assert [other.eta_seconds(count, clock.now(), WRITE) for count in (1, 2, 5)] == [0.0, 61.0, 122.0]


class TestUnsent:
    def test_a_place_that_is_given_back_is_found_by_looking_again(self, path: Path) -> None:
        """Nobody rings; and who looks all the time burns a processor."""
        clock = StillClock()
        with sharing(path, clock, ADA, ADA, writes_per_minute=1) as (one, other):
            reservation = taken(one, clock)
            looks_at = other.take(clock.now(), WRITE)
            one.refund(reservation)

            assert clock.now() + 0.2 <= looks_at <= clock.now() + 0.4
            assert isinstance(other.take(clock.now(), WRITE), Reservation)

    def test_nobody_looks_again_before_time_when_all_was_sent(self, path: Path) -> None:
        """Then the time is known, and looking would change nothing."""
        clock = StillClock()
        with sharing(path, clock, ADA, ADA, writes_per_minute=1) as (one, other):
            send(one, clock)

            assert other.take(clock.now() + 5.0, WRITE) == clock.now() + SPAN_SECONDS

    def test_the_place_of_a_process_that_died_is_free_a_window_after_its_call_must_have_ended(
        self, path: Path
    ) -> None:
        """Nobody knows whether it was sent, so it counts; and not for ever."""
        clock = StillClock()
        with sharing(path, clock, ADA, writes_per_minute=1, http_connection_timeout=ATTEMPT_SECONDS) as (
            dead,
        ):
            taken(dead, clock)

        free_at = clock.now() + ATTEMPT_SECONDS + SPAN_SECONDS
        with sharing(path, clock, ADA, writes_per_minute=1) as (alive,):
            assert clock.now() + alive.eta_seconds(1, clock.now(), WRITE) == free_at
            clock.put(clock.now() + ATTEMPT_SECONDS)
            assert alive.take(clock.now(), WRITE) == free_at
            clock.put(free_at)
            assert isinstance(alive.take(clock.now(), WRITE), Reservation)


class TestTrouble:
    def test_a_busy_file_admits_nobody_and_forgets_nothing(self, path: Path) -> None:
        """A call that left while the file was busy is noted by the next look."""
        clock = StillClock()
        with sharing(path, clock, ADA, writes_per_minute=1) as (pacing,):
            reservation = taken(pacing, clock)
            with QuotaFile(path) as file, file.locked(clock):
                pacing.sent(reservation, clock.now())
                again_at = pacing.take(clock.now(), WRITE)

            assert isinstance(again_at, float)
            assert clock.now() < again_at < clock.now() + 0.1
            assert pacing.take(clock.now(), WRITE) == clock.now() + SPAN_SECONDS

    def test_a_file_that_is_gone_bad_admits_nobody_and_says_so(self, path: Path) -> None:
        """Rather no edit than a quota that nobody keeps; what is under way ends in peace."""
        clock = StillClock()
        with sharing(path, clock, ADA) as (pacing,):
            reservation = taken(pacing, clock)
            with QuotaFile(path) as file, file.locked(clock) as calls:
                calls._connection.execute("DROP TABLE call")

            pacing.sent(reservation, clock.now())
            with pytest.raises(QuotaFileError, match=str(path)):
                pacing.take(clock.now(), WRITE)


class SharingLaws(RuleBasedStateMachine):
    """Whatever processes do, die and start again, in whatever order: the law of the window."""

    @initialize(quota=st.integers(1, 5), project=st.integers(1, 5), count=st.integers(1, 4))
    def begin(self, quota: int, project: int, count: int) -> None:
        """A quota of a few calls, so that it is full all the time."""
        self.stack = ExitStack()
        self.path = Path(self.stack.enter_context(tempfile.TemporaryDirectory())) / "quota"
        self.settings = EngineSettings(
            writes_per_minute=quota,
            project_writes_per_minute=project,
            quota_use_share=1.0,
            http_connection_timeout=ATTEMPT_SECONDS,
        )
        self.most, self.clock = min(quota, project), StillClock()
        self.unsent: list[tuple[SharedPacing, Reservation, float]] = []
        self.sent_at: list[float] = []
        self.doors = [self._door() for _ in range(count)]

    def _door(self) -> SharedPacing:
        file = self.stack.enter_context(QuotaFile(self.path))
        return SharedPacing(self.settings, file, ADA, self.clock, Random(1))

    @rule(seconds=st.sampled_from([0.0, 0.5, 7.0, 29.0, ATTEMPT_SECONDS, SPAN_SECONDS]))
    def wait(self, seconds: float) -> None:
        """Time passes, and attempts that were not sent in time never are."""
        self.clock.put(self.clock.now() + seconds)
        self.unsent = [held for held in self.unsent if held[2] >= self.clock.now()]

    @rule(which=st.integers(0, 3))
    def take(self, which: int) -> None:
        """A process asks for a place."""
        door = self.doors[which % len(self.doors)]
        answer = door.take(self.clock.now(), WRITE)
        if isinstance(answer, Reservation):
            self.unsent.append((door, answer, self.clock.now() + ATTEMPT_SECONDS))
        else:
            assert answer > self.clock.now()

    @precondition(lambda self: self.unsent)
    @rule(which=st.integers(0, 9), gives_back=st.booleans())
    def settle(self, which: int, *, gives_back: bool) -> None:
        """A call leaves, or never will."""
        door, reservation, _ = self.unsent.pop(which % len(self.unsent))
        if gives_back:
            door.refund(reservation)
        else:
            door.sent(reservation, self.clock.now())
            self.sent_at.append(self.clock.now())

    @rule(which=st.integers(0, 3), has_sent=st.booleans())
    def die(self, which: int, *, has_sent: bool) -> None:
        """A process is killed, perhaps with calls sent that it had not noted, and started again."""
        dead = self.doors[which % len(self.doors)]
        if has_sent:
            self.sent_at += [self.clock.now() for door, *_ in self.unsent if door is dead]
        self.unsent = [held for held in self.unsent if held[0] is not dead]
        self.doors[which % len(self.doors)] = self._door()

    @rule()
    def restart_the_machine(self) -> None:
        """Every process dies, and the clock begins anew; the server's does not."""
        self.unsent.clear()
        shift = 5.0 - self.clock.now()
        self.clock.put(5.0)
        self.sent_at = [at + shift for at in self.sent_at]

    @invariant()
    def no_window_holds_more_than_the_quota(self) -> None:
        """As the server counts, however close the calls arrive."""
        counts = [sum(start <= at < start + SPAN_SECONDS for at in self.sent_at) for start in self.sent_at]
        assert max(counts, default=0) <= self.most

    def teardown(self) -> None:
        """Whatever was left behind, in the end the whole quota is there."""
        if hasattr(self, "stack"):
            self.doors[0].eta_seconds(1, self.clock.now(), WRITE)  # a restart counts from when somebody looks
            self.clock.put(self.clock.now() + ATTEMPT_SECONDS + SPAN_SECONDS)
            places = [self.doors[0].take(self.clock.now(), WRITE) for _ in range(self.most + 1)]
            self.stack.close()
            assert [isinstance(place, Reservation) for place in places] == [*[True] * self.most, False]


TestSharingLaws = SharingLaws.TestCase
TestSharingLaws.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
