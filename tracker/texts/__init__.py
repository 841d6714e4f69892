"""Editions of a draft and their files in several languages. The bytes are kept as they came."""
