"""Persons, the bodies they sit in, their absences, accounts and tokens.

Rights come from dated memberships and from assignments, never from a flag on an account.
"""
