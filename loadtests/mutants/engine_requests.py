"""The safeguards of requests of any kind, each gone in a mutant of its own."""

from typing import Any

from engine.errors import CannotBeApplied, InvalidRequest, RevisionConflict
from engine.events import Fate
from engine.job import Job
from engine.plan.marks import Marks
from engine.plan.witness import Witness
from engine.recovery import Ending, Recovery
from loadtests.mutants.engine_side import ENGINE
from loadtests.mutants.mutant import Mutant, Patch, instead

Original = Any


def _taken_for_success(original: Original) -> Original:
    async def weigh(self: Recovery, error: Any, batch: Any, job: Any, errand: Any) -> Any:  # noqa: ANN401 - as the original
        is_refusal = isinstance(error, InvalidRequest | RevisionConflict | CannotBeApplied)
        if batch.given and errand.is_in_doubt and is_refusal:
            return Ending(Fate.APPLIED)
        return await original(self, error, batch, job, errand)

    return weigh


_never = property(lambda _: False, lambda *_: None)

MUTANTS: tuple[Mutant, ...] = (
    Mutant("refusal in doubt taken for success", ENGINE, (Patch(Recovery, "weigh", _taken_for_success),)),
    Mutant("marks not looked for", ENGINE, (instead(Marks, "judge", lambda *_: Witness.NOT_APPLIED),)),
    Mutant("marks taken for granted", ENGINE, (instead(Marks, "judge", lambda *_: Witness.APPLIED),)),
    Mutant("atomic requests taken apart", ENGINE, (instead(Job, "is_atomic", _never),)),
)
