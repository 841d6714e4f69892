"""The command line, a module a subject; `tracker.cli` imports the one that is asked for."""
