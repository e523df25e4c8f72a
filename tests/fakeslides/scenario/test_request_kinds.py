from typing import get_args

from fakeslides.scenario.request_kinds import RequestKind
from fakeslides.slides.request_schemas import REQUEST_KINDS


def test_a_rule_may_name_every_kind_that_a_batch_may_hold() -> None:
    """One that a rule could not name could not be struck alone."""
    assert set(get_args(RequestKind)) == set(REQUEST_KINDS)
