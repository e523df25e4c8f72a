import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.admin.answers import AdminError
from fakeslides.admin.orders import read_fault_order, read_phase_order, read_scenario
from tests.support.fake_client import scenario_of

STORMY = scenario_of("phases: [{name: calm, for: 10s}, {name: storm, for: 10s}]")
RESET = {"kind": "tcp.reset", "point": "after_commit"}


def order(**parts: object) -> bytes:
    """Return the body of an order to inject a fault."""
    return json.dumps({"fault": RESET, "for": "5s"} | parts).encode()


def refused(body: bytes) -> AdminError:
    """Return the refusal of an order to inject a fault."""
    with pytest.raises(AdminError) as caught:
        read_fault_order(body, STORMY)
    return caught.value


class TestFaults:
    def test_all_parts_of_a_rule_can_be_given(self) -> None:
        """What a scenario can say, a person who injects can say."""
        where, when, often = {"method": "presentations.get"}, {"phase": "storm"}, {"rate": "20%"}

        read = read_fault_order(order(where=where, when=when, often=often, draw="operation"), STORMY)

        assert read.for_seconds == 5.0
        assert read.rule.fault.kind == "tcp.reset"
        assert (read.rule.where.method, read.rule.when.phase) == ("presentations.get", "storm")
        assert (read.rule.often.rate, read.rule.draw) == (0.2, "operation")

    def test_without_often_every_call_is_struck(self) -> None:
        """Whoever injects one fault wants to see it now."""
        assert read_fault_order(order(), STORMY).rule.often.every == 1

    @pytest.mark.parametrize(
        ("parts", "says"),
        [
            ({"often": {"rate": "20"}}, "often.rate: '20' is not a share; write it in percent, like 5%"),
            (
                {"fault": {"kind": "tcp.rest"}},
                "fault: kind 'tcp.rest' is not known; did you mean tcp.reset?",
            ),
            ({"when": {"phase": "strom"}}, "when.phase: there is no phase 'strom'; did you mean storm?"),
            ({"fro": "5s"}, "fro: is not a known key; did you mean for?"),
            ({"id": "mine"}, "id: is not a known key; known here: "),
            ({"for": None}, 'for: is missing; say how long the fault may last, like "for": "5s"'),
            ({"for": 5}, "for: '5' is not a duration; write a number and its unit"),
            ({"for": "0s"}, "for: '0s' is no time at all; write more, like 5s"),
            ({"fault": None}, "fault: "),
        ],
    )
    def test_what_is_wrong_is_said_as_for_a_file_but_without_its_line(
        self, parts: dict[str, object], says: str
    ) -> None:
        """The same mistake has the same words everywhere."""
        error = refused(order(**parts))

        assert error.status == 400
        assert says in str(error)
        assert not str(error).startswith(("body", "faults["))

    def test_everything_that_is_wrong_is_said_at_once(self) -> None:
        """A form can mark each field."""
        error = refused(order(often={"rate": "200%"}, fault={"kind": "x"}))

        assert len(error.problems) == 2

    @pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b'"x"', b"\xff", b"[" * 100_000])
    def test_what_is_no_json_object_is_refused_with_an_example(self, body: bytes) -> None:
        """A form or a shell may send anything."""
        assert 'write {"fault": {"kind": "tcp.reset"}, "for": "5s"}' in str(refused(body))

    @given(
        body=st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(["fault", "where", "when", "often", "for", "kind", "x"]), inner
                )
            ),
            max_leaves=8,
        )
    )
    def test_nothing_that_can_be_sent_is_worse_than_a_refusal(self, body: object) -> None:
        """The server must outlive whatever is typed at it."""
        with suppress(AdminError):
            read_fault_order(json.dumps(body).encode(), STORMY)


class TestPhases:
    def test_goes_to_a_phase_or_to_the_next(self) -> None:
        """A person names one; a button says next."""
        assert read_phase_order(b'{"to": "storm"}') == "storm"
        assert read_phase_order(b'{"advance": true}') is None

    @pytest.mark.parametrize(
        "body", [b"{}", b'{"advance": false}', b'{"to": 1}', b'{"to": "a", "advance": true}']
    )
    def test_anything_else_is_refused(self, body: bytes) -> None:
        """A guess would change weather that nobody meant to change."""
        with pytest.raises(AdminError, match="says neither"):
            read_phase_order(body)


class TestScenarios:
    def test_is_read_as_a_file_is(self) -> None:
        """YAML, and JSON because it is YAML too."""
        assert read_scenario(b"version: 1\npromise: p\nseed: 3").seed == 3
        assert read_scenario(b'{"version": 1, "promise": "p", "seed": 3}').seed == 3

    def test_every_problem_is_told_with_its_line(self) -> None:
        """They are the loader's own messages."""
        with pytest.raises(AdminError) as caught:
            read_scenario(b"version: 1\npromise: p\nseeed: 1\nserver: {latency: {fixed: 5}}")

        assert caught.value.status == 400
        assert [problem[:15] for problem in caught.value.problems] == ["body:3: seeed: ", "body:4: server."]

    def test_what_is_no_text_is_refused(self) -> None:
        """Nobody can read it."""
        with pytest.raises(AdminError, match="send it as UTF-8"):
            read_scenario(b"\xff\xfe")
