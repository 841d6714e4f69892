"""Acts from the command line: what pages and the API show and do, by the same operations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from tracker import clock
from tracker.acts.dossier import ActFilter, Dossier, act_list, dossier
from tracker.acts.menus import CORRECT
from tracker.acts.operations import advance as take_step
from tracker.acts.previews import Preview, foresee, told_by
from tracker.acts.summaries import Event, Summary
from tracker.admission.operations import Proposal, admit_act, past_from
from tracker.api.act_shapes import act_json, entry_json, preview_json, summary_json
from tracker.api.shapes import page_json
from tracker.commands.context import application, as_json, say_json, somebody
from tracker.corrections.operations import correct
from tracker.db import db
from tracker.i18n import title
from tracker.paging import MOST_PER_PAGE, Paging
from tracker.refusals import words
from tracker.timeline.history import Happening, history
from workflows import fields
from workflows.facts import Actor

_as = click.option("--as", "who", metavar="EMAIL", required=True, help="In whose name.")
_seen_by = click.option(
    "--as", "who", metavar="EMAIL", help="As whom; without it, what the public sees."
)

_ADMIT = """Admit an act under way from a JSON file.

\b
{"kind", "titles": {"ru", "en"}, "initiator", "lead_body"?, "drafting_body"?, "decided_on"?,
 "basis"?, "state", "number"?,
 "history": [{"action"?, "state"?, "decided_on"?, "basis"?, "reason"?}, ...]}

