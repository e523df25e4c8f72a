"""Small real worlds: a scenario in a file, a plan for it, and an observer that remembers."""

import sys
from pathlib import Path

from fakeslides.scenario.loader import load_scenario
from loadtests.measurements import Setting
from loadtests.outcomes import SettingOutcome
from loadtests.run import RunResult
from loadtests.run_plan import RunPlan

SABOTAGED_CLIENT = Path(__file__).with_name("sabotaged_client.py")
GATES = """
  - {id: no-tls-failure-surfaces, metric: ssl_record_layer_failures, require: "== 0"}
  - {id: no-process-dies, metric: segmentation_faults, require: "== 0"}
  - {id: no-write-is-refused, metric: cannot_be_applied_errors, require: "== 0"}
  - {id: nothing-hangs, metric: operation_completion_share, require: "== 100%"}
  - {id: slides-succeed, metric: slide_success_share, require: "> 95%"}
  - {id: breaker-stays-closed, metric: breaker_activation_share, require: "< 5%"}
  - {id: nothing-is-lost, metric: lost_edits, require: "== 0"}
  - {id: nothing-lands-twice, metric: duplicated_edits, require: "== 0"}
  - {id: reports-are-true, metric: wrong_reports, require: "== 0"}
"""


def a_scenario_file(folder: Path, weather: str = "", *, presentations: int = 2) -> Path:
    """Write a small scenario with all gates but the speed-up's; a scenario second lasts a twenty-fifth."""
    file = folder / "small.yaml"
    file.write_text(
        f"version: 1\npromise: Small and whole.\nseed: 5\ntime_scale: 1/25\n{weather}\n"
        f"workload: {{presentations: {presentations}, slides: 2, replacements: 2}}\ngates:{GATES}",
        "utf-8",
    )
    return file


def a_plan(file: Path, **choices: object) -> RunPlan:
    """Return the plan of a scenario file."""
    scenario = load_scenario(file)
    usual = {"seed": scenario.seed, "time_scale": scenario.time_scale, "grace_seconds": 5.0}
    return RunPlan(file.stem, scenario, file, **{**usual, **choices})


def sabotaged(deed: str) -> tuple[str, ...]:
    """Return the command of a client that does one thing wrong."""
    return (sys.executable, str(SABOTAGED_CLIENT), deed)


class Watcher:
    """Remembers what a sweep told."""

    def __init__(self) -> None:
        self.started: list[Setting] = []
        self.settled: list[int] = []
        self.finished: list[SettingOutcome] = []

    def setting_started(self, setting: Setting) -> None:
        """Remember it."""
        self.started.append(setting)

    def operations_settled(self, count: int) -> None:
        """Remember it."""
        self.settled.append(count)

    def setting_finished(self, outcome: SettingOutcome, result: RunResult | None) -> None:
        """Remember it."""
        del result
        self.finished.append(outcome)
