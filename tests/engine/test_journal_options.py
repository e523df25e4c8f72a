"""The options about journals."""

from pathlib import Path

import pytest

from engine.events import Fate
from engine.journal.records import JournalError
from engine.journal_options import JournalOptions
from tests.support.engines import DECK
from tests.support.journals import begun, records_of, rewrite, settled


def test_without_the_option_there_is_no_journal() -> None:
    """And no cost."""
    with JournalOptions().opened(DECK) as journal:
        assert journal is None


@pytest.mark.parametrize(
    ("options", "name"), [({"is_resumed": True}, "--resume"), ({"redacts_texts": True}, "--redact-texts")]
)
def test_an_option_about_a_journal_needs_one(options: dict[str, bool], name: str) -> None:
    """It is named, and so is what is missing."""
    with pytest.raises(ValueError, match=f"{name} needs --journal FILE"):
        JournalOptions(**options)


def test_a_journal_that_is_not_there_is_not_resumed(tmp_path: Path) -> None:
    """Begun anew under a mistyped name, all edits would be made again."""
    path = tmp_path / "journal"

    with (
        pytest.raises(JournalError, match="there is no such journal to resume"),
        JournalOptions(path, is_resumed=True).opened(DECK),
    ):
        pass

    assert not path.exists()


def test_a_name_that_no_file_can_have_is_told_like_any_other(tmp_path: Path) -> None:
    """It was a traceback."""
    with (
        pytest.raises(JournalError, match="the journal cannot be opened: File name too long"),
        JournalOptions(tmp_path / ("j" * 300), is_resumed=True).opened(DECK),
    ):
        pass


def test_unfinished_edits_of_another_presentation_are_not_mixed_with_ours(tmp_path: Path) -> None:
    """They would be forgotten."""
    path = tmp_path / "journal"
    rewrite(path, begun("a", "b", presentation_id="other"))

    with (
        pytest.raises(JournalError, match="is of presentation other, 2 of whose edits are unfinished"),
        JournalOptions(path, is_resumed=True).opened(DECK),
    ):
        pass


@pytest.mark.parametrize("is_resumed", [True, False])
def test_a_finished_journal_is_emptied_for_the_next_run_and_kept_for_a_resumed_one(
    tmp_path: Path, *, is_resumed: bool
) -> None:
    """A process that died before it could report is resumed for its report."""
    path = tmp_path / "journal"
    rewrite(path, begun("a"), settled("a", fate=Fate.APPLIED))

    with JournalOptions(path, is_resumed=is_resumed).opened(DECK):
        pass

    assert len(records_of(path)) == (2 if is_resumed else 0)
