"""The comment table: every remark on an edition, the answer to it, and the edition that carries it.

A remark is recorded once and its words never change. The answer is proposed, then confirmed; what
was answered before is kept. Equal remarks are merged into the earliest: it holds the one answer for
all, and each stays visible. Who may not see the table sees their own remarks and those of their own
body.
"""

from __future__ import annotations
