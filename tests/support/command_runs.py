"""`deckstorm apply` in processes of its own, which may be killed."""

import asyncio
import json
import os
import sys
from pathlib import Path

from fakeslides.server import FakeSlides
from tests.support.source_tree import ROOT

DECK = "deck-a"


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

    async def run(self, module: str, *kill: str, resumes: bool = False) -> Run:
        """Run a module's command to its end, or until it kills itself."""
        where = ["--endpoint", self._fake.endpoint, "--ca", str(self._fake.ca_file)]
        what = [DECK, *self._what, "--json"]
        kept = ["--journal", str(self.journal), *self._options, *(["--resume"] if resumes else [])]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", module, *kill, *what, *where, *kept,
            cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "GOOGLE_APPLICATION_CREDENTIALS": str(self._fake.credentials_file)},
        )  # fmt: skip
        async with asyncio.timeout(60):
            output, errors = await process.communicate()
        return Run(process.returncode, output.decode(), errors.decode())
