"""One quota for several processes: a file that all of them lock."""
