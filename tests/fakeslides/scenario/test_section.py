import pytest

from fakeslides.scenario.section import Section


class Pair(Section):
    a: str | None = None
    b: str | None = None


def test_names_the_one_key_that_is_given() -> None:
    """Sections with alternatives ask which one was chosen."""
    assert Pair(b="x").only_key_of("a", "b") == "b"


@pytest.mark.parametrize(("pair", "says"), [(Pair(), "none of them"), (Pair(a="x", b="y"), "a and b")])
def test_refuses_none_and_several(pair: Pair, says: str) -> None:
    """Two answers to one question leave the reader to guess."""
    with pytest.raises(ValueError, match=f"{says} is given; give exactly one of a, b"):
        pair.only_key_of("a", "b")
