"""Where a command puts its results: seen to before anything is run, as no run should be for nothing."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryFile

from loadtests.commands.invalid_input import InvalidInput
from loadtests.report.files import STRUCK_FOLDER
from loadtests.run_plan import RunPlan

RESULTS_FOLDER = Path("deckstorm-results")


def folder_of(name: str, out: Path | None, *, is_one_of_many: bool) -> Path:
    """Return where a scenario's results go."""
    if out is None:
        return RESULTS_FOLDER / name
    return out / name if is_one_of_many else out


def demand_writable(folder: Path) -> Path:
    """Make a folder for results, and return it.

    Raises:
        InvalidInput: it cannot be made, or nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        why = error.strerror or str(error)
        raise InvalidInput(
            f"{folder}: results cannot be written there: {why}; choose a folder that can be written to"
        ) from None


def folders_of(plans: Sequence[RunPlan], out: Path | None) -> list[Path]:
    """Return a folder for the results of each plan, all of them made.

    Raises:
        InvalidInput: as for `demand_writable`; two plans would have one, or one would lose its scenario.
    """
    folders = [folder_of(plan.name, out, is_one_of_many=len(plans) > 1) for plan in plans]
    for plan, folder in zip(plans, folders, strict=True):
        if folders.count(folder) > 1:
            raise InvalidInput(
                f"{plan.scenario_file}: another scenario is called {plan.name} too, and its results would "
                f"replace these in {folder}; sweep them one by one, each with an --out of its own"
            )
        _demand_elsewhere(folder, (each.scenario_file for each in plans))
    return [demand_writable(folder) for folder in folders]


def _demand_elsewhere(folder: Path, scenario_files: Iterable[Path]) -> None:
    """Refuse to remove a scenario that is still to be read, with what an earlier sweep has left there."""
    for file in scenario_files:
        if file.resolve().parent == (folder / STRUCK_FOLDER).resolve():
            raise InvalidInput(f"{file}: new results in {folder} would replace it; choose another --out")
