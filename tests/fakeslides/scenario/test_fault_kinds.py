from typing import get_args

import pytest
from pydantic import ValidationError

from fakeslides.scenario.fault_kinds import ApiConflict, Fault, HttpStatus


def test_a_conflict_is_always_found_before_the_commit() -> None:
    """A refused write changes nothing."""
    assert ApiConflict(kind="api.conflict").point == "before_commit"


def test_only_errors_are_faults() -> None:
    """A 200 that is a fault would be an answer."""
    with pytest.raises(ValidationError):
        HttpStatus(kind="http.status", code=200)


def test_each_kind_says_what_clients_see() -> None:
    """An author must know which exception to expect without trying."""
    for kind in get_args(get_args(Fault)[0]):
        assert "aiohttp:" in kind.__doc__, kind
