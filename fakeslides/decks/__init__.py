"""Starting decks: generated ones, and those saved from the real API.  A thinking room."""
