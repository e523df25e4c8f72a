"""What every run of the command is given."""

import json
from pathlib import Path

import pytest

from tests.support.plain_decks import KEYS


@pytest.fixture
def replacements(tmp_path: Path) -> Path:
    """A file that fits the plain deck."""
    file = tmp_path / "replacements.json"
    file.write_text(json.dumps(KEYS), "utf-8")
    return file
