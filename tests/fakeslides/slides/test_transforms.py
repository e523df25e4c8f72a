from fakeslides.slides.transforms import compose


def test_a_child_moved_within_a_scaled_group_moves_by_the_scale() -> None:
    """An element freed from its group must stay where it was seen."""
    group = {"scaleX": 2, "scaleY": 0.5, "translateX": 100, "translateY": 10, "unit": "EMU"}
    child = {"scaleX": 1, "scaleY": 1, "translateX": 30, "translateY": 40, "unit": "EMU"}

    assert compose(group, child) == {
        "scaleX": 2.0,
        "scaleY": 0.5,
        "translateX": 160.0,
        "translateY": 30.0,
        "unit": "EMU",
    }


def test_points_and_emu_are_not_mixed_up() -> None:
    """A point is 12700 EMU."""
    unit = {"scaleX": 1, "scaleY": 1}

    composed = compose({**unit, "translateX": 1, "unit": "PT"}, {**unit, "translateX": 1, "unit": "EMU"})

    assert composed["translateX"] == 12701


def test_a_quarter_turn_twice_is_half_a_turn() -> None:
    """Shears are the off-diagonal of the matrix, and their order matters."""
    quarter = {"shearX": -1, "shearY": 1, "unit": "EMU"}

    assert compose(quarter, quarter) == {"scaleX": -1, "scaleY": -1, "unit": "EMU"}
