"""Undoing a wrong last step by a new entry. Nothing is deleted, a number stays used."""
