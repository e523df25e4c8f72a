"""A world in virtual time: one process, one event loop whose clock jumps, a network made of memory.

Real are the engine, the fake, aiohttp on both sides, OpenSSL on both sides and google-auth.  Not real are the
kernel's sockets, threads, the clock and chance; whatever asks for those is answered by the world, or refused.
"""
