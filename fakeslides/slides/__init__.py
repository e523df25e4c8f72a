"""The thing edited: presentations, their text, their revisions.  A thinking room."""
