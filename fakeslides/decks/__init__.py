"""Decks to edit: generated ones, and ones saved from the real API."""

from fakeslides.decks.deck import Deck
from fakeslides.decks.saved import DeckError, load_deck, load_decks
from fakeslides.decks.workload import Workload, workload_decks

__all__ = ["Deck", "DeckError", "Workload", "load_deck", "load_decks", "workload_decks"]
