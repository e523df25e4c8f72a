"""Whether and when to send.  A thinking room: each decision takes `now` as an argument and waits for nothing."""
