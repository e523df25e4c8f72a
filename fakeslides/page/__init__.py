"""The page for a person who watches: decks, requests with their verdicts, faults, and how to inject them."""
