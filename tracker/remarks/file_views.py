"""The comment table as files: saved in four forms, brought in from a spreadsheet after a look."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker import assembly, clock
from tracker.config import current_settings
from tracker.db import db
from tracker.errors import Invalid, NotFound, Refused, Stale, invalid
from tracker.i18n import ngettext
from tracker.pages.words import say
from tracker.people.access import current_actor, members
from tracker.remarks.files import TableFile, table_file
from tracker.remarks.forms import TableForm, TakeForm, table_form
from tracker.remarks.operations import import_remarks
from tracker.remarks.provisions import ProvisionText, provisions_of, read_document, resolve
from tracker.remarks.reply_tables import Replier, repliers, take_reply
from tracker.remarks.sheet import (
    MAX_BYTES,
    MAX_ROWS,
    SheetRead,
    read_sheet,
)
from tracker.remarks.taking import Plan, Whose, plan_of
from tracker.remarks.views import TABLE, Room, asked_of, choices_of, filter_of, room_of
from tracker.remarks.words import KINDS, RESPONSES
from workflows.facts import Refusal

blueprint = Blueprint("remark_files", __name__)
SHOWN = 50
"""Rows of a table that are shown before it is taken in."""
_KEPT = re.compile(r"[0-9]+-[0-9a-f]{64}\.(xlsx|csv)")
_KEPT_SECONDS = 24 * 3600


@blueprint.get(f"{TABLE}.<any(xlsx, csv, docx, pdf):form>")
@members
def export(reference: str, form: str) -> Response:
    """The table as the address narrows it, as a file."""
    room = room_of(reference)
    asked = asked_of(choices_of(room))
    made = table_file(
        db.session(), room.sight, filter_of(asked), asked["sort"] or "", form, clock.now()
    )
    return sent(made)


def sent(made: TableFile) -> Response:
    """A file to be saved, kept by nobody on the way."""
    answer = Response(made.data, content_type=made.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.filename}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.route(f"{TABLE}/import", methods=["GET", "POST"])
@members
def bring_in(reference: str) -> ResponseReturnValue:
    """Choose a table, then look at what it would do."""
    room = room_of(reference)
    room.require("enter_remark")
    form = table_form(room.editions, _repliers(room))
    status = 200
    if form.sent:
        wanted = _wanted(room, form)
        try:
            if wanted.replier and not (wanted.letter_ref or "").strip():
                raise invalid("letter_ref", "required", name="letter_ref")
            read, kept = _read(form)
        except Invalid as error:
            form.take(error)
            status = error.status
        else:
            return _look(room, read, kept, wanted)
    page = render_template(
        "remarks/bring_in.html",
        act=room.act,
        room=room,
        form=form,
        most_bytes=MAX_BYTES // (1024 * 1024),
        most_rows=MAX_ROWS,
    )
    return page, status


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done with a table: whose it is, on which edition; as whose reply, if any."""

    edition: str | None
    author_body: str | None
    letter_ref: str | None
    letter_date: str | None
    replier: Replier | None

    @property
    def whose(self) -> Whose:
        if self.replier is not None:
            return Whose(self.replier.body, self.replier.name, all_rows=True)
        return Whose(self.author_body or None)


def _repliers(room: Room) -> Sequence[Replier]:
    return repliers(room.act, current_actor(), clock.now())


def _wanted(room: Room, form: TableForm | TakeForm) -> Wanted:
    chosen = form.author_body.data or ""
    replier = next((each for each in _repliers(room) if each.key == chosen), None)
    edition = str(replier.edition) if replier else form.edition.data
    letter = [form[name].data if name in form else None for name in ("letter_ref", "letter_date")]
    return Wanted(edition, chosen, letter[0], letter[1], replier)


def _read(form: TableForm) -> tuple[SheetRead, str]:
    """The table in the file, and the name under which the file waits to be taken in."""
    if not form.file.data:
        raise invalid("file", "no_file")
    name = str(form.file.data.filename or "")
    data = form.file.data.stream.read(MAX_BYTES + 1)
    read = read_sheet(data, name)
    kept = f"{current_actor().person}-{hashlib.sha256(data).hexdigest()}.{_ending(name)}"
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    _forget_old(folder)
    (folder / kept).write_bytes(data)
    return read, kept


