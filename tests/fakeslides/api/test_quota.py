import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.api.quota import QuotaKeeper
from fakeslides.scenario.server import Quota


def keeper(**keys: object) -> QuotaKeeper:
    """Return a keeper of a quota."""
    return QuotaKeeper(Quota.model_validate({"preset": "google-default"} | keys))


def refused(quota: QuotaKeeper, times: list[float], user: str = "u") -> list[bool]:
    """Say of each write whether it is refused."""
    return [quota.admit("write", user, now) is not None for now in times]


class TestGooglesQuota:
    def test_the_sixty_first_write_of_a_minute_is_refused(self) -> None:
        """60 writes a minute for each user is the scarce resource of the API."""
        assert refused(keeper(), [0.0] * 61) == [False] * 60 + [True]

    def test_reads_are_counted_apart(self) -> None:
        """A client that has used up its writes may still look."""
        quota = keeper()
        refused(quota, [0.0] * 60)

        assert quota.admit("read", "u", 0.0) is None

    def test_users_have_a_quota_each_and_share_the_projects(self) -> None:
        """600 a minute for the project: the eleventh busy user is refused."""
        quota = keeper()
        for user in range(10):
            assert not any(refused(quota, [0.0] * 60, str(user)))

        exceeded = quota.admit("write", "one more", 0.0)

        assert exceeded is not None
        assert (exceeded.scope, exceeded.limit) == ("project", 600)

    def test_unlimited_is_unlimited(self) -> None:
        """The calm fake must not surprise anyone."""
        assert not any(refused(keeper(preset="unlimited"), [0.0] * 5000))


class TestWindows:
    def test_a_sliding_window_forgets_each_call_after_a_minute(self) -> None:
        """No sixty seconds ever hold more than the quota."""
        quota = keeper(writes_per_user="2", count_rejected="false")

        assert refused(quota, [0, 30, 59.9, 60.1, 61, 90.1]) == [False, False, True, False, True, False]

    def test_a_fixed_window_forgets_all_at_once(self) -> None:
        """Around its border twice the quota passes; scenarios may choose that."""
        quota = keeper(writes_per_user="2", window="fixed")

        assert refused(quota, [58, 59, 59.5, 60, 61, 62]) == [False, False, True, False, False, True]

    @given(gaps=st.lists(st.floats(0, 30), max_size=60))
    def test_no_sliding_minute_ever_holds_more_than_the_quota(self, gaps: list[float]) -> None:
        """This is what a quota is."""
        quota, now, admitted = keeper(writes_per_user="3", count_rejected="false"), 0.0, []

        for gap in gaps:
            now += gap
            if quota.admit("write", "u", now) is None:
                admitted.append(now)

        assert all(later - earlier >= 60 for earlier, later in zip(admitted, admitted[3:], strict=False))

    @given(times=st.lists(st.floats(0, 59), min_size=3, max_size=20).map(sorted))
    def test_whoever_waits_as_told_is_let_in_though_the_refused_call_counted_too(
        self, times: list[float]
    ) -> None:
        """Retry-After must not send a client back too early."""
        quota = keeper(writes_per_user="2")
        exceeded = [quota.admit("write", "u", now) for now in times][-1]
        assert exceeded is not None

        assert quota.admit("write", "u", times[-1] + exceeded.retry_after_seconds + 1e-6) is None


def test_refused_calls_count_only_if_the_scenario_says_so() -> None:
    """Google does not say which it is, so both can be tried."""
    for counted, last in (("true", True), ("false", False)):
        quota = keeper(writes_per_user="1", count_rejected=counted)

        assert refused(quota, [0, 50, 61]) == [False, True, last]


@pytest.mark.parametrize(("share", "limit"), [("0%", 600), ("50%", 300), ("100%", 0)])
def test_others_take_their_share_of_the_project_and_not_of_the_user(share: str, limit: int) -> None:
    """Colleagues use the same project with accounts of their own."""
    quota = keeper(used_by_others=share)

    assert quota.limit("write", "project") == limit
    assert quota.limit("write", "user") == 60


@pytest.mark.parametrize("project", [60, 600, 1_000, 3_000])
def test_what_others_leave_is_right_to_the_call(project: int) -> None:
    """Floating point took a call away from every eighth setting: of 60, 90 % left five."""
    limits = {
        used: keeper(writes_per_project=project, used_by_others=f"{used}%").limit("write", "project")
        for used in range(101)
    }

    assert limits == {used: project * (100 - used) // 100 for used in range(101)}


class TestFills:
    def test_shows_how_full_each_window_is_that_was_called_in(self) -> None:
        """A person who watches sees which quota is about to refuse."""
        quota = keeper()
        refused(quota, [0.0] * 7, "ada")

        fills = {
            (fill.kind, fill.scope, fill.user): (fill.used_count, fill.limit) for fill in quota.fills(1.0)
        }

        assert fills == {("write", "user", "ada"): (7, 60), ("write", "project", None): (7, 600)}

    def test_a_window_empties_as_time_passes(self) -> None:
        """Even if nobody calls."""
        quota = keeper()
        refused(quota, [0.0] * 7)

        assert {fill.used_count for fill in quota.fills(61.0)} == {0}

    def test_what_has_no_limit_cannot_be_full(self) -> None:
        """An unlimited fake shows no window at all."""
        quota = keeper(preset="unlimited")
        refused(quota, [0.0])

        assert quota.fills(0.0) == []


class TestOtherTenants:
    def test_they_leave_what_they_do_not_use(self) -> None:
        """570 of 600 writes a minute are theirs: 30 are left, whoever calls."""
        quota = keeper(others={"writes_per_minute": 570}, count_rejected="false")

        assert refused(quota, [1000.0] * 60).count(False) == 30

    def test_they_take_none_of_the_user(self) -> None:
        """They have accounts of their own."""
        quota = keeper(others={"writes_per_minute": 100})

        assert refused(quota, [1000.0] * 61) == [False] * 60 + [True]

    def test_who_comes_first_in_a_fixed_window_is_served_first(self) -> None:
        """At its beginning they have not called yet; at its end there is nothing left."""
        quota = keeper(
            window="fixed", others={"writes_per_minute": 600}, count_rejected="false", writes_per_user="600"
        )

        assert refused(quota, [6000.5] * 30) == [False] * 30
        assert refused(quota, [6059.5]) == [True]

    def test_they_are_seen_in_the_project_s_window(self) -> None:
        """Whoever watches must see why there is no room."""
        quota = keeper(others={"reads_per_minute": 3000})

        [fill] = quota.fills(1000.0)

        assert (fill.kind, fill.scope, fill.used_count, fill.limit) == ("read", "project", 3000, 3000)
