"""One run as a story that a person can follow: put together, told in a terminal, shown on a page."""
