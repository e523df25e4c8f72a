from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.faults.calls import Verdict, connection_facts
from fakeslides.faults.rules import Rulebook
from tests.support.rulebooks import a_book, a_call, a_rule, striking_at, struck_by

PHASES = [{"name": "calm", "for": "10s"}, {"name": "storm", "for": "40s"}, {"name": "after", "for": "1s"}]
THIRTY_PERCENT = {"rate": "30%"}
BURST = {"burst": {"enter": "10%", "leave": "30%"}}


def strikes(book: Rulebook, count: int, **facts: object) -> list[str | None]:
    """Return who strikes each of the first tries of `count` operations."""
    return [struck_by(book, a_call(number, **facts)) for number in range(count)]


class TestDraws:
    @given(order=st.permutations(range(40)))
    def test_the_same_calls_are_struck_in_any_order(self, order: list[int]) -> None:
        """Concurrency changes the order of calls; it must not change the weather."""
        rule = a_rule(often=THIRTY_PERCENT)
        in_order = {n for n in range(40) if struck_by(a_book(rule), a_call(n))}

        shuffled = a_book(rule)

        assert {n for n in order if struck_by(shuffled, a_call(n))} == in_order

    def test_adding_a_rule_leaves_the_draws_of_the_others_alone(self) -> None:
        """Otherwise no scenario could be changed one line at a time."""
        rule, new = a_rule(often=THIRTY_PERCENT), a_rule("new", often=THIRTY_PERCENT)
        alone = strikes(a_book(rule), 200)

        beside = strikes(a_book(new, rule), 200)

        assert [now for now in beside if now != "new"] == [
            before for before, now in zip(alone, beside, strict=True) if now != "new"
        ]
        assert set(beside) == {None, "r", "new"}

    def test_another_seed_strikes_other_calls(self) -> None:
        """Swarms of seeds are of no use when all see the same weather."""
        first, second = (strikes(a_book(a_rule(often=THIRTY_PERCENT), seed=seed), 50) for seed in (1, 2))

        assert first != second

    def test_attempts_are_drawn_one_by_one(self) -> None:
        """A retry must have a chance of its own."""
        book = a_book(a_rule(often={"rate": "50%"}))

        assert {struck_by(book, a_call(attempt=attempt)) for attempt in range(1, 20)} == {None, "r"}

    def test_an_operation_drawn_once_is_struck_at_every_attempt_or_at_none(self) -> None:
        """That is the weather in which retries cannot help."""
        book = a_book(a_rule(often={"rate": "50%"}, draw="operation"))

        fates = [
            frozenset(struck_by(book, a_call(n, attempt=attempt)) for attempt in (1, 2, 3)) for n in range(20)
        ]

        assert set(fates) == {frozenset({"r"}), frozenset({None})}

    def test_a_connection_drawn_once_is_struck_in_all_its_calls_or_in_none(self) -> None:
        """A path that is bad stays bad until somebody takes another."""
        book = a_book(a_rule(often={"rate": "50%"}, draw="connection"))

        fates = [frozenset(strikes(book, 5, connection=ordinal)) for ordinal in range(1, 20)]

        assert set(fates) == {frozenset({"r"}), frozenset({None})}

    def test_a_share_of_all_strikes_always_and_one_of_nothing_never(self) -> None:
        """The ends of the scale are certain."""
        always, never = (a_book(a_rule(often={"rate": share})) for share in ("100%", "0%"))

        assert set(strikes(always, 50)) == {"r"}
        assert set(strikes(never, 50)) == {None}


class TestRates:
    @pytest.mark.parametrize("percent", [1, 5, 30, 50, 95])
    @pytest.mark.parametrize("draw", ["attempt", "operation", "connection"])
    def test_the_measured_rate_lies_in_the_binomial_bound_of_the_configured_one(
        self, percent: int, draw: str
    ) -> None:
        """An injector whose rates are wrong measures something else than it says."""
        book, random, share = (
            a_book(a_rule(often={"rate": f"{percent}%"}, draw=draw)),
            Random(1),
            percent / 100,
        )
        numbers = random.sample(range(10**9), 4000)

        struck = sum(struck_by(book, a_call(n, connection=n)) == "r" for n in numbers)

        assert abs(struck - 4000 * share) < 4 * (4000 * share * (1 - share)) ** 0.5

    @pytest.mark.parametrize("when", [{"phase": "storm"}, {"offset": {"from": "10s", "to": "50s"}}])
    def test_a_ramp_strikes_as_often_as_its_place_in_the_stretch_says(self, when: dict[str, Any]) -> None:
        """Weather that worsens shows where an engine gives way."""
        rule = a_rule(when=when, often={"rate": {"from": "0%", "to": "80%"}})
        book = a_book(rule, phases=PHASES)

        counts = [
            sum(struck == "r" for struck in strikes(book, 1000, offset_seconds=at))
            for at in (10.0, 20.0, 40.0)
        ]

        assert counts[0] == 0
        assert abs(counts[1] - 200) < 4 * (1000 * 0.2 * 0.8) ** 0.5
        assert abs(counts[2] - 600) < 4 * (1000 * 0.6 * 0.4) ** 0.5


