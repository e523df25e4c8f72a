from pathlib import Path

from fakeslides.scenario.problems import Problem, show_path, show_problem, suggest


def test_writes_a_path_as_people_do() -> None:
    """The reader searches for it in the file."""
    assert show_path(("faults", 0, "often", "rate")) == "faults[0].often.rate"
    assert show_path(()) == "the scenario"


def test_writes_a_problem_so_that_editors_can_jump_to_it() -> None:
    """`file:line:` is what terminals make clickable."""
    assert (
        show_problem(Problem(("seed",), "wrong; right"), Path("a.yaml"), 3) == "a.yaml:3: seed: wrong; right"
    )


def test_names_the_nearest_word_or_all_when_none_is_near() -> None:
    """A typing slip deserves one word, a guess deserves the list."""
    assert suggest("pont", ["kind", "point"]) == "did you mean point?"
    assert suggest("xyzzy", ["b", "a", "a"]) == "known here: a, b"
