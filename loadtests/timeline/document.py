"""A story as JSON, as the page reads it: short names, no word that says nothing.  A thinking room."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from loadtests.timeline.attempts import Attempt, Seen, Strike
from loadtests.timeline.lanes import Group, Lane
from loadtests.timeline.operations import Operation
from loadtests.timeline.steps import Step
from loadtests.timeline.story import Story
from loadtests.timeline.turns import Turn, waiting_steps
from loadtests.timeline.words import (
    call_word,
    ending_words,
    fate_words,
    refusal_words,
    scene_words,
    size_words,
    strike_words,
    summary_words,
    tone_of,
)

Json = dict[str, Any]

# Finer than anything that happens; more digits would be rounding's, not the run's.
_DIGITS = 6


def document_of(story: Story) -> Json:
    """Return all that the page shows of a story; times in seconds from the start of the run."""
    turns = [turn for group in story.groups for lane in group.lanes for turn in lane.turns]
    return {
        "scene": scene_words(story),
        "promise": story.scene.promise,
        "size": size_words(story),
        "summary": [list(row) for row in summary_words(story)],
        "duration": _time(story.duration_seconds),
        "window": story.scene.quota_window_seconds,
        "groups": [_group(group) for group in story.groups],
        "waiting": _steps(waiting_steps(turns)),
        "permits": [[_time(one.at_seconds), one.in_flight, one.limit] for one in story.permits],
        "limits": [[_time(one.at_seconds), one.before, one.after, one.reason] for one in story.limit_changes],
        "breakers": [
            [_time(one.at_seconds), one.key, one.before, one.after] for one in story.breaker_changes
        ],
        "quotas": [
            {"kind": use.kind, "user": use.user, "limit": use.limit, "steps": _steps(use.steps)}
            for use in story.quotas
        ],
        "phases": [[one.name, _time(one.from_seconds), _time(one.to_seconds)] for one in story.phases],
        "remarks": [[_time(one.at_seconds), one.text, one.is_broken] for one in story.remarks],
    }


def _group(group: Group) -> Json:
    turns = [turn for lane in group.lanes for turn in lane.turns]
    return _said(
        {
            "id": group.presentation_id,
            "lanes": [_lane(lane) for lane in group.lanes],
            "waiting": _steps(waiting_steps(turns)),
            "refusals": [[_time(one.at_seconds), refusal_words(one)] for one in group.refusals],
        }
    )


def _lane(lane: Lane) -> Json:
    return _said(
        {
            "id": lane.identity,
            "operations": [_operation(operation) for operation in lane.operations],
            "attempts": [_attempt(attempt) for attempt in lane.attempts],
            "turns": [_turn(turn) for turn in lane.turns],
        }
    )


def _turn(turn: Turn) -> Sequence[float | None]:
    return [_time(at) for at in (turn.awaited_at_seconds, turn.taken_at_seconds, turn.ended_at_seconds)]


def _operation(operation: Operation) -> Json:
    return _said(
        {
            "id": operation.operation_id,
            "slide": operation.slide_id,
            "find": operation.find or operation.kind,
            "replace": operation.replace,
            "from": _time(operation.accepted_at_seconds),
            "to": _time(operation.settled_at_seconds),
            "fate": operation.fate,
            "flaw": operation.flaw,
            "says": fate_words(operation),
            "commits": operation.commit_count,
            "breaker": operation.met_open_breaker,
        }
    )


def _attempt(attempt: Attempt) -> Json:
    return _said(
        {
            "n": attempt.number,
            "method": attempt.method,
            "call": call_word(attempt.method),
            "from": _time(attempt.sent_at_seconds),
            "to": _time(attempt.ended_at_seconds),
            "told": attempt.is_told,
            "outcome": attempt.outcome,
            "tone": tone_of(attempt),
            "says": ending_words(attempt),
            "carries": len(attempt.operation_ids),
            "trial": attempt.is_trial,
            "tls": attempt.is_tls_failure,
            "status": attempt.http_status,
            "error": attempt.error_class,
            "text": attempt.error_text,
            "waits": [
                [reason, _time(seconds)] for reason, seconds in attempt.waits_seconds.items() if seconds > 0
            ],
            "seen": attempt.seen and _seen(attempt.seen),
            "strike": attempt.strike and _strike(attempt.strike),
        }
    )


def _seen(seen: Seen) -> Json:
    return _said(
        {
            "from": _time(seen.arrived_at_seconds),
            "to": _time(seen.ended_at_seconds),
            "connection": seen.connection,
            "status": seen.http_status,
            "committed": seen.committed,
            "user": seen.user,
            "message": seen.message,
            "before": seen.revision_before,
            "after": seen.revision_after,
            "replaced": seen.replaced_count,
        }
    )


def _strike(strike: Strike) -> Json:
    return _said(
        {
            "at": _time(strike.at_seconds),
            "name": strike.name,
            "says": strike_words(strike),
            "organic": strike.organic is not None,
            "identity": strike.identity,
        }
    )


def _said(fields: Mapping[str, Any]) -> Json:
    """Leave out what is nothing, false or empty, but for the numbers."""
    return {name: value for name, value in fields.items() if value or (value == 0 and value is not False)}


def _steps(steps: Iterable[Step]) -> list[list[float | None]]:
    return [[_time(step.at_seconds), step.count] for step in steps]


def _time(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, _DIGITS)
