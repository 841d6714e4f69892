"""How much is read: bounds that keep a reader under 500 MB whatever a file holds."""

MAX_TEXT_BYTES = 24 * 1024 * 1024
"""Of a text, Markdown, HTML or XML file."""
MAX_ARCHIVE_BYTES = 50 * 1024 * 1024
"""Of a DOCX as uploaded."""
MAX_PART_BYTES = 48 * 1024 * 1024
"""Of one part of a DOCX, unpacked."""
MAX_MEMBERS = 5000
MAX_RATIO = 400
"""Unpacked to packed, for a part larger than a megabyte; ordinary parts stay below 60."""
MAX_PARAGRAPH = 1_000_000
"""Characters; the longest real paragraph seen had 14,000."""
MAX_RUNS = 100_000
"""Changes of look within one paragraph."""
MAX_LINES = 250_000
MAX_TAGS = 800_000
"""Signs "<" in one part or file: each element costs some 250 bytes while it is read."""
MAX_NESTING = 120
"""Of elements of HTML or Akoma Ntoso within one another."""
MAX_DEPTH = 40
"""Of nested tables and lists."""
