"""Stories to tell: of real runs in virtual time, and of a hand-made one in which each thing happens once."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from fakeslides.ledger import AppliedRequest, Entry
from fakeslides.scenario.loader import find_scenario, load_scenario
from loadtests.client import run_client
from loadtests.course import Place, client_spec
from loadtests.measurements import Setting
from loadtests.run_plan import RunPlan
from loadtests.simulation.loop import VirtualLoop
from loadtests.simulation.running import run_in_virtual_time
from loadtests.simulation.world import Told, simulated_world
from loadtests.timeline.scene import Scene, scene_of
from loadtests.timeline.story import Remark, Story, story_of

DECK = "deck-1"
FIRST, SECOND = f"{DECK}/s1/0", f"{DECK}/s2/0"
WRITE, READ = "presentations.batchUpdate", "presentations.get"
ZERO = 1000.0
"""The client's clock at the start of a hand-made run; its server started half a second before."""

Facts = list[dict[str, Any]]


@cache
def recorded(name: str, strategy: str, concurrency: int) -> tuple[Facts, tuple[Entry, ...], float]:
    """Run a shipped scenario; return what the client told, the ledger, and when the server started."""
    path = find_scenario(name)
    plan = RunPlan(name, load_scenario(path), path, seed=7, time_scale=1.0, clock="virtual")
    setting = Setting(strategy, concurrency)
    decks = plan.decks(setting)

    async def live(loop: VirtualLoop) -> tuple[Facts, tuple[Entry, ...], float]:
        async with simulated_world(loop, plan.scenario, decks, plan.seed) as world:
            fake, told = world.fake, Told(loop)
            started_at = world.clock.now() - fake.front.uptime_seconds()
            place = Place(fake.endpoint, str(fake.ca_file), str(fake.credentials_file), "")
            await run_client(client_spec(place, plan, setting, decks), told, world.ground)
            return told.facts, tuple(fake.ledger), started_at

    return run_in_virtual_time(live, seed=plan.seed)


@cache
def real_story(name: str, strategy: str = "per_slide", concurrency: int = 3) -> Story:
    """Return the story of a shipped scenario."""
    facts, ledger, started_at = recorded(name, strategy, concurrency)
    scene = scene_of(name, load_scenario(find_scenario(name)), 7, {"strategy": strategy})
    return story_of(scene, facts, ledger, server_started_at_seconds=started_at)


def a_scene(**facts: Any) -> Scene:  # noqa: ANN401 # whatever a scene has
    """Return a scene in whose weather there is a quota of three writes a minute."""
    usual: dict[str, Any] = {"scenario": "small", "promise": "Nothing is lost.", "seed": 7}
    return Scene(**{**usual, "quota_limits": {"write": 3, "read": None}, **facts})


def a_story(
    facts: Facts | None = None, ledger: Sequence[Entry] | None = None, remarks: Sequence[Remark] = ()
) -> Story:
    """Return the story of the hand-made run, or of what is given."""
    return story_of(
        a_scene(),
        small_run() if facts is None else facts,
        small_ledger() if ledger is None else ledger,
        server_started_at_seconds=ZERO - 0.5,
        remarks=remarks,
    )


def small_run() -> Facts:
    """Return the facts of two batches on one deck: the first's answer is lost, the second waits for it."""
    return [
        {"event": "ClientStarted", "at_seconds": ZERO},
        wish(FIRST, 0.1),
        wish(SECOND, 0.1),
        turn("TurnAwaited", FIRST, 0.1),
        turn("TurnTaken", FIRST, 0.1),
        turn("TurnAwaited", SECOND, 0.1),
        admission(FIRST, 0.2),
        ending(FIRST, 0.2, 0.4, outcome="unknown", http_status=None, error_class="ConnectionLost"),
        {"event": "LimitChanged", "before": 3, "after": 1, "reason": "decrease", "at_seconds": ZERO + 0.6},
        {
            "event": "BreakerChanged",
            "key": "host",
            "before": "closed",
            "after": "open",
            "at_seconds": ZERO + 0.6,
        },
        admission(FIRST, 1.0),
        ending(FIRST, 1.0, 0.5, attempt=2, waits_seconds={"backoff": 0.4}),
        fate(FIRST, 1.5),
        turn("TurnEnded", FIRST, 1.5),
        turn("TurnTaken", SECOND, 1.5),
        admission(SECOND, 1.6),
        ending(SECOND, 1.6, 0.4, waits_seconds={"lock": 1.4}),
        fate(SECOND, 2.0),
        turn("TurnEnded", SECOND, 2.0),
        {"event": "ClientFinished", "at_seconds": ZERO + 2.0, "cpu_seconds": 0.1},
    ]


