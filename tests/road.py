"""The usual road of a model law, walked by operations, for tests that begin in the middle."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tracker.acts.operations import advance
from tracker.admission.operations import Proposal, propose_act
from tracker.reviews.operations import assign_review, file_opinion
from tracker.sittings.operations import give_position
from tracker.texts.files import keep
from tracker.texts.operations import add_file
from workflows.facts import Actor

TITLES = {"ru": "О пробном деле", "en": "On a Trial Matter"}
ROAD = (
    "proposed",
    "drafting",
    "eab_review",
    "commission",
    "council",
    "plenary",
    "adopted",
    "dispatched",
)


def propose(as_: Callable[[str], Actor], now: datetime, **given: object) -> str:
    values = {"kind": "model_law", "titles": TITLES, "initiator": "parliament_kz", **given}
    return propose_act(Proposal(**values), actor=as_("secretariat"), now=now)


def deliver(reference: str, as_: Callable[[str], Actor], now: datetime, folder: Path) -> int:
    upload = keep(folder, "draft.txt", io.BytesIO("Статья 1. Проба".encode()))
    return add_file(reference, upload, language="ru", actor=as_("drafter"), now=now)


def opinion(reference: str, as_: Callable[[str], Actor], now: datetime) -> int:
    review = assign_review(
        reference, "eab.expert1@demo.example.org", actor=as_("eab.secretary"), now=now
    )
    file_opinion(review, "approve", "Замечаний нет.", actor=as_("eab.expert1"), now=now)
    return review


def bring_to(
    state: str,
    as_: Callable[[str], Actor],
    now: datetime,
    folder: Path,
    serial: str = "3.5",
    **given: object,
) -> str:
    """A new model law that stands in `state`; its lead commission is `defence`."""
    reference = propose(as_, now, **given)
    step = lambda name, who, **data: advance(  # noqa: E731
        reference, name, actor=as_(who), now=now, data=data
    )
    for at in ROAD[1 : ROAD.index(state) + 1]:
        if at == "drafting":
            step("start_drafting", "secretariat", reason="Концепция не нужна")
        elif at == "eab_review":
            deliver(reference, as_, now, folder)
            step("submit_to_eab", "secretariat")
        elif at == "commission":
            opinion(reference, as_, now)
            step("refer_to_commission", "eab.secretary", lead_body="defence")
        elif at == "council":
            step("approve_in_commission", "defence.secretary")
        elif at == "plenary":
            give_position(reference, "yes", actor=as_("council.kz"), now=now)
            step("include_in_agenda", "secretariat", session=18)
        elif at == "adopted":
            step("adopt", "secretariat", session=18, serial=serial)
        elif at == "dispatched":
            step("dispatch", "secretariat")
    return reference