class TestCounted:
    def test_a_count_strikes_the_first_calls_and_no_more(self) -> None:
        """`count: 2` is how to plant exactly two faults."""
        assert strikes(a_book(a_rule(often={"count": 2})), 4) == ["r", "r", None, None]

    def test_every_n_th_call_is_struck(self) -> None:
        """By the order in which they come."""
        assert strikes(a_book(a_rule(often={"every": 2})), 4) == [None, "r", None, "r"]

    def test_the_n_th_call_is_the_n_th_that_all_else_lets_through(self) -> None:
        """Else a call of another method would shift it."""
        book = a_book(a_rule(where={"presentation": "deck-1"}, when={"nth": [2, 3]}))
        decks = ["other", "deck-1", "other", "deck-1", "deck-1", "deck-1"]

        struck = [struck_by(book, a_call(presentation_id=deck)) for deck in decks]

        assert struck == [None, None, None, "r", "r", None]

    def test_only_the_n_th_call_counts_as_matched(self) -> None:
        """Matched means that all conditions were met."""
        book = a_book(a_rule(when={"nth": 2}))

        assert [book.judge(a_call(n)).matched for n in range(3)] == [(), ("r",), ()]


class TestSequences:
    def test_strikes_what_is_listed_and_nothing_else(self) -> None:
        """That is how a run's faults are struck again."""
        listed = [{"operation": "deck-1/slide/1", "attempt": 2}, {"operation": "deck-1/slide/2"}]
        book = a_book(a_rule(often={"sequence": listed}))

        struck = {
            (n, attempt)
            for n in range(4)
            for attempt in (1, 2, 3)
            if struck_by(book, a_call(n, attempt=attempt))
        }

        assert struck == {(1, 2), (2, 1)}

    def test_strikes_connections_by_their_ordinal(self) -> None:
        """A struck handshake is struck again."""
        rule = striking_at("on_accept", a_rule(often={"sequence": [{"operation": "connection/2"}]}))

        assert [struck_by(a_book(rule), connection_facts(n, 0.0)) for n in (1, 2, 3)] == [None, "r", None]


class TestBursts:
    def test_strikes_its_stationary_share_of_the_calls_as_they_come(self) -> None:
        """With `draw: attempt`, which is the default, each call is a step."""
        struck = strikes(a_book(a_rule(often=BURST)), 4000)

        # Neighbours correlate by 0.6, which doubles the binomial spread.
        assert abs(struck.count("r") - 1000) < 4 * 2 * (4000 * 0.25 * 0.75) ** 0.5

    @given(order=st.permutations([(n, attempt) for n in range(8) for attempt in (1, 2, 3)]))
    def test_along_an_operations_attempts_is_the_same_in_any_order(
        self, order: list[tuple[int, int]]
    ) -> None:
        """With `draw: operation` bursts can be compared between concurrencies."""
        rule = a_rule(often=BURST, draw="operation")
        in_order = a_book(rule)
        struck = {(n, k) for n in range(8) for k in (1, 2, 3) if struck_by(in_order, a_call(n, attempt=k))}

        shuffled = a_book(rule)

        assert {(n, k) for n, k in order if struck_by(shuffled, a_call(n, attempt=k))} == struck

    def test_along_connections_strikes_whole_connections(self) -> None:
        """With `draw: connection` a step is a connection."""
        book = a_book(a_rule(often=BURST, draw="connection"))

        fates = [frozenset(strikes(book, 3, connection=ordinal)) for ordinal in range(1, 60)]

        assert set(fates) == {frozenset({"r"}), frozenset({None})}


class TestLimits:
    def test_in_all_no_more_than_its_total(self) -> None:
        """What is left goes to the rules behind it."""
        book = a_book(a_rule("a", limit={"total": 2}), a_rule("b"))

        assert strikes(book, 4) == ["a", "a", "b", "b"]

    def test_at_once_no_more_than_are_still_under_way(self) -> None:
        """A server that stalls four calls at a time still answers the fifth."""
        rule = a_rule(limit={"active": 1})
        book, verdict = a_book(rule), Verdict("r", rule.fault)

        before = strikes(book, 3)
        book.ended(verdict)

        assert before == ["r", None, None]
        assert strikes(book, 2) == ["r", None]

    def test_a_call_that_only_its_limit_spares_has_matched(self) -> None:
        """The report tells matched and fired apart."""
        book = a_book(a_rule(limit={"total": 1}))

        judged = [book.judge(a_call(n)) for n in range(2)]

        assert [judgement.matched for judgement in judged] == [("r",), ("r",)]
        assert judged[1].verdict is None


class TestOrder:
    def test_the_first_rule_that_strikes_wins(self) -> None:
        """A call meets one fault at most."""
        book = a_book(a_rule("a", often={"every": 2}), a_rule("b"))

        assert strikes(book, 4) == ["b", "a", "b", "a"]

    def test_a_rule_behind_the_one_that_strikes_does_not_look(self) -> None:
        """Else its share of strikes would not be its rate."""
        book = a_book(a_rule("a"), a_rule("b"))

        assert book.judge(a_call()).matched == ("a",)


def test_a_rule_looks_only_in_its_phase() -> None:
    """The rulebook knows which phase an offset lies in."""
    rule = a_rule(when={"phase": "storm"})
    book = a_book(rule, phases=PHASES)

    assert [struck_by(book, a_call(offset_seconds=at)) for at in (0, 9.9, 10, 49.9, 50, 99)] == [
        None, None, "r", "r", None, None,
    ]  # fmt: skip
