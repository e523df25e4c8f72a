"""The commands of `deckstorm` that belong to the load tests, one file each."""
