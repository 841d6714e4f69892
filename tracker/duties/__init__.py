"""What is owed, by whom, until when.

A duty belongs to one visit of a state and is stored, never inferred. Whoever holds it is reminded
as the procedure's file says, each step once.
"""
