from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from fakeslides.ledger import Entry
from loadtests.measurements import ClientLog
from loadtests.swarm.promises import Ending
from loadtests.swarm.promises.quota import QuotaIsKept, ServerCountsItsQuota, SharedQuotaIsKept
from tests.support.promises import all_over, some_terms, watched, what_broke
from tests.support.runs import an_entry

FOUR_A_MINUTE = some_terms(writes_per_minute=4, quota_use_share=1.0, started_at_seconds=100.0)
READ = {"method": "presentations.get", "requests": ()}


def _at(seconds: float, **facts: Any) -> Entry:  # noqa: ANN401 # an entry's
    return an_entry(arrived_at_seconds=seconds, ended_at_seconds=seconds + 0.1, **facts)


def _calls(*seconds: float, **facts: object) -> list[Entry]:
    return [_at(moment, **facts) for moment in seconds]


def test_as_many_calls_a_minute_as_allowed_keep_it() -> None:
    """The fifth comes a minute after the first."""
    ledger = [*_calls(0, 1, 2, 3, 60.1), *_calls(*range(500), **READ)[:9]]

    assert what_broke(watched(QuotaIsKept, all_over(ledger), terms=FOUR_A_MINUTE)) == []


def test_one_more_within_a_minute_breaks_it() -> None:
    """Google would refuse it; the ledger may tell of calls in any order."""
    wrong = watched(QuotaIsKept, all_over(_calls(3, 2, 1, 0, 59.5)), terms=FOUR_A_MINUTE)

    assert what_broke(wrong) == ["5 writes within 59.500 s"]
    assert wrong.broken[0].at_seconds == 159.5


def test_who_shares_a_quota_keeps_it_with_the_dead_and_with_others() -> None:
    """Each alone makes few calls enough; the server counts them together."""
    ledger = _calls(0, 1, 2, 57, 59.5)
    apart, together = (
        Ending(ClientLog(), lives_began_at_seconds=(100.0, 150.0), shares_quota=shares)
        for shares in (False, True)
    )

    assert watched(QuotaIsKept, all_over(ledger, ending=apart), terms=FOUR_A_MINUTE).broken == []
    assert watched(SharedQuotaIsKept, all_over(ledger, ending=apart), terms=FOUR_A_MINUTE).broken == []
    assert what_broke(watched(SharedQuotaIsKept, all_over(ledger, ending=together), terms=FOUR_A_MINUTE)) == [
        "5 writes within 59.500 s"
    ]


def _counted(ledger: Sequence[Entry], **quota: object) -> ServerCountsItsQuota:
    server = {"quota": {"writes_per_user": 2, **quota}}
    return watched(ServerCountsItsQuota, all_over(ledger), terms=some_terms(server))


REFUSED = {"organic": "quota", "committed": False, "http_status": 429}


@pytest.mark.parametrize(
    ("ledger", "quota"),
    [
        ([*_calls(0, 1), _at(2, **REFUSED)], {}),
        ([*_calls(0, 1), _at(2, **REFUSED), _at(60.5, **REFUSED), _at(62.5)], {"count_rejected": True}),
        ([*_calls(0, 1), _at(2, **REFUSED), _at(60.5), _at(60.8, **REFUSED)], {"count_rejected": False}),
        ([*_calls(58, 59, 61, 62), _at(63, **REFUSED)], {"window": "fixed"}),
        ([*_calls(0, 1), _at(2, **REFUSED)], {"writes_per_user": 9, "writes_per_project": 2}),
        (
            [*_calls(0, 1), _at(2, **REFUSED)],
            {"writes_per_user": 9, "writes_per_project": 4, "used_by_others": "50%"},
        ),
        (
            [*_calls(*range(6)), _at(6, **REFUSED)],  # 60 * (1 - 0.9) is below 6 in floating point
            {"writes_per_user": 9, "writes_per_project": 60, "used_by_others": "90%"},
        ),
    ],
)
def test_a_server_that_refuses_when_its_window_is_full_keeps_it(
    ledger: Sequence[Entry], quota: Mapping[str, object]
) -> None:
    """In every way in which a scenario may have it counted."""
    assert what_broke(_counted(ledger, **quota)) == []


def test_a_server_that_refuses_too_soon_or_too_late_breaks_it() -> None:
    """An engine would be judged by a quota that is not the one it was told."""
    too_late = _counted(_calls(0, 1, 2))
    too_soon = _counted([_at(0), _at(1, **REFUSED)])

    assert what_broke(too_late) == ["write deck/s1/0 was let in after 2 of 2"]
    assert what_broke(too_soon) == ["write deck/s1/0 was refused after 1 of 2"]


@pytest.mark.parametrize(
    ("ledger", "window"),
    [
        (_calls(0, 1, 59.99), "sliding"),  # does the first still count?
        (_calls(57, 58, 59.99), "fixed"),  # does the last count for the next minute?
        (_calls(0, 1, 1.01), "sliding"),  # who of the last two was counted first?
        ([*_calls(0, 1, 2), _at(3, fault="http.delay", point="before_request_read")], "sliding"),
    ],
)
def test_what_the_ledger_cannot_tell_is_not_judged(ledger: Sequence[Entry], window: str) -> None:
    """A count that may be off by one would blame a server that is right."""
    assert "after 2 of 2" not in "".join(broken.text for broken in _counted(ledger, window=window).broken)


@pytest.mark.parametrize(
    "quota",
    [
        {"others": {"writes_per_minute": 5}, "writes_per_project": 60},
        {"writes_per_user": None},
        {"writes_per_user": None, "reads_per_user": 5},
    ],
)
def test_where_others_call_too_and_where_nothing_is_limited_there_is_nothing_to_count(
    quota: Mapping[str, object],
) -> None:
    """Their calls are not in the ledger."""
    assert _counted(_calls(0, 1, 2), **quota).checked_count == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"user": None},
        {"organic": "connection_limit"},
        {"organic": "revoked_token"},
        {"point": "before_request_read"},
    ],
)
def test_calls_that_never_came_as_far_as_the_count_do_not_count(facts: Mapping[str, object]) -> None:
    """Whom nobody knows has no quota."""
    ledger = [_at(0), _at(1, **facts), _at(2), _at(3, **REFUSED)]

    assert what_broke(_counted(ledger)) == []


def test_googles_own_quota_is_what_google_publishes() -> None:
    """Sixty writes a minute for a user."""
    ledger = [*_calls(*(index / 2 for index in range(60))), _at(40, **REFUSED)]
    terms = some_terms({"quota": {"preset": "google-default"}})

    assert what_broke(watched(ServerCountsItsQuota, all_over(ledger), terms=terms)) == []
