"""Worlds of one server and one client, and what is measured, judged and reported of them."""
