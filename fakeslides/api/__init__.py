"""The doorstep: tokens, routes, quotas and the envelopes of answers."""
