"""What is installed is what was tested."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support.source_tree import ROOT

LOCK = (ROOT / "requirements-dev.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel once, as a release would."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_every_scenario(wheel: Path) -> None:
    """Whoever installs deckstorm sweeps the same weather as whoever clones it."""
    carried = {Path(name).name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".yaml")}

    assert carried == {path.name for path in (ROOT / "scenarios").glob("*.yaml")}
    assert "production_incident.yaml" in carried


@pytest.mark.parametrize("folder", ["fakeslides/page/static", "loadtests/timeline/static"])
def test_the_wheel_carries_the_pages(wheel: Path, folder: str) -> None:
    """They are files that no import would miss."""
    carried = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith(folder)}

    assert carried == {f"{folder}/{path.name}" for path in (ROOT / folder).iterdir()}


def test_the_wheel_carries_the_schema_that_its_scenarios_name(wheel: Path) -> None:
    """An editor looks for it beside the file."""
    schema = zipfile.ZipFile(wheel).read("fakeslides/scenario/library/scenario.schema.json")

    assert schema.decode() == (ROOT / "scenarios" / "scenario.schema.json").read_text("utf-8")


def test_an_installed_deckstorm_finds_its_scenarios_away_from_the_checkout(
    wheel: Path, tmp_path: Path
) -> None:
    """The names of the shipped scenarios must work in any folder."""
    zipfile.ZipFile(wheel).extractall(tmp_path)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from fakeslides.scenario.loader import find_scenario, load_scenario\n"
        "path = find_scenario('production_incident'); load_scenario(path); print(path)"
    )

    found = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert Path(found.stdout.strip()).is_relative_to(tmp_path)


def test_the_lock_pins_every_dependency_by_hash() -> None:
    """Development and CI install the same bytes, or nothing."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [
        *project["project"]["dependencies"],
        *(d for extra in project["project"]["optional-dependencies"].values() for d in extra),
        *project["dependency-groups"]["dev"],
    ]
    names = {re.split(r"[<>=!\[ ]", line)[0].lower() for line in wanted} - {"deckstorm"}

    unpinned = [name for name in sorted(names) if not re.search(rf"(?mi)^{re.escape(name)}==", LOCK)]

    assert unpinned == []
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=[a-z0-9])", LOCK.strip()))


def test_the_lock_names_no_download_address() -> None:
    """Where packages come from is the business of whoever installs them."""
    assert re.findall(r"(?im)https?://|^\s*--(?!hash=)\S*", LOCK) == []
