"""One file per request kind, named as Google names it."""
