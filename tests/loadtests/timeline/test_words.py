import pytest

from loadtests.timeline.attempts import Attempt, Seen, Strike
from loadtests.timeline.operations import Operation, Refusal
from loadtests.timeline.words import (
    call_word,
    counted,
    ending_words,
    fate_words,
    refusal_words,
    scene_words,
    size_words,
    span_words,
    strike_words,
    summary_words,
    tally,
    tone_of,
    waits_words,
)
from tests.support.stories import FIRST, READ, WRITE, a_story, real_story

COMMITTED = Seen(0.0, 0.5, 1, 200, committed=True)
STRIKE = Strike(0.5, "lose", "tcp.reset", "after_commit", None, FIRST)


def _attempt(outcome: str | None, **facts: object) -> Attempt:
    usual = {"ended_at_seconds": 0.4, "http_status": 200, "seen": COMMITTED, "outcome": outcome}
    return Attempt(FIRST, 1, "deck", WRITE, 0.0, **{**usual, **facts})


def test_an_answer_says_its_status_and_how_long_it_took() -> None:
    """All that needs to be said of it."""
    assert ending_words(_attempt("answered")) == "answered 200 in 0.40 s"


def test_a_lost_answer_says_whether_the_write_landed_and_what_struck() -> None:
    """The client could not know; the reader can."""
    lost = _attempt("unknown", error_class="ConnectionLost", error_text="reset", strike=STRIKE)

    assert ending_words(lost) == (
        "unknown after 0.40 s, committed all the same, struck by lose (tcp.reset after_commit): "
        "ConnectionLost: reset"
    )


def test_a_try_that_the_server_never_saw_says_so() -> None:
    """It got lost on its way there."""
    assert ending_words(_attempt("unknown", seen=None)) == "unknown after 0.40 s, never seen by the server"


def test_a_try_under_way_and_one_nobody_told_of_are_not_the_same() -> None:
    """The one hangs; of the other the client never speaks."""
    assert ending_words(_attempt(None, ended_at_seconds=None, seen=None)) == "under way when the run ended"
    assert ending_words(_attempt(None)) == "answered 200"
    assert ending_words(_attempt(None, seen=Seen(0, 0, 1, None, committed=False))) == "no answer"


@pytest.mark.parametrize(
    ("attempt", "tone"),
    [
        (_attempt("answered"), "good"),
        (_attempt("answered", strike=STRIKE), "odd"),
        (_attempt("rejected"), "odd"),
        (_attempt("not_sent"), "odd"),
        (_attempt("unknown"), "bad"),
        (_attempt(None, ended_at_seconds=None), "bad"),
        (_attempt(None), "plain"),
        (_attempt(None, strike=STRIKE), "odd"),
    ],
)
def test_a_try_is_looked_at_as_it_ended(attempt: Attempt, tone: str) -> None:
    """Terminal and page agree on what deserves a look."""
    assert tone_of(attempt) == tone


def test_a_cause_that_speaks_for_itself_needs_no_kind() -> None:
    """Load has causes, not kinds."""
    assert strike_words(Strike(0.5, None, None, None, "quota", FIRST)) == "organic:quota"


def test_waits_of_no_length_are_not_told() -> None:
    """The lock that was free was not waited for."""
    assert waits_words({"lock": 0.0, "slot": 1.386, "backoff": 0.05}) == "slot 1.39 s, backoff 50 ms"


def test_a_fate_that_the_ledger_contradicts_says_so() -> None:
    """It is why the story is being read."""
    lost = Operation(FIRST, "deck", "s1", "a", "b", 0.0, 1.0, "applied")
    refused = Operation(
        FIRST, "deck", "s1", "a", "b", 0.0, 1.0, "rejected", error_class="NotFound", error_text="404"
    )

    assert fate_words(lost) == "applied; lost: committed 0 times"
    assert fate_words(refused) == "rejected; NotFound: 404"


def test_a_call_that_came_to_nothing_says_why() -> None:
    """An error of its own, or a caller who changed their mind."""
    assert refusal_words(Refusal(0.0, "d", "not_sent", "NotFound", "404")) == "not_sent; NotFound: 404"
    assert refusal_words(Refusal(0.0, "d", "not_sent")) == "cancelled by its caller"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0 ms"),
        (0.0123, "12.3 ms"),
        (0.1, "0.10 s"),
        (1.386, "1.39 s"),
        (12.34, "12.3 s"),
        (141.4, "141 s"),
    ],
)
def test_a_span_has_as_many_digits_as_it_deserves(seconds: float, words: str) -> None:
    """More would pretend, fewer would hide."""
    assert span_words(seconds) == words


def test_counts_are_told_in_plain_english() -> None:
    """One try, two tries."""
    words = [counted(1, "try"), counted(2, "try"), counted(2, "batch"), counted(3, "lane")]

    assert words == ["1 try", "2 tries", "2 batches", "3 lanes"]
    assert tally(["a", None, "a"]) == "2 a, 1 never told"
    assert tally([]) == "none"


def test_calls_have_short_names() -> None:
    """Google's are long, and there are two of them."""
    assert [call_word(method) for method in (WRITE, READ, "token")] == ["write", "read", "token"]


def test_a_story_says_what_run_it_is_and_what_it_comes_to() -> None:
    """First and last lines of a timeline."""
    story = a_story()

    assert scene_words(story) == "scenario small, seed 7"
    assert size_words(story) == "1 presentation, 2 operations, 3 attempts, 1 strike, 2.00 s"
    assert summary_words(story) == [
        ("fates", "2 applied"),
        ("attempts", "2 answered, 1 unknown"),
        ("strikes", "1 lose"),
        ("waited for", "lock 1.40 s, backoff 0.40 s"),
    ]


def test_the_sum_of_a_real_run_counts_the_writes_that_landed_unheard() -> None:
    """They are what the engine had to find out for itself."""
    summary = dict(summary_words(real_story("flaky_network")))

    assert "of the unknown were committed" in summary["in doubt"]
    assert "reset-after-commit" in summary["strikes"]
