"""A rule for every kind of fault there is, with just the fields that its kind demands."""

from collections.abc import Mapping
from typing import Any, get_args

from fakeslides.scenario.fault_kinds import Fault


def rules_of_every_kind(rate: str, fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rules as a scenario holds them, each called after its kind.

    Args:
        rate: how often each strikes, such as `2%`.
        fields: a value for every field that some kind demands, by its name in a scenario.

    Raises:
        KeyError: a kind demands a field that has no value.
    """
    return [_rule(kind, rate, fields) for kind in get_args(get_args(Fault)[0])]


def _rule(kind: Any, rate: str, fields: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - a class of pydantic's
    names = (field.alias or name for name, field in kind.model_fields.items() if field.is_required())
    known = {name: fields[name] for name in names if name != "kind"}
    tag = get_args(kind.model_fields["kind"].annotation)[0]
    return {"id": tag, "often": {"rate": rate}, "fault": {"kind": tag, **known}}
