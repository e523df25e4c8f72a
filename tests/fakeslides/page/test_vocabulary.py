from typing import get_args

from fakeslides.page.vocabulary import Kind, connection_points, fault_kinds
from fakeslides.scenario.fault_kinds import Fault

KINDS = {kind["kind"]: kind for kind in fault_kinds()}


def test_every_kind_of_the_models_can_be_chosen() -> None:
    """A kind that is added to the vocabulary is on the page the same day."""
    named = {
        str(get_args(model.model_fields["kind"].annotation)[0]) for model in get_args(get_args(Fault)[0])
    }

    assert set(KINDS) == named


def test_points_come_with_the_one_that_is_meant_when_none_is_given() -> None:
    """The form starts where the scenario file would."""
    reset = KINDS["tcp.reset"]

    assert {"before_commit", "after_commit"} <= set(reset["points"])
    assert reset["point"] in reset["points"]


def test_what_must_be_filled_in_is_told_from_what_may() -> None:
    """A fault without its duration would be refused."""
    [by] = [field for field in KINDS["http.delay"]["fields"] if field["name"] == "by"]
    [retry_after] = [field for field in KINDS["http.status"]["fields"] if field["name"] == "retry_after"]

    assert (by["control"], by["is_required"], by["example"]) == ("text", True, "300ms")
    assert (retry_after["control"], retry_after["is_required"]) == ("text", False)


def test_a_point_before_any_call_is_told_from_the_others() -> None:
    """No method or deck can be chosen there."""
    early: Kind = {**KINDS["tcp.reset"], "points": ["on_accept", "in_handshake", "before_request_read"]}

    assert connection_points([early]) == ["in_handshake", "on_accept"]


def test_a_number_is_asked_for_as_one() -> None:
    """Browsers then help to type it."""
    [code] = [field for field in KINDS["http.status"]["fields"] if field["name"] == "code"]

    assert code["control"] == "number"


def test_every_kind_says_in_one_line_what_it_does() -> None:
    """The line stands beside the form."""
    assert all(kind["says"] and "\n" not in kind["says"] for kind in KINDS.values())
