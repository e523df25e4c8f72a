from collections.abc import Iterable

from loadtests.timeline.happenings import BROKEN, Happening, fold, happenings_of
from loadtests.timeline.story import Remark
from tests.support.stories import FIRST, SECOND, ZERO, a_story, entry, real_story


def _row(count: int, alike: str | None, tone: str, start: float = 0.0) -> list[Happening]:
    return [Happening(start + n, f"lane-{n}", "write #1", alike or "", tone, alike) for n in range(count)]


def _kinds(happenings: Iterable[Happening]) -> list[str]:
    return [happening.what for happening in happenings]


def test_what_is_of_interest_is_told_in_order() -> None:
    """A failed try, the breaker, a remark; wishes and turns only for whoever wants everything."""
    story = a_story(remarks=[Remark(ZERO + 1.2, "the weather stops")])

    found = happenings_of(story)

    assert [(one.what, one.lane) for one in found] == [
        ("write #1", FIRST), ("breaker", "host"), ("remark", "-"), ("stretch", "-"),
    ]  # fmt: skip
    assert [round(one.at_seconds, 3) for one in found] == [0.6, 0.6, 1.2, 1.5]


def test_everything_is_told_on_request() -> None:
    """Wishes, turns, admissions, limits and fates that are as they should be."""
    found = happenings_of(a_story(), is_verbose=True)

    assert {"wish", "turn", "fate", "limit"} <= set(_kinds(found))
    assert "stretch" not in _kinds(found)
    assert [one.words for one in found if one.what == "write #2"] == [
        "sent after waiting: backoff 0.40 s", "answered 200 in 0.50 s",
    ]  # fmt: skip


def test_a_quiet_stretch_is_one_line_that_counts() -> None:
    """Nobody reads a thousand lines that say that all is well."""
    (stretch,) = fold(_row(1000, "answered", "good"))

    assert (stretch.what, stretch.words, stretch.tone) == (
        "stretch",
        "up to 999.000 s: 1000 answered",
        "good",
    )


def test_trouble_is_told_in_full_until_it_is_familiar() -> None:
    """The ninth of a kind says nothing new, but it counts."""
    found = list(fold([*_row(12, "unknown ConnectionLost", "bad"), *_row(2, "answered", "good", start=20.0)]))

    assert _kinds(found) == ["write #1"] * 8 + ["stretch"]
    assert found[-1].words == "up to 21.000 s: 4 unknown ConnectionLost, 2 answered"
    assert found[-1].tone == "odd"


def test_what_has_no_like_interrupts_every_stretch() -> None:
    """A remark in the middle of the quiet stays in its place."""
    remark = Happening(2.5, "-", "remark", "stop", "odd")

    found = fold([*_row(3, "answered", "good"), remark, *_row(3, "answered", "good", start=3.0)])

    assert _kinds(found) == ["stretch", "remark", "stretch"]


def test_a_single_line_is_never_folded() -> None:
    """The line that would say so is no shorter."""
    assert _kinds(fold(_row(1, "answered", "good"))) == ["write #1"]


def test_broken_promises_and_flaws_are_never_folded() -> None:
    """They are why the story is being read."""
    ledger = [entry(FIRST, 1.5, 2.0, attempt=2), entry(SECOND, 2.1, 2.5)]
    story = a_story(ledger=ledger, remarks=[Remark(ZERO + 2, "an edit is lost", is_broken=True)])

    found = happenings_of(story)

    assert [one.words for one in found if one.what == "fate"] == ["applied; lost: committed 0 times"] * 2
    assert [one.words for one in found if one.what == BROKEN] == ["an edit is lost"]


def test_a_long_run_stays_short() -> None:
    """A storm of a hundred and fifty tries fits on two screens, and nothing that struck goes uncounted."""
    story = real_story("production_incident", "sequential", 1)

    found = happenings_of(story)

    assert len(story.attempts) > 250
    assert len(found) < 60
