"""The production client: edits Google Slides presentations through `presentations.batchUpdate`."""
