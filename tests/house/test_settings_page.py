"""docs/settings.md says what the settings are, and is held to it."""

import re
from typing import Any

import pytest

from engine.settings import EngineSettings, Strategy, variable
from tests.support.source_tree import ROOT

ROW = re.compile(r"^\| `(SCALAPAY_\w+)` \| `([^`]+)`( s)? \| (.+?) \| (.+) \|$", re.MULTILINE)
ROWS = {row[0]: row[1:] for row in ROW.findall((ROOT / "docs" / "settings.md").read_text("utf-8"))}
SCHEMA: dict[str, dict[str, Any]] = EngineSettings.model_json_schema()["properties"]


def _allowed(schema: dict[str, Any]) -> str:
    if "minimum" in schema:
        return f"{schema['minimum']:g} to {schema['maximum']}"
    words = ("true", "false") if schema.get("type") == "boolean" else tuple(Strategy)
    return ", ".join(f"`{word}`" for word in words)


def test_every_setting_has_a_row_and_every_row_a_setting() -> None:
    """A switch that nobody can read about might as well not be there."""
    assert set(ROWS) == {variable(name) for name in EngineSettings.model_fields}


@pytest.mark.parametrize("name", EngineSettings.model_fields)
def test_a_row_says_the_default_that_holds(name: str) -> None:
    """An operator trusts the page, not the source."""
    default = getattr(EngineSettings(), name)

    written = ROWS[variable(name)][0]

    assert written == (str(default).lower() if isinstance(default, bool) else str(default))


@pytest.mark.parametrize("name", EngineSettings.model_fields)
def test_a_row_says_what_is_allowed(name: str) -> None:
    """And nothing that would be refused."""
    assert ROWS[variable(name)][2] == _allowed(SCHEMA[name])
