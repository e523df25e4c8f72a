from typing import get_args

from fakeslides.scenario.fault_kinds import Fault


def test_each_kind_says_what_clients_see() -> None:
    """An author must know which exception to expect without trying."""
    for kind in get_args(get_args(Fault)[0]):
        assert "aiohttp:" in kind.__doc__, kind
