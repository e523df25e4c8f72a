from pathlib import Path

import pytest

from loadtests.swarm.failing_seeds import FILE_NAME, FailingSeeds, FailingSeedsError


def test_a_seed_that_fails_is_kept_at_once_until_it_holds(tmp_path: Path) -> None:
    """Whoever interrupts the next moment finds it there, and a mended one is tried no more."""
    file = tmp_path / "folder" / FILE_NAME
    failing = FailingSeeds(file)

    failing.settle(9, has_failed=True)
    failing.settle(4, has_failed=True)
    assert list(FailingSeeds(file)) == [4, 9]

    failing.settle(9, has_failed=False)
    assert list(FailingSeeds(file)) == list(failing) == [4]


def test_seeds_that_hold_leave_no_file(tmp_path: Path) -> None:
    """There is nothing to keep."""
    failing = FailingSeeds(tmp_path / FILE_NAME)

    failing.settle(1, has_failed=False)

    assert (list(failing), list(tmp_path.iterdir())) == ([], [])


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", "{}", '{"seeds": 3}', '{"seeds": ["3"]}', '{"seeds": [-1]}', '{"seeds": [1.5]}']
)
def test_a_file_that_holds_something_else_is_named(tmp_path: Path, text: str) -> None:
    """And not overwritten: it may be somebody's."""
    file = tmp_path / FILE_NAME
    file.write_text(text, "utf-8")

    with pytest.raises(FailingSeedsError) as refused:
        FailingSeeds(file)

    assert str(refused.value) == f'{file}: expected {{"seeds": [whole numbers]}}; mend it or remove it'
    assert file.read_text("utf-8") == text


def test_a_folder_in_its_place_is_told_in_the_same_words(tmp_path: Path) -> None:
    """It was a traceback."""
    (tmp_path / FILE_NAME).mkdir()

    with pytest.raises(FailingSeedsError, match=FILE_NAME):
        FailingSeeds(tmp_path / FILE_NAME)
