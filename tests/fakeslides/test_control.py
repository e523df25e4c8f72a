"""The client of the admin API, against a real one."""

import asyncio
import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakeslides.control import Control, ControlError
from fakeslides.scenario.loader import ScenarioError
from fakeslides.server import FakeSlides
from tests.support.fake_client import create_deck, open_session, post_batch, scenario_of
from tests.support.served_fake import served_fake

PHASES = scenario_of("phases: [{name: calm, for: 10s}, {name: storm, for: 10s}]")
STORM = "version: 1\npromise: storm\nfaults: [{id: it, often: {every: 1}, fault: {kind: http.stall}}]\n"


@pytest.fixture
def fake() -> Iterator[FakeSlides]:
    """Return a running fake with two phases."""
    with served_fake(PHASES) as running:
        yield running


@pytest.fixture
def control(fake: FakeSlides) -> Control:
    """Return its control."""
    return Control(fake.admin_url, fake.admin_token)


def rules_of(control: Control) -> list[str]:
    """Return the ids of the scenario's rules."""
    return [rule["id"] for rule in control.current_scenario().get("faults", [])]


class TestFaultForABlock:
    def test_strikes_inside_and_is_gone_after(self, control: Control) -> None:
        """The whole point of a block."""
        with control.fault("tcp.reset", point="after_commit") as fault_id:
            inside = control.fired()

        assert inside == {fault_id: {"matched": 0, "fired": 0, "expected_at_least": 0, "is_active": True}}
        assert control.fired() == {}

    def test_is_gone_after_an_exception_too(self, control: Control) -> None:
        """A test that fails must not spoil the next one."""
        with pytest.raises(ZeroDivisionError), control.fault("tcp.reset"):
            _ = 1 / 0

        assert control.fired() == {}

    def test_one_that_ended_by_itself_inside_is_no_error(self, control: Control, fake: FakeSlides) -> None:
        """A long block outlives a short fault."""
        with control.fault("tcp.reset", for_seconds=0.001):
            while fake.fault_counts():
                pass

    def test_all_parts_of_a_rule_can_be_given(self, control: Control, fake: FakeSlides) -> None:
        """A field that Python keeps for itself takes an underscore."""
        where = {"method": "presentations.get"}

        with (
            control.fault("tcp.reset", point="after_commit", where=where, often={"rate": "20%"}),
            control.fault("tcp.refuse", for_="2s"),
        ):
            refusing, resetting = fake.weather.injected(0.0)

        assert refusing.rule.fault.kind == "tcp.refuse"
        assert (resetting.rule.fault.point, resetting.rule.often.rate) == ("after_commit", 0.2)
        assert resetting.rule.where.method == "presentations.get"

    def test_one_that_does_not_exist_is_refused_in_the_loaders_words(self, control: Control) -> None:
        """The typo is found before the block begins."""
        with (
            pytest.raises(ControlError, match=r"kind 'tcp.rest' is not known; did you mean tcp.reset\?"),
            control.fault("tcp.rest"),
        ):
            pytest.fail("the block must not begin")


class TestScenarioForABlock:
    def test_rules_inside_and_the_one_before_rules_again(self, control: Control) -> None:
        """Phases and all else come back."""
        with control.scenario(STORM):
            inside = rules_of(control)

        assert (inside, rules_of(control)) == (["it"], [])
        assert [phase["name"] for phase in control.current_scenario()["phases"]] == ["calm", "storm"]

    def test_the_one_before_rules_again_after_an_exception(self, control: Control) -> None:
        """Whatever happened inside."""
        with pytest.raises(ZeroDivisionError), control.scenario(STORM):
            _ = 1 / 0

        assert rules_of(control) == []

    def test_blocks_can_stand_in_each_other(self, control: Control) -> None:
        """Each puts back what it found."""
        with control.scenario(STORM):
            with control.scenario("production_incident"):
                innermost = rules_of(control)
            inside = rules_of(control)

        assert (innermost, inside, rules_of(control)) == (["tls-record-corrupt"], ["it"], [])

    def test_one_that_is_wrong_is_refused_with_everything_that_is_wrong(self, control: Control) -> None:
        """Nothing was changed, so nothing has to go back."""
        with pytest.raises(ControlError) as caught, control.scenario("version: 1\nseeed: 1\n"):
            pytest.fail("the block must not begin")

        assert caught.value.status == 400
        assert len(caught.value.problems) == 2
        assert rules_of(control) == []

    def test_can_be_a_file_plain_data_or_the_name_of_one_that_ships(
        self, control: Control, tmp_path: Path
    ) -> None:
        """Whatever is at hand."""
        file = tmp_path / "storm.yaml"
        file.write_text(STORM, "utf-8")

        found = []
        for scenario in (file, str(file), {"version": 1, "promise": "none"}, "calm"):
            control.replace_scenario(scenario)
            found.append(rules_of(control))

        assert found == [["it"], ["it"], [], []]

    def test_a_name_that_nothing_has_is_told(self, control: Control) -> None:
        """With the nearest that something has."""
        with pytest.raises(ScenarioError, match="did you mean production_incident"):
            control.replace_scenario("production_accident")


