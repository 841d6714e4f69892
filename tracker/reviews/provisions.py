"""The seam to the text: which provisions a remark can be about."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session


def provision_names(session: Session, act_id: int, edition: int | None) -> Mapping[str, str]:
    """The provisions of an edition by their ids; empty where its structure is not known."""
    del session, act_id, edition
    return {}
