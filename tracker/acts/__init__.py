"""The act itself: its road from proposal to adoption.

Every change of state goes through `operations.advance_many`: one transaction in which the rows are
locked, the facts gathered, the step decided by `workflows.decide`, and all its effects written.
"""
