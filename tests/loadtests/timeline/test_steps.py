from loadtests.timeline.steps import Step, steps_of


def test_a_count_goes_up_and_down_in_order() -> None:
    """Whatever the order in which its changes are found."""
    assert steps_of([(2.0, -1), (1.0, 1), (1.5, 1)]) == (Step(1.0, 1), Step(1.5, 2), Step(2.0, 1))


def test_changes_of_one_instant_are_one_step() -> None:
    """Who leaves as another comes makes no dent."""
    assert steps_of([(1.0, 1), (2.0, -1), (2.0, 1)]) == (Step(1.0, 1), Step(2.0, 1))
