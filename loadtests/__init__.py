"""Worlds of one server and one client, and what is measured, judged and reported of them.

commands      what a person types
sweep > run > world       every setting, one setting, its processes (fake and client)
client        the process that runs the engine, and tells every fact as a line
measurements > metrics > gates > outcomes       from rows to numbers to verdicts
audit, expectation        the server's ledger and the decks against what was reported
capacity      how far concurrency can be raised
report        files, tables, progress
locustfiles   the only files that know Locust
"""
