"""Whether and when to send.  A thinking room: every decision takes `now` as an argument and waits for nothing."""
