"""What the fault machinery costs while nothing strikes: the fake's request rate over stock aiohttp TLS's.

    python -m loadtests.benchmarks.fault_machinery

Both doors of one server process are called in turn.  The rate that counts is requests per second of the
server's CPU time, which is what a core to itself would serve, whatever else the machine does meanwhile.  The
exit code is 1 below the share that is wanted.
"""

import json
import socket
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median
from typing import Any

import click

from fakeslides.clock import Clock, ServerClock

WANTED_SHARE = 0.85
_CONNECTIONS = 8
_READ_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests per second, of the clock and of the server's CPU time."""

    by_clock: float
    by_cpu: float


@dataclass(frozen=True, slots=True)
class Round:
    """What both doors served, one after the other."""

    loaded: Rate
    stock: Rate

    @property
    def share(self) -> float:
        """The loaded door's rate by CPU time as a share of the stock one's."""
        return self.loaded.by_cpu / self.stock.by_cpu


class Doors:
    """The server process: where its doors are, and what it has cost so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._orders, self._answers = process.stdin, process.stdout
        self.house: Mapping[str, Any] = json.loads(self._answers.readline())

    def cpu_seconds(self) -> float:
        """Return the CPU time that the server has used."""
        self._orders.write("\n")
        self._orders.flush()
        return float(self._answers.readline())


def report(rounds: Sequence[Round]) -> str:
    """Return the table of all rounds and the median share."""
    lines = ["loaded req/s  per CPU s   stock req/s  per CPU s   share"]
    lines += [f"{_row(each.loaded)}  {_row(each.stock)}   {each.share:5.2f}" for each in rounds]
    return "\n".join([*lines, f"median share {median_share(rounds):.3f}, wanted at least {WANTED_SHARE}"])


def _row(rate: Rate) -> str:
    return f"{rate.by_clock:12.0f}  {rate.by_cpu:9.0f}"


def median_share(rounds: Sequence[Round]) -> float:
    """Return the share of the middle round."""
    return median(each.share for each in rounds)


def measure(doors: Doors, clock: Clock, round_count: int, seconds: float) -> list[Round]:
    """Call both doors in turn, each for `seconds` in each round; the first to be called changes each time."""
    for door in ("loaded", "stock"):
        _rate(doors, door, clock, seconds / 4)  # whatever is slow only once
    rounds = []
    for number in range(round_count):
        order = ("loaded", "stock") if number % 2 else ("stock", "loaded")
        rates = {door: _rate(doors, door, clock, seconds) for door in order}
        rounds.append(Round(rates["loaded"], rates["stock"]))
    return rounds


def _rate(doors: Doors, door: str, clock: Clock, seconds: float) -> Rate:
    began_at, cpu_before = clock.now(), doors.cpu_seconds()
    end = began_at + seconds
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        calls = [pool.submit(_call_until, clock, end, doors.house, door) for _ in range(_CONNECTIONS)]
    count = sum(call.result() for call in calls)
    return Rate(count / (clock.now() - began_at), count / (doors.cpu_seconds() - cpu_before))


def _call_until(clock: Clock, end: float, house: Mapping[str, Any], door: str) -> int:
    """Send one request after the other on one connection, at least one; return how many were answered."""
    context = ssl.create_default_context(cadata=house["authority"])
    request = (
        f"GET /v1/presentations/{house['presentation_id']}?fields=revisionId HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {house['token']}\r\n\r\n"
    ).encode()
    count = 0
    with (
        socket.create_connection(("127.0.0.1", house[door])) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        while count == 0 or clock.now() < end:
            tls.sendall(request)
            _read_answer(tls)
            count += 1
    return count


def _read_answer(tls: ssl.SSLSocket) -> None:
    answer = tls.recv(_READ_BYTES)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise click.ClickException(f"the server answered {answer[:60]!r}")
    while not answer.endswith(b"}\n"):
        answer += tls.recv(_READ_BYTES)


@click.command()
@click.option(
    "--rounds",
    type=click.IntRange(min=1),
    default=15,
    show_default=True,
    help="How often each door is called.",
)
@click.option(
    "--seconds", type=click.FloatRange(min=0.1), default=0.7, show_default=True, help="How long each time."
)
def main(rounds: int, seconds: float) -> None:
    """Measure what the fault machinery costs while nothing strikes."""
    command = [sys.executable, "-m", "loadtests.benchmarks.doors"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        measured = measure(Doors(server), ServerClock(), rounds, seconds)
        server.communicate()
    click.echo(report(measured))
    sys.exit(median_share(measured) < WANTED_SHARE)


if __name__ == "__main__":
    main()
