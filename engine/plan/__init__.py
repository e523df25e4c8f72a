"""What to send.  A thinking room: operations in, batches of Google's requests out; no clock, no socket."""
