"""Small files and small functions: what doesn't fit on a screen isn't read."""

from statistics import median

from tests.support.source_tree import ROOT, functions, relative, source_files

LONGEST_FILE_LINES = 250
LONGEST_TEST_FILE_LINES = 300
LONGEST_FUNCTION_LINES = 50
LONG_FUNCTION_LINES = 30
LONG_FUNCTIONS_SHARE = 0.02
MEDIAN_FUNCTION_LINES = 8


def test_no_file_is_longer_than_one_purpose_needs() -> None:
    """A file that grows past this holds two things."""
    lengths = {relative(path): len(path.read_text("utf-8").splitlines()) for path in source_files()}

    too_long = {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE_LINES}

    assert too_long == {}


def test_no_file_of_tests_is_longer_than_one_behaviour_needs() -> None:
    """Whoever looks for a promise reads the whole file that it is in."""
    lengths = {
        relative(path): len(path.read_text("utf-8").splitlines()) for path in (ROOT / "tests").rglob("*.py")
    }

    too_long = {path: lines for path, lines in lengths.items() if lines > LONGEST_TEST_FILE_LINES}

    assert too_long == {}


def test_half_the_functions_have_eight_lines_or_fewer() -> None:
    """The usual function must be graspable at a glance."""
    sizes = [function.body_lines for path in source_files() for function in functions(path)]

    assert median(sizes) <= MEDIAN_FUNCTION_LINES


def test_hardly_any_function_is_long_and_none_is_huge() -> None:
    """Beauty is decided in the tail."""
    everything = [function for path in source_files() for function in functions(path)]

    long = [function for function in everything if function.body_lines > LONG_FUNCTION_LINES]

    assert [f for f in long if f.body_lines > LONGEST_FUNCTION_LINES] == []
    assert len(long) <= LONG_FUNCTIONS_SHARE * len(everything), long