def _ending(name: str) -> str:
    return name.lower().rpartition(".")[2]


def _folder() -> Path:
    return current_settings().data_dir / "tables"


def _forget_old(folder: Path) -> None:
    """Remove tables that nobody took in within a day."""
    before = time.time() - _KEPT_SECONDS
    for path in folder.iterdir():
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


@blueprint.post(f"{TABLE}/import/take")
@members
def take_in(reference: str) -> ResponseReturnValue:
    """Take in the table that was looked at: the same file, read again."""
    room = room_of(reference)
    room.require("enter_remark")
    form = TakeForm()
    path = _kept(form.kept.data or "")
    read = read_sheet(path.read_bytes(), path.name)
    wanted = _wanted(room, form)
    plan = plan_of(db.session(), room.act.id, read, wanted.whose)
    answered = _answered(plan, wanted)
    if plan.faults or not (plan.new or answered):
        return _look(room, read, path.name, wanted, status=422)
    try:
        count = _take(reference, plan, wanted)
    except (Invalid, Stale, Refused) as error:
        form.take(error)
        return _look(room, read, path.name, wanted, status=error.status, faulty=form)
    path.unlink(missing_ok=True)
    said = [ngettext("%(num)s remark was taken in.", "%(num)s remarks were taken in.", count)]
    if answered:
        said.append(
            ngettext("%(num)s answer was proposed.", "%(num)s answers were proposed.", answered)
        )
    say(*said)
    if wanted.replier is not None:
        page = url_for("circulation.circulation", circulation=wanted.replier.circulation)
        return redirect(page, 303)
    return redirect(url_for("remarks.table", reference=reference), 303)


def _take(reference: str, plan: Plan, wanted: Wanted) -> int:
    """Take a table in, or record it as a reply; returns how many remarks are new."""
    actor, now = current_actor(), clock.now()
    if wanted.replier is not None:
        return take_reply(
            wanted.replier, plan.new, letter_ref=wanted.letter_ref, letter_on=wanted.letter_date,
            actor=actor, now=now,
        )  # fmt: skip
    return import_remarks(
        reference, plan.new, plan.answers, edition=wanted.edition, actor=actor, now=now
    )


def _answered(plan: Plan, wanted: Wanted) -> int:
    """How many answers a table brings; a reply brings none."""
    if wanted.replier is not None:
        return 0
    return len(plan.answers) + sum(one.response is not None for one in plan.new)


def _kept(name: str) -> Path:
    """A table of one's own that waits to be taken in; raises NotFound."""
    own = f"{current_actor().person}-"
    if not _KEPT.fullmatch(name) or not name.startswith(own) or not (_folder() / name).is_file():
        raise NotFound(Refusal("no_such_file"))
    return _folder() / name


def _look(
    room: Room,
    read: SheetRead,
    kept: str,
    wanted: Wanted,
    status: int = 200,
    faulty: TakeForm | None = None,
) -> ResponseReturnValue:
    """What the table would do, with every fault by row and column. Nothing is written."""
    plan = plan_of(db.session(), room.act.id, read, wanted.whose)
    answered = _answered(plan, wanted)
    answers_without_right = answered > 0 and "propose_answer" not in room.deeds
    texts = _provisions(room, wanted)
    page = render_template(
        "remarks/look.html",
        act=room.act,
        room=room,
        read=read,
        plan=plan,
        answered=answered,
        answers_without_right=answers_without_right,
        shown=_shown(plan),
        kept=kept,
        wanted=wanted,
        left_out=wanted.replier is not None
        and bool(plan.answers or any(one.response for one in plan.new)),
        unplaced={one.place for one in plan.new if one.place and not resolve(one.place, texts)}
        if texts
        else set(),
        faults=faulty.faults if faulty else [],
        kinds=KINDS,
        responses=RESPONSES,
    )
    return page, status if not plan.faults else 422


def _provisions(room: Room, wanted: Wanted) -> Mapping[str, ProvisionText]:
    """The provisions of the edition that the table is on; none where it is not read."""
    number = wanted.edition or ""
    language = assembly.assembly().authentic
    if not number.isdecimal() or not 0 < int(number) <= room.editions:
        return {}
    return provisions_of(read_document(db.session(), room.act.id, int(number), language))


def _shown(plan: Plan) -> Sequence[object]:
    return plan.new[:SHOWN]
