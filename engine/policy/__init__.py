"""Whether and when to send.  A thinking room: each decision takes `now` and waits for nothing."""
