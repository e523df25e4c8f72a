"""What happened, moment by moment, and which moments are worth a line of their own.  A thinking room."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from loadtests.timeline.attempts import Attempt
from loadtests.timeline.lanes import Lane
from loadtests.timeline.operations import Operation
from loadtests.timeline.story import Story
from loadtests.timeline.words import (
    Tone,
    call_word,
    ending_words,
    fate_words,
    refusal_words,
    tally,
    tone_of,
    waits_words,
)

NOBODY = "-"
BROKEN = "BROKEN"
_TOLD_IN_FULL_COUNT = 8


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a timeline.

    Attributes:
        at_seconds: when.
        lane: where: the identity of a batch or read, or what else it is about.
        what: in a few words: the kind of thing that happened.
        words: what happened.
        tone: how it is to be looked at.
        alike: what it is called when it is counted with its like; None is always told for itself.
        is_detail: only whoever wants everything wants it.
    """

    at_seconds: float
    lane: str
    what: str
    words: str
    tone: Tone = "plain"
    alike: str | None = None
    is_detail: bool = False


def happenings_of(story: Story, *, is_verbose: bool = False) -> list[Happening]:
    """Return what happened, in order; without `is_verbose` what is of interest, dull stretches folded."""
    # Within one instant, which rounding could tear apart, a try ends before what follows from it.
    found = sorted(_all(story), key=lambda happening: round(happening.at_seconds, 6))
    if is_verbose:
        return found
    return list(fold(happening for happening in found if not happening.is_detail))


def fold(happenings: Iterable[Happening]) -> Iterator[Happening]:
    """Fold each stretch of what is well, or has often been told before, into one line that counts it."""
    told = Counter[str]()
    stretch: list[Happening] = []
    for happening in happenings:
        alike = happening.alike
        if alike is not None and (happening.tone == "good" or told[alike] >= _TOLD_IN_FULL_COUNT):
            stretch.append(happening)
            continue
        yield from _folded(stretch)
        stretch.clear()
        if alike is not None:
            told[alike] += 1
        yield happening
    yield from _folded(stretch)


def _folded(stretch: Sequence[Happening]) -> Iterator[Happening]:
    if len(stretch) < 2:
        yield from stretch
        return
    first, last = stretch[0], stretch[-1]
    words = f"up to {last.at_seconds:.3f} s: {tally(happening.alike for happening in stretch)}"
    is_well = all(happening.tone == "good" for happening in stretch)
    yield Happening(first.at_seconds, NOBODY, "stretch", words, "good" if is_well else "odd")


def _all(story: Story) -> Iterator[Happening]:
    for group in story.groups:
        for lane in group.lanes:
            yield from _of_lane(lane)
        for refusal in group.refusals:
            words = refusal_words(refusal)
            yield Happening(refusal.at_seconds, refusal.presentation_id, "call ended", words, "bad")
    yield from _of_states(story)
    for remark in story.remarks:
        if remark.is_broken:
            yield Happening(remark.at_seconds, NOBODY, BROKEN, remark.text, "bad")
        else:
            yield Happening(remark.at_seconds, NOBODY, "remark", remark.text, "odd")


def _of_lane(lane: Lane) -> Iterator[Happening]:
    for attempt in lane.attempts:
        yield from _of_attempt(attempt)
    for operation in lane.operations:
        yield from _of_operation(operation)
    for turn in lane.turns:
        moments = {
            "queues for the presentation": turn.awaited_at_seconds,
            "has the presentation": turn.taken_at_seconds,
            "lets go of the presentation": turn.ended_at_seconds,
        }
        for words, at_seconds in moments.items():
            if at_seconds is not None:
                yield Happening(at_seconds, lane.identity, "turn", words, is_detail=True)


def _of_attempt(attempt: Attempt) -> Iterator[Happening]:
    name = f"{call_word(attempt.method)} #{attempt.number}"
    tone, ended_at_seconds = tone_of(attempt), attempt.ended_at_seconds
    if attempt.is_told:
        yield Happening(attempt.sent_at_seconds, attempt.identity, name, _sent_words(attempt), is_detail=True)
    yield Happening(
        attempt.sent_at_seconds if ended_at_seconds is None else ended_at_seconds,
        attempt.identity,
        name,
        ending_words(attempt),
        tone,
        alike=_likeness(attempt),
        is_detail=tone == "plain",
    )


def _likeness(attempt: Attempt) -> str:
    words = [attempt.outcome or attempt.method, attempt.error_class, attempt.strike and attempt.strike.name]
    return " ".join(word for word in words if word)


def _sent_words(attempt: Attempt) -> str:
    waits = waits_words(attempt.waits_seconds)
    words = ("sent", f"after waiting: {waits}" if waits else "", "as a trial" if attempt.is_trial else "")
    return " ".join(word for word in words if word)


def _of_operation(operation: Operation) -> Iterator[Happening]:
    name, accepted = operation.operation_id, operation.accepted_at_seconds
    words = operation.words
    yield Happening(accepted, name, "wish", words, is_detail=True)
    is_well = operation.fate == "applied" and operation.flaw is None
    settled = operation.settled_at_seconds
    yield Happening(
        accepted if settled is None else settled,
        name,
        "fate",
        fate_words(operation),
        "good" if is_well else "bad",
        alike=None if operation.flaw else f"{operation.fate} {operation.error_class or ''}".strip(),
        is_detail=is_well,
    )


def _of_states(story: Story) -> Iterator[Happening]:
    for phase in story.phases:
        if phase.from_seconds <= story.duration_seconds:
            yield Happening(phase.from_seconds, NOBODY, "phase", phase.name, "odd")
    for breaker in story.breaker_changes:
        tone: Tone = "good" if breaker.after == "closed" else "bad"
        words = f"{breaker.before} -> {breaker.after}"
        yield Happening(breaker.at_seconds, breaker.key, "breaker", words, tone)
    for limit in story.limit_changes:
        words = f"{limit.before} -> {limit.after} in flight ({limit.reason})"
        yield Happening(limit.at_seconds, NOBODY, "limit", words, is_detail=True)
