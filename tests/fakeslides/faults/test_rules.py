from random import Random

from hypothesis import given
from hypothesis import strategies as st

from fakeslides.faults.rules import CallFacts, Rulebook
from fakeslides.faults.timeline import Timeline
from tests.support.fake_client import scenario_of

BATCH = "presentations.batchUpdate"


def book_of(text: str, seed: int = 1) -> Rulebook:
    """Return the rulebook of a scenario."""
    scenario = scenario_of(text)
    return Rulebook(scenario.faults, scenario.phases, seed)


def call(number: int = 0, *, method: str = BATCH, attempt: int = 1, at: float = 0.0) -> CallFacts:
    """Return the facts of a call on deck 1."""
    return CallFacts(method, "deck-1", f"deck-1/slide/{number}", attempt, at)


def struck_by(book: Rulebook, facts: CallFacts) -> str | None:
    """Return the id of the rule that strikes a call."""
    verdict = book.judge(facts).verdict
    return verdict.rule_id if verdict else None


def rule(name: str, often: str, *, where: str = "", when: str = "", draw: str = "attempt") -> str:
    """Return a rule's line."""
    return (
        f"  - {{id: {name}, where: {{{where}}}, when: {{{when}}}, often: {{{often}}}, draw: {draw}, "
        "fault: {kind: tcp.reset}}\n"
    )


class TestDraws:
    @given(order=st.permutations(range(40)))
    def test_the_same_calls_are_struck_in_any_order(self, order: list[int]) -> None:
        """Concurrency changes the order of calls; it must not change the weather."""
        text = "faults:\n" + rule("r", "rate: 30%")

        in_order = {n for n in range(40) if struck_by(book_of(text), call(n))}
        shuffled = book_of(text)

        assert {n for n in order if struck_by(shuffled, call(n))} == in_order

    def test_adding_a_rule_leaves_the_draws_of_the_others_alone(self) -> None:
        """Otherwise no scenario could be changed one line at a time."""
        alone = book_of("faults:\n" + rule("r", "rate: 30%"))
        beside = book_of(
            "faults:\n" + rule("new", "rate: 30%", where="method: token") + rule("r", "rate: 30%")
        )

        assert [struck_by(alone, call(n)) for n in range(100)] == [
            struck_by(beside, call(n)) for n in range(100)
        ]

    def test_another_seed_strikes_other_calls(self) -> None:
        """Swarms of seeds are of no use when all see the same weather."""
        text = "faults:\n" + rule("r", "rate: 30%")

        struck = [[struck_by(book_of(text, seed), call(n)) for n in range(50)] for seed in (1, 2)]

        assert struck[0] != struck[1]

    def test_attempts_are_drawn_one_by_one(self) -> None:
        """A retry must have a chance of its own."""
        book = book_of("faults:\n" + rule("r", "rate: 50%"))

        drawn = {struck_by(book, call(attempt=attempt)) for attempt in range(1, 20)}

        assert drawn == {None, "r"}

    def test_an_operation_drawn_once_is_struck_at_every_attempt_or_at_none(self) -> None:
        """That is the weather in which retries cannot help."""
        book = book_of("faults:\n" + rule("r", "rate: 50%", draw="operation"))

        for number in range(20):
            assert len({struck_by(book, call(number, attempt=attempt)) for attempt in (1, 2, 3)}) == 1

    def test_a_share_of_all_strikes_always_and_one_of_nothing_never(self) -> None:
        """The ends of the scale are certain."""
        always, never = (book_of("faults:\n" + rule("r", f"rate: {share}")) for share in ("100%", "0%"))

        assert {struck_by(always, call(n)) for n in range(50)} == {"r"}
        assert {struck_by(never, call(n)) for n in range(50)} == {None}


class TestScope:
    def test_looks_only_at_its_method_and_presentation(self) -> None:
        """Weather over one deck leaves the others dry."""
        book = book_of("faults:\n" + rule("r", "every: 1", where=f"method: {BATCH}, presentation: deck-*"))

        assert struck_by(book, call()) == "r"
        assert struck_by(book, call(method="presentations.get")) is None
        assert struck_by(book, CallFacts(BATCH, "other", "x", 1, 0.0)) is None

    def test_looks_at_tokens_only_if_it_says_so(self) -> None:
        """An outage of Slides is none of the service that gives out tokens."""
        of_all = book_of("faults:\n" + rule("r", "every: 1"))
        of_tokens = book_of("faults:\n" + rule("r", "every: 1", where="method: token"))

        assert struck_by(of_all, call(method="token")) is None
        assert struck_by(of_tokens, call(method="token")) == "r"

    def test_looks_only_at_its_attempts(self) -> None:
        """`attempt: [1]` is how to strike what a retry can cure."""
        book = book_of("faults:\n" + rule("r", "every: 1", when="attempt: [1, 3]"))

        assert [struck_by(book, call(attempt=n)) for n in (1, 2, 3, 4)] == ["r", None, "r", None]

    def test_looks_only_in_its_phase(self) -> None:
        """Phases count from the first call; the last one lasts for ever."""
        phases = "phases: [{name: calm, for: 10s}, {name: storm, for: 5s}, {name: after, for: 1s}]\n"
        book = book_of(phases + "faults:\n" + rule("r", "every: 1", when="phase: storm"))

        assert [struck_by(book, call(at=at)) for at in (0, 9.9, 10, 14.9, 15, 99)] == [
            None, None, "r", "r", None, None,
        ]  # fmt: skip


class TestOrder:
    def test_the_first_rule_that_strikes_wins(self) -> None:
        """A call meets one fault at most."""
        book = book_of("faults:\n" + rule("a", "every: 2") + rule("b", "every: 1"))

        assert [struck_by(book, call(n)) for n in range(4)] == ["b", "a", "b", "a"]

    def test_a_rule_behind_the_one_that_strikes_does_not_look(self) -> None:
        """Else its share of strikes would not be its rate."""
        book = book_of("faults:\n" + rule("a", "every: 1") + rule("b", "every: 1"))

        assert book.judge(call()).matched == ("a",)

    def test_a_count_strikes_the_first_calls_and_no_more(self) -> None:
        """`count: 2` is how to plant exactly two faults."""
        book = book_of("faults:\n" + rule("r", "count: 2"))

        assert [struck_by(book, call(n)) for n in range(4)] == ["r", "r", None, None]


def test_the_measured_rate_lies_in_the_binomial_bound_of_the_configured_one() -> None:
    """An injector whose rates are wrong measures something else than it says."""
    book, random = book_of("faults:\n" + rule("r", "rate: 5%")), Random(1)
    identities = [random.randrange(10**9) for _ in range(8000)]

    struck = sum(struck_by(book, call(identity)) == "r" for identity in identities)

    assert abs(struck - 400) < 4 * (8000 * 0.05 * 0.95) ** 0.5


def test_without_phases_there_is_no_phase() -> None:
    """Rules without a phase look at every call then."""
    assert Timeline(()).phase_at(3.0) is None
