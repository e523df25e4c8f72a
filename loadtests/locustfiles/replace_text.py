"""Locust users who replace texts in the fake's decks through one engine.

    python -m loadtests.locustfiles.headless replace_text [--tenants N] < SPEC

SPEC is the JSON that `loadtests.client` takes as well, so a run of Locust can stand wherever a run of that
client can.  There are as many users as the spec's engine may edit slides at once; each takes one
presentation after the other, until none is left and Locust quits.  What happened is in the spec's events
file; Locust's own numbers are for people: rows `engine` are timed beside the engine's coroutine, rows
`harness` are what the bridge added.  A user asks for an edit when it has the fate of its last one, where
that client asks for all at once; so Locust's p50 and p99 hold less waiting.

The exit status is 0 when every job was done, whatever became of its edits: judging them is not Locust's work.
It is 1 when the harness itself failed: a user raised, a job was left over, or the bridge took too long.
"""

import logging
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import ExitStack, closing
from typing import ClassVar

import gevent
from locust import User, constant, events, task
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import Runner

from engine.results import BatchReport
from engine.settings import EngineSettings
from loadtests.client import ClientSpec
from loadtests.gates import INVALID_INPUT
from loadtests.locustfiles.bridge import Bridge
from loadtests.locustfiles.headless import headless_command
from loadtests.locustfiles.shared_engine import SharedEngine

# Above this a run's time is the harness's as much as the engine's; on a busy machine 0.1 is common.
LONGEST_BRIDGE_SHARE = 0.5
HARNESS_FAILED = 1
MOST_USERS_PER_SECOND = 100  # Locust warns above this

logger = logging.getLogger(__name__)


class NotAllApplied(Exception):
    """Shown in Locust's table of failures for a presentation with an edit that was not applied."""


class Editor(User):
    """Takes one job after the other until none is left."""

    wait_time = constant(0)
    shared: ClassVar[SharedEngine]

    @task
    def edit_a_presentation(self) -> None:
        """Do one job."""
        job = self.shared.take()
        if job is None:
            raise StopUser
        timed = self.shared.edit(job)
        self._show("engine", timed.inside_seconds, failure_of(timed.result))
        self._show("harness", timed.bridge_seconds)

    def _show(self, kind: str, seconds: float, failure: Exception | None = None) -> None:
        self.environment.events.request.fire(
            request_type=kind,
            name="replace_text",
            response_time=1000 * seconds,
            response_length=0,
            exception=failure,
            context={},
        )


def failure_of(report: BatchReport | None) -> Exception | None:
    """Return what to show as failed for a report; None stands for a call that was refused as a whole."""
    if report is None:
        return NotAllApplied("the presentation could not be read")
    if not report.applied:
        fates = sorted({operation.fate.value for operation in report.operations})
        return NotAllApplied(f"fates: {', '.join(fates)}")
    return None


def complaints(
    raised: Sequence[str], *, is_finished: bool, bridge_share: float, has_lost_tenants: bool
) -> list[str]:
    """Return what makes a run worthless as a measurement; empty when all is well.

    Args:
        raised: what users raised: defects, since every answer of a server is a result.
        is_finished: every job was done.
        bridge_share: what the bridge added to the time of the edits.
        has_lost_tenants: other tenants were asked for, and ended before the run did.
    """
    found = [f"a user raised: {text}" for text in raised]
    if not is_finished:
        found.append("Locust ended before every presentation was done")
    if bridge_share > LONGEST_BRIDGE_SHARE:
        found.append(f"the bridge added {bridge_share:.0%} to the time of the edits")
    if has_lost_tenants:
        found.append("the other tenants ended early")
    return found


class Tenants:
    """Other users of the project, who call the API meanwhile from a process of their own.

    Raises:
        RuntimeError: they did not start; why is on standard error.
    """

    def __init__(self, count: int, spec: ClientSpec) -> None:
        fake = (f"--host={spec.endpoint}", f"--ca-file={spec.ca_file}")
        account = (f"--credentials-file={spec.credentials_file}", f"--time-scale={spec.time_scale}")
        command = headless_command("other_tenants", f"--users={count}", *fake, *account)
        self._process = subprocess.Popen(  # noqa: S603 - our own command, no shell
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        assert self._process.stdout is not None, "started with a pipe"
        if not self._process.stdout.readline():
            raise RuntimeError("the other tenants did not start")

    @property
    def are_there(self) -> bool:
        """True as long as none of them has left."""
        return self._process.poll() is None

    def close(self) -> None:
        """Send them away; they have nothing to finish or to tell."""
        self._process.kill()
        self._process.communicate()


class Session:
    """A run of Locust from its first moment to its exit status."""

    def __init__(self, spec: ClientSpec, tenant_count: int) -> None:
        self._stack = ExitStack()
        self._tenants = Tenants(tenant_count, spec) if tenant_count else None
        if self._tenants:
            self._stack.callback(self._tenants.close)
        self.shared = self._stack.enter_context(closing(SharedEngine(spec, Bridge())))

    def quit_when_done(self, environment: Environment, **_: object) -> None:
        """Watch for the last job, and end Locust then."""
        gevent.spawn(self._quit_when_done, environment.runner)

    def finish(self, environment: Environment, **_: object) -> None:
        """Stop users that still run, let go of everything, and decide on the exit status."""
        assert environment.runner is not None, "Locust quits with the runner it started with"
        environment.runner.quit()
        raised = [str(row["msg"]) for row in environment.runner.exceptions.values()]
        found = complaints(
            raised,
            is_finished=self.shared.all_settled.is_set(),
            bridge_share=self.shared.bridge_share,
            has_lost_tenants=self._tenants is not None and not self._tenants.are_there,
        )
        self._stack.close()
        for complaint in found:
            logger.error(complaint)
        environment.process_exit_code = HARNESS_FAILED if found else 0

    def _quit_when_done(self, runner: Runner) -> None:
        self.shared.all_settled.wait()
        self.shared.close()  # before Locust takes its time to end: the run is over
        runner.quit()


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--tenants", type=int, default=0, help="how many other users call the API too")


def _prepare(environment: Environment, **_: object) -> None:
    options: Namespace | None = environment.parsed_options
    assert options is not None, "Locust parses its command line before it makes anything else"
    spec = _spec_on_stdin()
    users = EngineSettings.from_environment(**spec.engine).max_concurrent_slides
    options.num_users, options.spawn_rate = users, min(users, MOST_USERS_PER_SECOND)
    session = Session(spec, options.tenants)
    Editor.shared = session.shared
    events.test_start.add_listener(session.quit_when_done)  # type: ignore[no-untyped-call] # Locust's gap
    events.quitting.add_listener(session.finish)  # type: ignore[no-untyped-call] # likewise


def _spec_on_stdin() -> ClientSpec:
    """Read the job.

    Raises:
        SystemExit: there is none; status 2.
    """
    try:
        return ClientSpec.from_json(sys.stdin.read())
    except (ValueError, KeyError, TypeError) as error:
        sys.stderr.write(f"standard input: no job ({error!r}); give the JSON that loadtests.client takes\n")
        raise SystemExit(INVALID_INPUT) from None


events.init_command_line_parser.add_listener(_add_options)  # type: ignore[no-untyped-call] # Locust's gap
events.init.add_listener(_prepare)  # type: ignore[no-untyped-call] # likewise
