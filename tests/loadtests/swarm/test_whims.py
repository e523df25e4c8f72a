from random import Random

from loadtests.swarm.asks import Ask
from loadtests.swarm.whims import Kill, Point, Whims, drawn_whims

EVERY = Whims(
    deadlines_seconds={0: 4.0, 1: 5.0},
    cancels_at_seconds={1: 2.5},
    closes_at_seconds=9.0,
    begins_at_seconds={2: 1.5},
    shared=(0, 2),
    keeps_journal=True,
    redacts_journal=True,
    kills=(Kill(Point.STEP, 7), Kill(Point.WITHIN_LINE, 2, survives_share=0.5)),
    asks=(Ask(0, 1, "box"), Ask(0, 2, "text", 1), Ask(2, 1, "slide")),
    atomic=(2,),
    shares_quota=True,
    neighbours=2,
    tenants={0: "acme", 1: "bolt"},
)
MANY = [drawn_whims(5, 60.0, seed, Random(seed)) for seed in range(400)]


def test_whims_are_what_their_list_says() -> None:
    """Shrinking leaves some of it out, and what is kept must be as it was."""
    assert Whims.of(EVERY.listed()) == EVERY
    assert len(EVERY.listed()) == 20
    assert Whims.of([]) == Whims()


def test_a_kill_takes_a_journal() -> None:
    """A client that is killed without one has nothing to go on with."""
    only_kills = [(kind, item) for kind, item in EVERY.listed() if kind == "kill"]

    assert Whims.of(only_kills) == Whims(keeps_journal=True, kills=EVERY.kills)


def test_a_neighbour_takes_a_quota_file() -> None:
    """Without one there is nothing that the two have in common."""
    assert Whims.of([("neighbour", 0)]) == Whims(shares_quota=True, neighbours=1)


def test_requests_are_a_decks_and_left_out_one_by_one() -> None:
    """A list of twelve would say less of what went wrong than the two that it takes."""
    only_one = Whims.of([each for each in EVERY.listed() if each == ("ask", Ask(0, 2, "text", 1))])

    assert EVERY.asks_for(0) == [Ask(0, 1, "box"), Ask(0, 2, "text", 1)]
    assert only_one == Whims(asks=(Ask(0, 2, "text", 1),))


def test_a_kill_says_what_it_is() -> None:
    """In a timeline, and in an exported scenario."""
    assert [str(kill) for kill in EVERY.kills] == [
        "is killed before step 7",
        "loses its power within line 2",
    ]


def test_every_kind_of_whim_is_drawn_and_no_kind_in_every_seed() -> None:
    """What is always there hides what only shows without it."""
    for name in (
        "begins_at_seconds",
        "shared",
        "keeps_journal",
        "redacts_journal",
        "kills",
        "asks",
        "atomic",
    ):
        share = sum(bool(getattr(whims, name)) for whims in MANY) / len(MANY)
        assert 0.05 < share < 0.7, name
    kills = [kill for whims in MANY for kill in whims.kills]
    assert {kill.point for kill in kills} == set(Point)
    assert {kill.survives_share is None for kill in kills} == {True, False}
    assert {len(whims.kills) for whims in MANY} == {0, 1, 2, 3}
    assert all(whims.keeps_journal for whims in MANY if whims.kills)


def test_processes_die_early_and_late() -> None:
    """Most can go wrong in the first steps, and something else after a thousand."""
    steps = [kill.number for whims in MANY for kill in whims.kills if kill.point is Point.STEP]

    assert min(steps) >= 1
    assert sum(step < 30 for step in steps) > len(steps) / 4
    assert sum(step > 300 for step in steps) > len(steps) / 6