def small_ledger() -> list[Entry]:
    """Return the ledger of that run; its times count from the server's start."""
    lost = {"rule_id": "lose", "fault": "tcp.reset", "point": "before_commit"}
    return [
        entry(FIRST, 0.7, 1.1, http_status=None, committed=False, **lost),
        entry(FIRST, 1.5, 2.0, attempt=2, slide_id="s1"),
        entry(SECOND, 2.1, 2.5, slide_id="s2"),
    ]


def wish(operation_id: str, at: float) -> dict[str, Any]:
    """Return the acceptance of an operation, `at` seconds after the start."""
    presentation_id, slide_id, _ = operation_id.split("/")
    return {
        "event": "OperationAccepted", "operation_id": operation_id, "presentation_id": presentation_id,
        "slide_id": slide_id, "find": "{{name}}", "replace": "Ada", "at_seconds": ZERO + at,
        "deadline_seconds": ZERO + 900,
    }  # fmt: skip


def fate(operation_id: str, at: float, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 # the event's fields
    """Return the fate of an operation."""
    presentation_id, slide_id, _ = operation_id.split("/")
    return {
        "event": "OperationSettled", "operation_id": operation_id, "presentation_id": presentation_id,
        "slide_id": slide_id, "fate": "applied", "at_seconds": ZERO + at, "met_open_breaker": False,
        "error_class": None, "error_text": None, "is_tls_failure": False, **facts,
    }  # fmt: skip


def turn(event: str, identity: str, at: float) -> dict[str, Any]:
    """Return one of the three events of a turn."""
    where = {"identity": identity, "presentation_id": identity.partition("/")[0]}
    return {"event": event, **where, "at_seconds": ZERO + at}


def admission(identity: str, at: float, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 # the event's fields
    """Return the admission of a write."""
    return {
        "event": "AttemptAdmitted", "identity": identity, "presentation_id": identity.partition("/")[0],
        "method": WRITE, "is_trial": False, "in_flight": 1, "limit": 3, "at_seconds": ZERO + at, **facts,
    }  # fmt: skip


def ending(identity: str, sent: float, took: float, **facts: Any) -> dict[str, Any]:  # noqa: ANN401 # likewise
    """Return the end of a write that was answered."""
    return {
        "event": "AttemptSettled", "identity": identity, "attempt": 1, "method": WRITE,
        "presentation_id": identity.partition("/")[0], "operation_ids": (identity,),
        "sent_at_seconds": ZERO + sent, "duration_seconds": took, "outcome": "answered", "http_status": 200,
        "error_class": None, "error_text": None, "is_tls_failure": False, "waits_seconds": {}, **facts,
    }  # fmt: skip


def entry(identity: str, arrived: float, ended: float, slide_id: str = "", **facts: Any) -> Entry:  # noqa: ANN401
    """Return the ledger's entry of a write, committed unless said otherwise."""
    body = {"containsText": {"text": "{{name}}"}, "replaceText": "Ada", "pageObjectIds": [slide_id]}
    usual: dict[str, Any] = {
        "sequence": 0, "arrived_at_seconds": arrived, "ended_at_seconds": ended, "connection": 1,
        "method": WRITE, "presentation_id": identity.partition("/")[0], "user": "ada", "identity": identity,
        "attempt": 1, "http_status": 200, "committed": True,
        "requests": (AppliedRequest("replaceAllText", body, 1),) if slide_id else (),
    }  # fmt: skip
    return Entry(**{**usual, **facts})
