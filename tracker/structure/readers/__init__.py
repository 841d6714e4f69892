"""Readers: from the bytes of a file to lines, or to provisions where the format has them."""
