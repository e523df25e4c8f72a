"""Whether ten thousand struck connections cost more than one: memory, descriptors and tasks on the way.

    python -m loadtests.benchmarks.soak

Every connection is struck, by one kind after the other.  The ledger is emptied before each sample, for it is
its purpose to remember.  Needs Linux, for /proc.  The exit code is 1 if something grows.
"""

import asyncio
import gc
import os
import ssl
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from fakeslides.clock import ServerClock
from fakeslides.scenario.model import Scenario
from fakeslides.server import FakeSlides

SAMPLES = 5
# The allocator keeps a few pages more or fewer; a kilobyte lost by each connection would be more than that.
MOST_GROWTH_SHARE = 0.1
MOST_OBJECTS_GROWTH_SHARE = 0.01
_SETTLING_SECONDS = 0.1  # for the server to hear of the last connections' ends

_AT_THE_DOOR = (
    {"kind": "tcp.reset", "point": "on_accept"},
    {"kind": "tls.handshake_reset"},
    {"kind": "tls.bad_certificate"},
)
_IN_A_CALL = tuple(
    {"kind": kind, "point": "before_request_read"}
    for kind in ("tcp.reset", "tcp.fin", "tls.alert", "tls.record_corrupt", "tls.truncate")
)
_GET = b"GET /v1/presentations/none HTTP/1.1\r\nHost: localhost\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process holds after so many struck connections."""

    struck_count: int
    resident_bytes: int
    object_count: int
    descriptor_count: int
    task_count: int


def striking_scenario() -> Scenario:
    """Return weather that strikes every connection, each kind as often as any other."""
    faults = (*_AT_THE_DOOR, *_IN_A_CALL)
    rules = [
        # Of those that the rules before left over, every n-th, so that nothing is left over by the last.
        {"id": f"{number}", "often": {"every": len(faults) - number}, "fault": fault}
        for number, fault in enumerate(faults)
    ]
    return Scenario.model_validate({"version": "1", "promise": "Nothing is left behind.", "faults": rules})


async def soak(connection_count: int) -> AsyncIterator[Sample]:
    """Strike connections one after the other; yield what is held at `SAMPLES` equal steps."""
    async with FakeSlides(striking_scenario()) as fake:
        context = ssl.create_default_context(cafile=str(fake.ca_file))
        port = int(fake.endpoint.rpartition(":")[2])
        struck_count, clock = 0, ServerClock()
        for number in range(1, connection_count + 1):
            await _be_struck(port, context)
            if number % (connection_count // SAMPLES) == 0:
                struck_count += sum(count["fired"] for count in fake.fault_counts().values())
                fake.ledger.clear()
                await clock.sleep(_SETTLING_SECONDS)
                yield _sample(struck_count)


def grown(samples: Sequence[Sample]) -> list[str]:
    """Return what grew after the first sample, which has paid for whatever is made only once."""
    first, last = samples[0], samples[-1]
    found = []
    if last.descriptor_count > first.descriptor_count:
        found.append(f"descriptors: {first.descriptor_count} -> {last.descriptor_count}")
    if last.task_count > first.task_count:
        found.append(f"tasks: {first.task_count} -> {last.task_count}")
    if last.object_count > first.object_count * (1 + MOST_OBJECTS_GROWTH_SHARE):
        found.append(f"objects: {first.object_count} -> {last.object_count}")
    if last.resident_bytes > first.resident_bytes * (1 + MOST_GROWTH_SHARE):
        found.append(f"memory: {first.resident_bytes / 1e6:.1f} -> {last.resident_bytes / 1e6:.1f} MB")
    return found


async def _be_struck(port: int, context: ssl.SSLContext) -> None:
    writer = None
    try:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname="localhost"
        )
        writer.write(_GET)
        await reader.read()
    except OSError:  # ssl.SSLError is one
        pass
    finally:
        if writer is not None:
            writer.transport.abort()


def _sample(struck_count: int) -> Sample:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return Sample(
        struck_count=struck_count,
        resident_bytes=pages * os.sysconf("SC_PAGE_SIZE"),
        object_count=len(gc.get_objects()),
        descriptor_count=sum(1 for _ in Path("/proc/self/fd").iterdir()),
        task_count=len(asyncio.all_tasks()),
    )


async def _run(connection_count: int) -> list[str]:
    samples = []
    click.echo("   struck  memory MB  objects  descriptors  tasks")
    async for each in soak(connection_count):
        samples.append(each)
        click.echo(
            f"{each.struck_count:9}  {each.resident_bytes / 1e6:9.1f}  {each.object_count:7}  "
            f"{each.descriptor_count:11}  {each.task_count:5}"
        )
    return grown(samples)


@click.command()
@click.option(
    "--connections",
    type=click.IntRange(min=SAMPLES),
    default=10_000,
    show_default=True,
    help="How many are struck.",
)
def main(connections: int) -> None:
    """Strike connections in a row, and see whether anything is left of them."""
    found = asyncio.run(_run(connections))
    click.echo("\n".join(found) or "nothing grows")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