A step of the history names its action, or only the state it led to. Nothing is sent.
"""


@click.group()
def act() -> None:
    """List, show, advance and admit acts."""


@act.command("list")
@_seen_by
@click.option("--state")
@click.option("--stage")
@click.option("--kind")
@click.option("--holder", metavar="BODY")
@click.option("--lead-body", metavar="BODY")
@click.option("--q", metavar="WORDS", help="Words of the title, or of the reference.")
@click.option("--overdue/--not-overdue", default=None)
@click.option(
    "--sort", default="reference", show_default=True, help="`-` before it turns it round."
)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@as_json
def list_(who: str | None, sort: str, page: int, as_json: bool, **filters: Any) -> None:
    """List acts, 500 to a page."""
    with application():
        now = clock.now()
        asked = Paging(page, MOST_PER_PAGE)
        found = act_list(db.session(), somebody(who), ActFilter(**filters), asked, sort, now=now)
        if as_json:
            say_json(page_json(found, summary_json))
            return
        for item in found.items:
            click.echo(f"{item.reference}  {item.state:<12} {title(item.titles)}")
        click.echo(f"{found.total} in all.")


@act.command()
@click.argument("reference")
@_seen_by
@as_json
def show(reference: str, who: str | None, as_json: bool) -> None:
    """Show one act: where it stands, what is owed, what can be done, what happened."""
    with application():
        now, actor = clock.now(), somebody(who)
        found = dossier(db.session(), reference, actor, now)
        happened = _happened(found, actor)
        if as_json:
            say_json({**act_json(found), "timeline": [entry_json(each) for each in happened]})
            return
        for line in (*_head(found.act), *_owed(found), *_steps(found), *map(_entry, happened)):
            click.echo(line)


def _happened(found: Dossier, actor: Actor) -> Sequence[Happening]:
    """All entries for whoever sees the act from inside."""
    return history(db.session(), found.act.facts, actor, texts=True) if found.act.inside else ()


def _head(found: Summary) -> list[str]:
    lines = [
        f"{found.reference}  {found.kind}  version {found.version}  {found.visibility}",
        *found.titles.values(),
        f"{found.state_title} ({found.state}) since {found.since}",
    ]
    if found.holder is not None:
        lines.append(f"with: {found.holder.title}")
    if found.last_event is not None:
        lines.append(f"last: {_event(found.last_event)}")
    if found.number is not None:
        lines.append(f"number: {found.number}")
    return lines


def _event(event: Event) -> str:
    decided = f", {event.decided}" if event.decided else ""
    return f"{event.title}{decided}" + (" (no source)" if event.basis == "assumed" else "")


def _owed(found: Dossier) -> list[str]:
    return [
        f"owed: {duty.title} - {duty.holder}, {duty.due_on or duty.why_no_date}"
        + (" (late)" if duty.overdue else "")
        for duty in found.duties
    ]


def _steps(found: Dossier) -> list[str]:
    lines = []
    for action in found.actions:
        if action.allowed:
            asked = [field.name for field in action.fields if field.required]
            lines.append(f"can: {action.name}" + (f" ({', '.join(asked)})" if asked else ""))
        elif action.here and not action.forbidden:
            reasons = " ".join(words(refusal) for refusal in action.refusals)
            lines.append(f"not yet: {action.name} - {reasons}")
    return lines


def _entry(each: Happening) -> str:
    if not each.readable:
        return f"{each.n:>4}  {each.recorded_at:%Y-%m-%d}  (not yours to read)"
    decided = str(each.decided) if each.decided else ""
    name = f" - {title(each.actor.names)}" if each.actor else ""
    return f"{each.n:>4}  {each.recorded_at:%Y-%m-%d}  {decided:<10}  {each.title}{name}"


@act.command()
@click.argument("reference")
@click.argument("action")
@_as
@click.option("--version", type=int, help="The version that was looked at; refused when it moved.")
@click.option("--decided-on", metavar="D", help="2022-12-05, 2022-12, 2022 or unknown.")
@click.option("--field", "given", metavar="K=V", multiple=True, help="titles.en=…, addressees=a,b.")
@click.option("--preview", is_flag=True, help="Say what would happen, and change nothing.")
@as_json
def advance(
    reference: str,
    action: str,
    who: str,
    version: int | None,
    decided_on: str | None,
    given: Sequence[str],
    preview: bool,
    as_json: bool,
) -> None:
    """Take a step on an act, `correct` among them.

    What a step asks for is given as `--field reason=…`; `tracker act show REF --as EMAIL` names it.
    """
    data = fields_from(given) | ({"decided_on": decided_on} if decided_on else {})
    with application():
        now, actor = clock.now(), somebody(who)
        if preview:
            foreseen = foresee(
                db.session(), reference, action, actor=actor, now=now, version=version, data=data
            )
            say_json(preview_json(foreseen)) if as_json else _say_preview(foreseen)
            return
        told = None
        if action == CORRECT:
            reason = data.get("reason")
            correct(reference, actor=actor, now=now, reason=reason, version=version)
        else:
            outcome = take_step(reference, action, actor=actor, now=now, version=version, data=data)
            told = told_by(outcome)
        after = dossier(db.session(), reference, actor, now)
        if as_json:
            say_json(act_json(after, told))
            return
        for line in _head(after.act):
            click.echo(line)
        for each in told or ():
            click.echo(f"told: {each.person.email}")


def _say_preview(found: Preview) -> None:
    click.echo(f"would be asked for: {found.action}" if found.request else f"to: {found.state}")
    if found.number is not None:
        click.echo(f"number: {found.number}")
    for duty in found.duties:
        click.echo(f"owed: {duty.title} - {duty.holder}, {duty.due_on or duty.why_no_date}")
    for told in found.told:
        reasons = ", ".join(reason.message for reason in told.reasons)
        click.echo(f"told: {told.person.email} - {reasons}")
    for warning in found.warnings:
        click.echo(f"note: {words(warning)}")


def fields_from(given: Sequence[str]) -> dict[str, Any]:
    """`K=V` pairs as the data of a step: `titles.en=…` makes a map, `a,b` a list where one is
    asked. Raises BadParameter.
    """
    data: dict[str, Any] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        name, _, part = key.partition(".")
        if not equals or not name:
            raise click.BadParameter(f"{pair!r} is not K=V", param_hint="--field")
        if part:
            held = data.setdefault(name, {})
            if not isinstance(held, dict):
                raise click.BadParameter(f"{name} is given twice", param_hint="--field")
            held[part] = value
        elif name in data:
            raise click.BadParameter(f"{name} is given twice", param_hint="--field")
        else:
            many = fields.FIELDS.get(name, ("",))[0] == "choices"
            data[name] = [item for item in value.split(",") if item] if many else value
    return data


@act.command(help=_ADMIT)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_as
@as_json
def admit(file: Path, who: str, as_json: bool) -> None:
    said = _read(file)
    with application():
        now, actor = clock.now(), somebody(who)
        reference = _admit(said, actor)
        if as_json:
            say_json(act_json(dossier(db.session(), reference, actor, now)))
        else:
            click.echo(reference)


def _read(file: Path) -> Mapping[str, Any]:
    try:
        said = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.ClickException(f"{file} cannot be read as JSON: {error}") from None
    history_ = said.get("history", []) if isinstance(said, dict) else None
    if not isinstance(history_, list) or not all(isinstance(item, dict) for item in history_):
        raise click.ClickException(f"{file} is not an object with a list of steps as `history`")
    known = {*Proposal.__slots__, "state", "number", "history"} - {"continues"}
    if unknown := sorted(said.keys() - known):
        raise click.ClickException(f"{file} has unknown fields: {', '.join(unknown)}")
    return dict(said)


def _admit(said: Mapping[str, Any], actor: Actor) -> str:
    proposal = {name: said.get(name) for name in Proposal.__slots__}
    return admit_act(
        Proposal(**proposal),
        said.get("state"),
        [past_from(step) for step in said.get("history", [])],
        number=said.get("number"),
        actor=actor,
        now=clock.now(),
    )
