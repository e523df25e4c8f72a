from collections.abc import Iterator

import pytest

from tests.support.browser import running_chromium


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run one browser for all tests of a file; yield where its DevTools listen."""
    with running_chromium(tmp_path_factory.mktemp("profile")) as address:
        yield address
