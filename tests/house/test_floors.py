"""Who may import whom, held by machine."""

import subprocess
import sys
from pathlib import Path

from tests.support.source_tree import ROOT


def test_every_import_contract_is_kept() -> None:
    """A floor that is not checked is not there."""
    lint_imports = Path(sys.executable).with_name("lint-imports")

    checked = subprocess.run(
        [lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout
