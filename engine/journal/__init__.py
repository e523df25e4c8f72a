"""What outlives the process: each write's intent, on disk before it leaves, and what became of it."""
