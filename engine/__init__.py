"""The production client: edits Google Slides presentations through `presentations.batchUpdate`."""

from engine.client import SlidesEngine, safe_batch_text_replace
from engine.errors import NotSent, OutcomeUnknown, Rejected, SlidesError
from engine.events import Event, Fate, Listener
from engine.logs import EventLog
from engine.results import BatchReport, OperationResult, SlideResult
from engine.settings import EngineSettings, SettingsError, Strategy

__all__ = [
    "BatchReport",
    "EngineSettings",
    "Event",
    "EventLog",
    "Fate",
    "Listener",
    "NotSent",
    "OperationResult",
    "OutcomeUnknown",
    "Rejected",
    "SettingsError",
    "SlideResult",
    "SlidesEngine",
    "SlidesError",
    "Strategy",
    "safe_batch_text_replace",
]
