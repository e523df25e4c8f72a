from random import Random
from typing import get_args

from pydantic import TypeAdapter

from fakeslides.scenario.fault_kinds import Fault
from loadtests.swarm.vocabulary import every_fault, name_of, names, strikes_connections


def _all_that_there_is() -> list[tuple[str, str]]:
    models = get_args(get_args(Fault)[0])
    return [
        (kind, point)
        for model in models
        for kind in get_args(model.model_fields["kind"].annotation)
        for point in get_args(model.model_fields["point"].annotation)
    ]


def test_every_kind_of_fault_is_there_at_every_point() -> None:
    """What is left out of the swarm is never tried."""
    assert [(fault["kind"], fault["point"]) for fault in every_fault(Random(1))] == _all_that_there_is()
    assert len(_all_that_there_is()) > 70


def test_every_fault_is_one_that_a_scenario_may_hold_whatever_is_drawn() -> None:
    """A new kind with a field that must be given fails here, and not in somebody's ten-thousandth seed."""
    fault = TypeAdapter(Fault)

    held = [fault.validate_python(each) for seed in range(50) for each in every_fault(Random(seed))]

    assert len(held) == 50 * len(names())


def test_fields_differ_from_seed_to_seed_and_not_within_one() -> None:
    """A delay of one length would show one thing only."""
    assert list(every_fault(Random(1))) == list(every_fault(Random(1)))
    assert list(every_fault(Random(1))) != list(every_fault(Random(2)))


def test_no_refusal_comes_after_a_commit() -> None:
    """It would say that nothing was changed, and no client could see through such a lie."""
    codes = {
        each["code"]
        for seed in range(200)
        for each in every_fault(Random(seed))
        if each["point"] == "after_commit" and "code" in each
    }

    assert codes
    assert min(codes) >= 500


def test_a_name_says_kind_and_point_and_there_is_one_for_each() -> None:
    """Reports list by name what never struck."""
    assert name_of({"kind": "tcp.reset", "point": "after_commit"}) == "tcp.reset@after_commit"
    assert len(set(names())) == len(names()) == len(_all_that_there_is())


def test_faults_of_bare_connections_know_no_call() -> None:
    """A rule for one that named a method would be refused."""
    assert strikes_connections({"point": "on_accept"})
    assert strikes_connections({"point": "in_handshake"})
    assert not strikes_connections({"point": "before_commit"})
