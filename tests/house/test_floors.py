"""Who may import whom, held by machine."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.support.source_tree import ROOT, parse, relative, source_files


def test_every_import_contract_is_kept() -> None:
    """A floor that is not checked is not there."""
    lint_imports = Path(sys.executable).with_name("lint-imports")

    checked = subprocess.run(
        [lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout


def test_no_deadline_is_kept_by_a_call_that_loses_cancellations() -> None:
    """Until Python 3.12 `asyncio.wait_for` could swallow one, and leak what it had acquired by then."""
    found = [
        f"{relative(path)}:{node.lineno}"
        for path in source_files()
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Attribute) and node.attr == "wait_for"
    ]

    assert found == []
