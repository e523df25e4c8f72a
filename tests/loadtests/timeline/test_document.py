import json

from loadtests.timeline.document import document_of
from loadtests.timeline.story import Remark
from tests.support.stories import FIRST, SECOND, ZERO, a_story, real_story


def test_a_document_has_every_lane_with_all_there_is_to_say_of_it() -> None:
    """What the page does not get, it cannot show."""
    (group,) = document_of(a_story())["groups"]

    assert (group["id"], [lane["id"] for lane in group["lanes"]]) == ("deck-1", [FIRST, SECOND])
    lost = group["lanes"][0]["attempts"][0]
    assert (lost["n"], lost["call"], lost["from"], lost["to"]) == (1, "write", 0.2, 0.6)
    assert (lost["outcome"], lost["error"], lost["tone"]) == ("unknown", "ConnectionLost", "bad")
    assert lost["strike"]["says"] == "lose (tcp.reset before_commit)"
    assert lost["seen"] == {"from": 0.2, "to": 0.6, "connection": 1, "user": "ada", "replaced": 0}


def test_turns_and_waits_are_told() -> None:
    """They say why nothing happened for so long."""
    (group,) = document_of(a_story())["groups"]

    assert group["lanes"][1]["turns"] == [[0.1, 1.5, 2.0]]
    assert group["waiting"] == [[0.1, 1], [1.5, 0]]
    assert group["lanes"][1]["attempts"][0]["waits"] == [["lock", 1.4]]


def test_strips_and_remarks_are_told() -> None:
    """States over time, as pairs that are cheap to read."""
    document = document_of(a_story(remarks=[Remark(ZERO + 1, "lost", is_broken=True)]))

    assert document["remarks"] == [[1.0, "lost", True]]
    assert document["breakers"] == [[0.6, "host", "closed", "open"]]
    assert document["permits"][0] == [0.2, 1, 3]
    assert document["quotas"][0]["limit"] == 3


def test_what_says_nothing_is_left_out_but_zero_is_not() -> None:
    """Five thousand tries are told in one file; a try at second 0 did begin."""
    attempt = document_of(real_story("outage"))["groups"][0]["lanes"][0]["attempts"][0]

    assert {"error", "text", "trial", "strike", "waits"} & set(attempt) == set()
    assert attempt["carries"] == 0


def test_a_document_of_a_real_run_is_json() -> None:
    """No type of Python's own gets in, and nothing that JSON lacks, such as infinity."""
    for name in ("outage", "flaky_network", "production_incident"):
        document = document_of(real_story(name))

        assert json.loads(json.dumps(document, allow_nan=False)) == json.loads(json.dumps(document))
