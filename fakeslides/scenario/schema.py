"""The JSON Schema of a scenario file, with which editors complete and check it while it is written."""

import json
from collections.abc import Mapping
from typing import Any

from fakeslides.scenario.model import Scenario

FILE_NAME = "scenario.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# pydantic's titles repeat the keys, and its defaults are of the models, not of the file: seconds, not "60s".
_LEFT_OUT = frozenset({"title", "default"})
_NAMED_BY_THE_FILE = frozenset({"properties", "$defs"})


def scenario_schema() -> dict[str, Any]:
    """Return the schema, made from the models."""
    written: dict[str, Any] = _tidy(Scenario.model_json_schema())
    return {"$schema": _DIALECT, "title": "A scenario of deckstorm", **written}


def schema_text() -> str:
    """Return the schema as it stands in its file."""
    return json.dumps(scenario_schema(), indent=2, ensure_ascii=False) + "\n"


def _tidy(place: Any) -> Any:  # noqa: ANN401 - JSON
    """Leave out what editors have no use for, and the null that stands for a key that is not there."""
    if isinstance(place, list):
        return [_tidy(each) for each in place]
    if not isinstance(place, dict):
        return place
    kept = {key: _tidied(key, part) for key, part in place.items() if key not in _LEFT_OUT}
    forms = [form for form in kept.get("anyOf", ()) if form != {"type": "null"}]
    if len(forms) == 1:
        del kept["anyOf"]
        return kept | forms[0]
    return kept | ({"anyOf": forms} if forms else {})


def _tidied(key: str, part: Any) -> Any:  # noqa: ANN401 - JSON
    if key in _NAMED_BY_THE_FILE and isinstance(part, Mapping):
        return {name: _tidy(each) for name, each in part.items()}
    return _tidy(part)
