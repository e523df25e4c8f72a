"""Decks to edit: generated ones, and ones saved from the real API."""

from fakeslides.decks.deck import Deck
from fakeslides.decks.saved import DeckError, load_decks
from fakeslides.decks.workload import workload_decks

__all__ = ["Deck", "DeckError", "load_decks", "workload_decks"]
