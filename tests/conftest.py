"""What holds for every test."""

from hypothesis import settings

# A busy machine is no reason to fail: laws are about results, not about how fast one example runs.
settings.register_profile("deckstorm", deadline=None)
settings.load_profile("deckstorm")
