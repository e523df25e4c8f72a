"""Waiting for leave to send.  Does what `engine.policy` decides; asyncio, and no sockets."""
