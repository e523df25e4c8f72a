"""Worlds of one server and one client, and what is measured, judged and reported of them.

commands      what a person types
sweep > run > world       every setting, one setting, its processes (fake and client)
client        the process that runs the engine, and tells every fact as a line
measurements > metrics > gates > outcomes       from rows to numbers to verdicts
audit, expectation        the server's ledger and the decks against what was reported
forecast, dry_run, decidability       what a scenario will come to, before any run
capacity      how far concurrency can be raised
report        files, tables, progress
simulation    a world in memory whose clock jumps; virtual_run is run in it
swarm         other weather and other callers for each seed, and promises watched at every step
mutants       safeguards of the engine and the fake, each broken on purpose
timeline      a run as a story: text, and a page that works offline
benchmarks    figures of speed, of memory and of exactly-once, run by hand
locustfiles   the only files that know Locust
"""
