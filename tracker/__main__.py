"""`python -m tracker` is the console script `tracker`."""

from tracker.cli import main

main()
