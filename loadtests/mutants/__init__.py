"""What if a safeguard were missing?  Engines and fakes broken on purpose, to see that the testbed notices.

A mutant is planted by patching, in the process that tries it and for as long as it does; nothing in the
engine or the fake knows of it.
"""
