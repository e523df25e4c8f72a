"""A client that does its job with the real engine, and one thing wrong: `sabotaged_client.py SABOTAGE`.

It takes the same spec on standard input as `loadtests.client` does, so it can stand where that stands.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from loadtests.client import ClientSpec, EventFile, Job, editing, run_client
from loadtests.mutants.trying import EVERY_MUTANT

Facts = Mapping[str, Any]


class DyingEvents(EventFile):
    """Dies by a segmentation fault once a few operations have their fate."""

    def write(self, name: str, facts: Facts) -> None:
        """Tell the fact, and die in the middle of the next one."""
        super().write(name, facts)
        if name == "OperationSettled":
            os.write(self._descriptor, b'{"event": "OperationSett')
            os.kill(os.getpid(), signal.SIGSEGV)


class LyingEvents(EventFile):
    """Tells another fate of the first operation than the true one."""

    def __init__(self, path: Path, fate: str) -> None:
        super().__init__(path)
        self._fate = fate
        self._has_lied = False

    def write(self, name: str, facts: Facts) -> None:
        """Tell the fact, or the lie."""
        if name == "OperationSettled" and not self._has_lied:
            self._has_lied = True
            facts = {**facts, "fate": self._fate}
        super().write(name, facts)


class SilentEvents(EventFile):
    """Never tells the fate of the first operation, nor that the run is over."""

    def write(self, name: str, facts: Facts) -> None:
        """Tell the fact, unless it is one of those."""
        is_first = name == "OperationSettled" and str(facts["operation_id"]).endswith("/0")
        if not is_first and name != "ClientFinished":
            super().write(name, facts)


async def lose_an_edit(spec: ClientSpec, events: EventFile) -> None:
    """Report the edits of the first presentation as applied, and send none of them."""
    first, *others = spec.jobs
    rehearsal = EventFile(Path(os.devnull))
    async with editing(spec, rehearsal) as edit:
        report = await edit(Job(first.presentation_id, {"no such text": "-"}))
    assert report is not None
    await run_client(ClientSpec(**{**_fields(spec), "jobs": tuple(others)}), events)
    for slide_id in report.slides:
        for index, (find, replace) in enumerate(first.text_map.items()):
            told = {
                "operation_id": f"{first.presentation_id}/{slide_id}/{index}", "slide_id": slide_id,
                "presentation_id": first.presentation_id, "find": find, "replace": replace,
            }  # fmt: skip
            events.write("OperationAccepted", {**told, "at_seconds": 0.0})
            events.write("OperationSettled", {**told, "at_seconds": 1.0, "fate": "applied"})


async def double_an_edit(spec: ClientSpec, events: EventFile) -> None:
    """Do the first job once more when all is done, without telling."""
    await run_client(spec, events)
    async with editing(spec, EventFile(Path(os.devnull))) as edit:
        await edit(spec.jobs[0])


async def hang(spec: ClientSpec, events: EventFile) -> None:
    """Do the job, and never end."""
    await run_client(spec, events)
    await asyncio.Event().wait()


def _fields(spec: ClientSpec) -> dict[str, Any]:
    return {name: getattr(spec, name) for name in ClientSpec.__dataclass_fields__}


def main(sabotage: str) -> None:
    """Do the job on standard input, with `sabotage`, which may also name a mutant of the engine."""
    spec = ClientSpec.from_json(sys.stdin.read())
    path = Path(spec.events_file)
    deeds = {
        "segfault": lambda: run_client(spec, DyingEvents(path)),
        "hang": lambda: hang(spec, SilentEvents(path)),
        "lose": lambda: lose_an_edit(spec, EventFile(path)),
        "double": lambda: double_an_edit(spec, EventFile(path)),
        "lie": lambda: run_client(spec, LyingEvents(path, "rejected")),
        "none": lambda: run_client(spec, EventFile(path)),
    }
    with EVERY_MUTANT[sabotage].planted() if sabotage in EVERY_MUTANT else nullcontext():
        asyncio.run(deeds.get(sabotage, deeds["none"])())


if __name__ == "__main__":
    main(sys.argv[1])
