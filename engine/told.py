"""What a person at a terminal is told when all is over."""

from collections import Counter
from collections.abc import Sequence

from engine.events import Event, Fate, OperationSettled
from engine.results import BatchReport, RequestsReport, WritePlan


def told(done: BatchReport | RequestsReport | WritePlan) -> str:
    """Return the report, or the plan, as lines."""
    match done:
        case WritePlan():
            return _told_plan(done)
        case RequestsReport():
            return _told_requests(done)
        case BatchReport():
            return _told_report(done)


def word_of(fate: Fate) -> str:
    """Return a fate in plain words."""
    return fate.value.replace("_", " ")


def _told_plan(plan: WritePlan) -> str:
    facts = plan.as_dict()
    edits, requests, writes = (_counted(facts[noun + "s"], noun) for noun in ("edit", "request", "write"))
    size = f"{edits} as {requests} in {writes}"
    pace = f"the quota allows them within {facts['seconds_at_quota']:.0f} s"
    lines = [f"{size}; {pace}. Nothing was written."]
    for number, batch in enumerate(plan.batches, start=1):
        places = Counter((operation.find, operation.replace) for operation in batch.replacements)
        lines.append(f"write {number}:")
        for (find, value), count in places.items():
            lines.append(f"  {find!r} -> {value!r} on {_counted(count, 'slide')}")
        lines += [f"  {request.path}" for request in batch.given]
    return "\n".join([*lines, *_told_not_found(plan.not_found)])


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _told_report(report: BatchReport) -> str:
    width = max(map(len, [*report.slides, "slide"]))
    lines = [f"{'slide':{width}}" + "".join(f"  {word_of(fate):>13}" for fate in Fate)]
    for slide in report.slides.values():
        counts = Counter(operation.fate for operation in slide.operations)
        lines.append(f"{slide.slide_id:{width}}" + "".join(f"  {counts[fate]:>13}" for fate in Fate))
    missed = [operation for operation in report.operations if operation.fate is not Fate.APPLIED]
    lines += [f"{operation.slide_id}: {operation.find!r}: {operation.error}" for operation in missed]
    return "\n".join([*lines, *_told_not_found(report.not_found)])


def _told_not_found(keys: Sequence[str]) -> list[str]:
    return [f"{key!r} is on none of these slides; is it spelt right?" for key in keys]


class FateCount:
    """A listener that counts what became of the edits."""

    def __init__(self) -> None:
        self._counts: Counter[Fate] = Counter()

    def __call__(self, event: Event) -> None:
        """Take note of an event."""
        if isinstance(event, OperationSettled):
            self._counts[event.fate] += 1

    @property
    def is_empty(self) -> bool:
        """True as long as no edit has its fate."""
        return not self._counts

    def __str__(self) -> str:
        return ", ".join(f"{_counted(self._counts[fate], 'edit')} {word_of(fate)}" for fate in Fate)


def _told_requests(report: RequestsReport) -> str:
    lines = []
    for each in report.operations:
        end = "" if each.error is None else f": {each.error}"
        made = ", ".join(each.object_ids) if each.fate is Fate.APPLIED else ""
        lines.append(f"requests[{each.index}].{each.kind}: {word_of(each.fate)}{end}{made and f' -> {made}'}")
    return "\n".join(lines)
