"""Tables that are none: frames and columns that only arrange the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tracker.structure.markers import heading_marker

_FEWEST_ARTICLES = 2


def is_layout(cells: Sequence[Iterable[str]]) -> bool:
    """Whether a table only arranges the page: it has one cell, or articles inside a cell. Takes
    the lines of each cell.
    """
    if len(cells) <= 1:
        return True
    return any(
        sum(
            marker.kind == "article"
            for text in cell
            if (marker := heading_marker(text)) is not None
        )
        >= _FEWEST_ARTICLES
        for cell in cells
    )
