"""What `--journal`, `--resume` and `--redact-texts` come to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.journal.file import Journal
from engine.journal.records import JournalError


@dataclass(frozen=True, slots=True)
class JournalOptions:
    """The options as they were given.

    Attributes:
        path: of the journal; None for none.
        is_resumed: go on with what it holds.
        redacts_texts: keep no texts in it.

    Raises:
        ValueError: an option without the one it is about.
    """

    path: Path | None = None
    is_resumed: bool = False
    redacts_texts: bool = False

    def __post_init__(self) -> None:
        if self.path is None and (self.is_resumed or self.redacts_texts):
            option = "--resume" if self.is_resumed else "--redact-texts"
            raise ValueError(f"{option} needs --journal FILE")

    @contextmanager
    def opened(self, presentation_id: str) -> Iterator[Journal | None]:
        """Hold the journal open, if there is to be one.

        Raises:
            JournalError: it cannot be used, or is about another presentation.
        """
        if self.path is None:
            yield None
            return
        if self.is_resumed:
            _refuse_none(self.path)
        with Journal(self.path, redacts_texts=self.redacts_texts) as journal:
            _refuse_others(journal, presentation_id)
            if not self.is_resumed:
                journal.compact()
            yield journal


def _refuse_none(path: Path) -> None:
    try:
        is_there = path.exists()
    except OSError as error:
        raise JournalError(f"{path}: the journal cannot be opened: {error.strerror}") from None
    if not is_there:
        raise JournalError(f"{path}: there is no such journal to resume; without --resume one is begun")


def _refuse_others(journal: Journal, presentation_id: str) -> None:
    for state in journal.unfinished:
        other = state.begun.presentation_id
        if other != presentation_id:
            raise JournalError(
                f"{journal.path}: this journal is of presentation {other}, {state.unfinished_count} of whose "
                f"edits are unfinished; {presentation_id} needs a journal of its own"
            )
