"""`deckstorm apply` in processes of its own, which may be killed."""

import asyncio
import json
import multiprocessing
import os
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from engine.__main__ import apply
from fakeslides.server import FakeSlides
from tests.support.killed_clients import apply_until

DECK = "deck-a"
# A process without threads that has imported everything once, and forks one for each run: which starts at
# once, and otherwise lives and dies as any process does.
_NURSERY = multiprocessing.get_context("forkserver")
_NURSERY.set_forkserver_preload([__name__])


class Run:
    """What a run of the command came to."""

    def __init__(self, exit_code: int | None, output: str, errors: str) -> None:
        self.exit_code, self.output, self.errors = exit_code, output, errors

    def __repr__(self) -> str:
        return f"exit code {self.exit_code}: {self.output}{self.errors}"


class Client:
    """Runs the command in processes of its own, always with the same journal.

    Args:
        fake: where.
        folder: for its files.
        option: --replace or --requests.
        content: what the file of that option holds.
        options: others.
    """

    def __init__(self, fake: FakeSlides, folder: Path, option: str, content: object, *options: str) -> None:
        self._fake, self._options = fake, options
        self.journal = folder / "journal"
        self._what = [option, str(folder / "content.json")]
        (folder / "content.json").write_text(json.dumps(content), "utf-8")

    async def run(self, *killed_at: str, resumes: bool = False) -> Run:
        """Run the command to its end, or until it kills itself.

        Args:
            killed_at: one of `killed_clients.POINTS` and the number of its passage; nothing to live on.
            resumes: --resume.
        """
        where = ["--endpoint", self._fake.endpoint, "--ca", str(self._fake.ca_file)]
        what = [DECK, *self._what, "--json"]
        kept = ["--journal", str(self.journal), *self._options, *(["--resume"] if resumes else [])]
        said = [self.journal.with_name(name) for name in ("output", "errors")]
        arguments = (killed_at, [*what, *where, *kept], self._fake.credentials_file, said)
        exit_code = await asyncio.to_thread(_see_through, _NURSERY.Process(target=_live, args=arguments))
        return Run(exit_code, *(path.read_text("utf-8") for path in said))


def _see_through(process: ForkServerProcess) -> int | None:
    process.start()
    try:
        process.join(timeout=60)
        return process.exitcode
    finally:
        process.kill()
        process.join()
        process.close()


def _live(
    killed_at: tuple[str, ...], arguments: list[str], credentials_file: Path, said: Sequence[Path]
) -> None:
    """Be the command, in a process that is its own."""
    os.environ["GOOGLE_APPLICATION_CREDENTIALS"] = str(credentials_file)
    for descriptor, path in enumerate(said, start=1):
        with path.open("wb") as file:
            os.dup2(file.fileno(), descriptor)
    if killed_at:
        point, number = killed_at
        apply_until(point, int(number), arguments)
    else:
        apply(arguments)
