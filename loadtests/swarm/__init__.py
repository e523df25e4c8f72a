"""Thousands of seeds in virtual time: what weather each brings, and what must stay true in all of them."""
