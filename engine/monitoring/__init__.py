"""The engine's events as metrics and traces, each with an extra; the engine itself needs neither."""
