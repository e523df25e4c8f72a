"""What `deckstorm apply` exits with; README and --help say the same."""

from engine.events import Fate
from engine.results import BatchReport, RequestsReport, WritePlan

APPLIED, NOT_APPLIED, INVALID_INPUT, INDETERMINATE, PARKED, INTERRUPTED = 0, 1, 2, 5, 6, 130


def exit_code(
    done: BatchReport | RequestsReport | WritePlan | None, *, was_stopped: bool, has_journal: bool
) -> int:
    """Return what a script must know of a run; what is least certain goes first.

    Args:
        done: what the run came to; None if it was stopped before there was anything to report.
        was_stopped: by a signal.
        has_journal: that --resume can go on with.
    """
    if done is None:
        return INTERRUPTED
    if isinstance(done, WritePlan) or done.applied:
        return APPLIED
    fates = {operation.fate for operation in done.operations}
    if Fate.INDETERMINATE in fates:
        return INDETERMINATE
    if was_stopped and Fate.NOT_SENT in fates:
        return PARKED if has_journal else INTERRUPTED
    return NOT_APPLIED
