"""One engine, its loop and the jobs, shared by all users of a Locust process.

A user is no client of its own: an engine for each would mean as many pools, locks and breakers as users, and
none of the limits under test would hold for the process.
"""

from collections import deque
from contextlib import AsyncExitStack
from pathlib import Path

from gevent.event import Event
from gevent.lock import Semaphore

from engine.results import BatchReport
from loadtests.client import ClientSpec, Edit, EventFile, Job, editing
from loadtests.locustfiles.bridge import Bridge, Timed


class SharedEngine:
    """Hands out the jobs of a spec, each once, and does them.

    Args:
        spec: the jobs, and the engine that does them.
        bridge: to the engine's loop; closed together with the engine.

    Attributes:
        all_settled: set once every job was done, or failed.
    """

    def __init__(self, spec: ClientSpec, bridge: Bridge) -> None:
        self.all_settled = Event()
        self._jobs = deque(spec.jobs)
        self._unsettled_count = len(spec.jobs)
        self._inside_seconds = self._bridge_seconds = 0.0
        self._events = EventFile(Path(spec.events_file))
        self._bridge = bridge
        self._stack = AsyncExitStack()
        self._spec = spec
        self._opening = Semaphore()
        self._edit: Edit | None = None
        self._is_closed = False
        self._count_settled(0)

    @property
    def bridge_share(self) -> float:
        """How much the bridge added to the time of all edits so far, as a share of that time."""
        return self._bridge_seconds / self._inside_seconds if self._inside_seconds else 0.0

    def take(self) -> Job | None:
        """Return a job that nobody has taken, or None when there is none left."""
        return self._jobs.popleft() if self._jobs else None

    def edit(self, job: Job) -> Timed[BatchReport | None]:
        """Do a job; only the calling greenlet waits.  The time is taken beside the engine's coroutine.

        The first call starts the engine, so that its run does not begin before there are users.

        Raises:
            Exception: whatever the engine raises that is no answer of the server: a defect.
        """
        try:
            edit = self._started()
            timed = self._bridge.timed(lambda: edit(job))
        finally:
            self._count_settled(1)
        self._inside_seconds += timed.inside_seconds
        self._bridge_seconds += timed.bridge_seconds
        return timed

    def close(self) -> None:
        """Close the engine, then the loop, its thread, and the file; a second time does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._bridge.call(self._stack.aclose())
        finally:
            self._bridge.close()
            self._events.close()

    def _started(self) -> Edit:
        with self._opening:
            if self._edit is None:
                self._edit = self._bridge.call(
                    self._stack.enter_async_context(editing(self._spec, self._events))
                )
            return self._edit

    def _count_settled(self, job_count: int) -> None:
        self._unsettled_count -= job_count
        if self._unsettled_count == 0:
            self.all_settled.set()
