"""What happened to an act: append-only, typed, hash-chained.

An entry is written in the transaction of what it records, and the database refuses to change it.
"""