class TestCalls:
    def test_phases_can_be_gone_through(self, control: Control, fake: FakeSlides) -> None:
        """A test need not wait for the storm."""
        assert control.advance_phase() == "storm"
        with pytest.raises(ControlError, match="is the last phase"):
            control.advance_phase()

        control.go_to_phase("calm")

        assert fake.front.phase() == "calm"

    def test_an_injected_fault_can_be_revoked_once(self, control: Control) -> None:
        """The second time it is no longer there, which is no error."""
        fault_id = control.inject({"kind": "tcp.reset"}, 60.0, often={"count": 1})

        assert [control.revoke(fault_id) for _ in range(2)] == [True, False]

    def test_metrics_are_text(self, control: Control) -> None:
        """As Prometheus reads them."""
        assert "fakeslides_scenario_revision 1\n" in control.metrics()

    def test_a_wrong_token_is_refused(self, fake: FakeSlides) -> None:
        """The message says what would be right."""
        with pytest.raises(ControlError, match="give the admin token") as caught:
            Control(fake.admin_url, "wrong").reset()

        assert caught.value.status == 401

    def test_a_server_that_is_gone_is_an_error_of_the_connection(self) -> None:
        """It is nothing the server has said."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = f"http://127.0.0.1:{free.getsockname()[1]}"

        with pytest.raises(OSError, match="refused"):
            Control(address, "token").reset()

    def test_no_proxy_comes_between(self, control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
        """A machine behind a proxy still speaks to itself directly."""
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

        assert control.ledger() == []

    def test_an_answer_that_is_none_of_ours_is_told_by_its_status(
        self, control: Control, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Something else may listen at that port by now."""
        monkeypatch.setattr(http.client.HTTPResponse, "read", lambda _self: b"<html>")

        with pytest.raises(ControlError, match="the server answered 404"):
            control.presentation("none")


def test_each_access_token_is_another_one(control: Control) -> None:
    """A client's own token can be revoked by the weather, and its test asks for the next."""
    tokens = {control.access_token() for _ in range(2)}

    assert len(tokens) == 2
    assert all(token.startswith("ya29.") for token in tokens)


async def test_can_be_used_from_a_thread_beside_a_fake_on_the_same_loop() -> None:
    """Calls that wait would stop the very loop that should answer them."""
    async with FakeSlides() as fake, open_session(fake) as session:
        control = Control(fake.admin_url, fake.admin_token)
        deck = await create_deck(session)

        fault_id = await asyncio.to_thread(control.inject, {"kind": "http.status", "code": 503}, 60.0)
        struck, _ = await post_batch(session, deck)
        await asyncio.to_thread(control.revoke, fault_id)
        after, _ = await post_batch(session, deck)
        shown = await asyncio.to_thread(control.presentation, deck)
        ledger = await asyncio.to_thread(control.ledger)
        await asyncio.to_thread(control.reset)

        assert (struck, after, shown["presentationId"]) == (503, 200, deck)
        assert [entry["fault"] for entry in ledger] == [None, None, "http.status", None]
        assert len(fake.ledger) == 0
