import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakeslides.slides.utf16 import grapheme_end, length_units, point_after, point_before

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXTS)
def test_counts_what_utf_16_counts(text: str) -> None:
    """Google's indices are UTF-16 code units; counting code points shifts every edit behind an emoji."""
    units = len(text.encode("utf-16-le")) // 2

    assert length_units(text) == units


@given(TEXTS)
def test_every_character_is_found_at_its_own_units(text: str) -> None:
    """Both directions of the translation agree wherever nothing is cut."""
    for point in range(len(text) + 1):
        units = length_units(text[:point])

        assert point_after(text, units) == point_before(text, units) == point


def test_never_cuts_a_surrogate_pair() -> None:
    """Half an emoji is no character, and cannot even be written to JSON as UTF-8."""
    text = "a😀b"

    cut_units = 2

    assert (point_before(text, cut_units), point_after(text, cut_units)) == (1, 2)


@pytest.mark.parametrize("cluster", ["e\u0301", "👍🏽", "👩\u200d👧", "❤\ufe0f"])
def test_moves_on_to_the_end_of_a_grapheme_cluster(cluster: str) -> None:
    """Text inserted inside a cluster would tear apart what a reader sees as one letter."""
    text = f"x{cluster}y"

    assert grapheme_end(text, 2) == 1 + len(cluster)


def test_a_place_between_clusters_stays_where_it_is() -> None:
    """Moving any further would put text behind its neighbour."""
    assert grapheme_end("xe\u0301y", 1) == 1
    assert grapheme_end("xy", 2) == 2
