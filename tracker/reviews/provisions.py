"""Which provisions a remark can be about, by the words that name them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from tracker import assembly, i18n
from tracker.texts.structures import provisions

MANY = 1500
"""So many provisions at most are offered one by one; of a longer text its articles are."""


def provision_names(session: Session, act_id: int, edition: int | None) -> Mapping[str, str]:
    """The provisions of an edition, name → id, in the authentic language and in reading order;
    empty where its structure is not known. One statement.
    """
    if edition is None:
        return {}
    language = assembly.assembly().authentic
    with i18n.speaking(language):
        found = provisions(session, act_id, edition, language)
    if len(found) > MANY:
        found = [line for line in found if line.kind in ("article", "annex")]
    names: dict[str, str] = {}
    for line in found:
        names.setdefault(line.label, line.eid)
    return names


def named(place: str, names: Mapping[str, str]) -> tuple[str, str]:
    """What somebody typed as a place: the provision's id where it is one of the names, and the
    place as it is written in the comment table.
    """
    wanted = " ".join(place.casefold().replace("ё", "е").split())
    for name, eid in names.items():
        if name.casefold().replace("ё", "е") == wanted:
            return eid, name
    return "", place
