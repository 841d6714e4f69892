"""How an act comes in: proposed anew, or admitted under way with the history it had before."""
