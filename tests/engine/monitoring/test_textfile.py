"""The metrics of one command in a file."""

import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from engine.events import Fate, Listener, OperationAccepted, OperationSettled
from engine.extras import MissingExtra
from engine.monitoring.textfile import metrics_in
from engine.settings import EngineSettings

SETTINGS = EngineSettings(writes_per_minute=300)
APPLIED = 'deckstorm_operations_settled_total{engine="default",fate="applied"} 1.0'


@pytest.fixture
def complaints() -> list[str]:
    """What a person was told."""
    return []


def _edit(listeners: Iterable[Listener]) -> None:
    for event in (
        OperationAccepted("p/s/0", "p", "s", "a", "b", 1.0, 9.0),
        OperationSettled("p/s/0", "p", "s", Fate.APPLIED, 2.0),
    ):
        for listener in listeners:
            listener(event)


def test_the_file_tells_what_was_heard(tmp_path: Path, complaints: list[str]) -> None:
    """A nightly job is over before anybody could ask it."""
    file = tmp_path / "deckstorm.prom"

    with metrics_in(file, SETTINGS, complaints.append) as listeners:
        _edit(listeners)

    text = file.read_text("utf-8")
    assert APPLIED in text
    assert 'deckstorm_quota_calls{engine="default",kind="write"} 300.0' in text
    assert complaints == []


def test_it_is_written_when_the_work_fails_too(tmp_path: Path, complaints: list[str]) -> None:
    """That is the night somebody looks at it."""
    file = tmp_path / "deckstorm.prom"

    def be_interrupted() -> None:
        with metrics_in(file, SETTINGS, complaints.append) as listeners:
            _edit(listeners)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_interrupted()

    assert APPLIED in file.read_text("utf-8")


def test_no_file_no_listeners(complaints: list[str]) -> None:
    """Nobody asked, so nothing is counted and no extra is needed."""
    with metrics_in(None, SETTINGS, complaints.append) as listeners:
        assert listeners == ()


@pytest.mark.parametrize("folder", ["nowhere", "n" * 300])
def test_a_folder_that_does_not_exist_is_told_before_anything_is_done(
    tmp_path: Path, complaints: list[str], folder: str
) -> None:
    """Afterwards the edits are made and the numbers gone."""
    entered = False

    with (
        pytest.raises(ValueError, match=rf"--metrics-file .*{folder}.*no such folder"),
        metrics_in(tmp_path / folder / "deckstorm.prom", SETTINGS, complaints.append),
    ):
        entered = True

    assert not entered


def test_a_file_that_cannot_be_written_in_the_end_fails_no_edit(
    tmp_path: Path, complaints: list[str]
) -> None:
    """The exit code is about the edits."""
    file = tmp_path / "deckstorm.prom"

    with metrics_in(file, SETTINGS, complaints.append):
        file.mkdir()

    assert len(complaints) == 1
    assert complaints[0].startswith(f"--metrics-file {file}: ")


def test_asked_for_without_the_extra_it_says_which_to_install(
    tmp_path: Path, complaints: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is sent."""
    monkeypatch.delitem(sys.modules, "engine.monitoring.prometheus", raising=False)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)

    with (
        pytest.raises(MissingExtra, match=r"pip install 'deckstorm\[metrics\]'"),
        metrics_in(tmp_path / "deckstorm.prom", SETTINGS, complaints.append),
    ):
        pass
