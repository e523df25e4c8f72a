"""Bytes.  The only room that knows aiohttp, TLS and google-auth."""
