"""The production client: edits Google Slides presentations through `presentations.batchUpdate`."""

from engine.client import SlidesEngine
from engine.errors import NotSent, OutcomeUnknown, Rejected, SlidesError
from engine.events import Event, Fate, Listener
from engine.journal.file import Journal
from engine.journal.records import JournalError
from engine.logs import EventLog
from engine.quota.file import QuotaFile
from engine.results import BatchReport, OperationResult, RequestsReport, SlideResult
from engine.safe_batch import safe_batch_text_replace
from engine.settings import EngineSettings, SettingsError, Strategy

__all__ = [
    "BatchReport",
    "EngineSettings",
    "Event",
    "EventLog",
    "Fate",
    "Journal",
    "JournalError",
    "Listener",
    "NotSent",
    "OperationResult",
    "OutcomeUnknown",
    "QuotaFile",
    "Rejected",
    "RequestsReport",
    "SettingsError",
    "SlideResult",
    "SlidesEngine",
    "SlidesError",
    "Strategy",
    "safe_batch_text_replace",
]
