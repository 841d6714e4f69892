"""The documentation; what can be printed from tables is (`make docs`)."""
