"""The words in which both the terminal and the page tell of a story.  A thinking room."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from loadtests.measurements import WRITE
from loadtests.timeline.attempts import Attempt, Strike
from loadtests.timeline.operations import Operation, Refusal
from loadtests.timeline.story import Story

Tone = Literal["good", "plain", "odd", "bad"]

_CALLS = {WRITE: "write", "presentations.get": "read"}


def call_word(method: str) -> str:
    """Return write or read for the engine's calls, and what else there is as the ledger names it."""
    return _CALLS.get(method, method)


def tone_of(attempt: Attempt) -> Tone:
    """Return how a try is to be looked at: all is well, nothing to see, worth a look, or it failed."""
    if not attempt.is_told:
        return "odd" if attempt.strike else "plain"
    if attempt.outcome == "answered":
        return "odd" if attempt.strike else "good"
    return "odd" if attempt.outcome in {"rejected", "not_sent"} else "bad"


def ending_words(attempt: Attempt) -> str:
    """Say how a try ended for the client, where the server knows better, and what struck it."""
    words = [_told_words(attempt)]
    if attempt.is_told and attempt.committed and attempt.outcome != "answered":
        words.append("committed all the same")
    if attempt.seen is None and attempt.outcome in {"answered", "rejected", "unknown"}:
        words.append("never seen by the server")
    if attempt.strike is not None:
        words.append(f"struck by {strike_words(attempt.strike)}")
    told = ", ".join(words)
    return f"{told}: {attempt.error_class}: {attempt.error_text}" if attempt.error_class else told


def strike_words(strike: Strike) -> str:
    """Say what struck, such as `reset-after-commit (tcp.reset after_commit)`."""
    what = " ".join(word for word in (strike.kind, strike.point) if word)
    return f"{strike.name} ({what})" if what else strike.name


def waits_words(waits_seconds: Mapping[str, float]) -> str:
    """Say what was waited for, such as `slot 1.39 s, backoff 0.52 s`, but for waits that nobody notices."""
    noticed = ((reason, seconds) for reason, seconds in waits_seconds.items() if seconds >= 0.001)
    return ", ".join(f"{reason} {span_words(seconds)}" for reason, seconds in noticed)


def fate_words(operation: Operation) -> str:
    """Say what became of an operation, and what is wrong with that."""
    words = [operation.fate or "no fate"]
    if operation.error_class:
        words.append(f"{operation.error_class}: {operation.error_text}")
    if operation.flaw:
        words.append(f"{operation.flaw}: committed {operation.commit_count} times")
    return "; ".join(words)


def refusal_words(refusal: Refusal) -> str:
    """Say why a call came to nothing."""
    if refusal.error_class is None:
        return "cancelled by its caller"
    return f"{refusal.fate}; {refusal.error_class}: {refusal.error_text}"


def span_words(seconds: float) -> str:
    """Return a span with as many digits as it deserves, such as `3 ms`, `1.39 s` or `141 s`."""
    if seconds < 0.1:
        return f"{1000 * seconds:.3g} ms"
    return f"{seconds:.{2 if seconds < 10 else 1 if seconds < 100 else 0}f} s"


def counted(count: int, noun: str) -> str:
    """Return such as `1 try` or `3 tries`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{count} {noun if count == 1 else plural}"


def tally(words: Iterable[str | None]) -> str:
    """Count words, such as `12 applied, 1 rejected`, the most frequent first."""
    found = Counter(word or "never told" for word in words)
    return ", ".join(f"{count} {word}" for word, count in found.most_common()) or "none"


def size_words(story: Story) -> str:
    """Say how much there is in a story."""
    presentations = sum(group.presentation_id is not None for group in story.groups)
    told = [attempt for attempt in story.attempts if attempt.is_told]
    parts = (
        counted(presentations, "presentation"),
        counted(len(story.operations), "operation"),
        counted(len(told), "attempt"),
        counted(len(story.strikes), "strike"),
        span_words(story.duration_seconds),
    )
    return ", ".join(parts)


def scene_words(story: Story) -> str:
    """Say what run it is."""
    scene = story.scene
    details = (f"{name} {value}" for name, value in scene.details.items())
    return ", ".join((f"scenario {scene.scenario}", f"seed {scene.seed}", *details))


def summary_words(story: Story) -> Sequence[tuple[str, str]]:
    """Return what the story comes to, each with its name."""
    told = [attempt for attempt in story.attempts if attempt.is_told]
    in_doubt = sum(attempt.committed for attempt in told if attempt.outcome == "unknown")
    flaws = tally(operation.flaw for operation in story.operations if operation.flaw)
    rows = [
        ("fates", tally(operation.fate for operation in story.operations)),
        ("attempts", tally(attempt.outcome or "under way" for attempt in told)),
        ("in doubt", f"{in_doubt} of the unknown were committed" if in_doubt else ""),
        ("strikes", tally(strike.name for strike in story.strikes)),
        ("waited for", _waits_in_all(told)),
        ("calls ended", tally(one.error_class or "cancelled" for one in story.refusals)),
        ("ledger against reports", flaws),
    ]
    return [(name, words) for name, words in rows if words and words != "none"]


def _told_words(attempt: Attempt) -> str:
    if not attempt.is_told:
        status = attempt.seen.http_status if attempt.seen else None
        return f"answered {status}" if status else "no answer"
    if attempt.outcome is None:
        return "under way when the run ended"
    length = span_words(_length(attempt))
    if attempt.outcome == "answered":
        return f"answered {attempt.http_status} in {length}"
    return f"{attempt.outcome} after {length}"


def _length(attempt: Attempt) -> float:
    return (attempt.ended_at_seconds or attempt.sent_at_seconds) - attempt.sent_at_seconds


def _waits_in_all(attempts: Iterable[Attempt]) -> str:
    waits = Counter[str]()
    for attempt in attempts:
        waits.update(attempt.waits_seconds)
    return waits_words(dict(waits.most_common()))
