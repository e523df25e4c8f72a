"""Waiting for leave to send.  Enforces what `engine.policy` decides; asyncio, and nothing that touches a socket."""
