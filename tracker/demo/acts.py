"""The sample acts of an assembly, brought to where they stand by the operations of the product.

Each step is taken at its own moment in the past by the person who would take it, so that
timelines, due dates and lateness are real. Nothing of that past is mailed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from sqlalchemy import select

from tracker import assembly
from tracker.acts.models import Act
from tracker.acts.operations import advance, set_visibility
from tracker.admission.operations import Proposal, admit_act, past_from, propose_act
from tracker.circulation.checks import Said
from tracker.circulation.models import Circulation
from tracker.circulation.operations import reply
from tracker.db import db
from tracker.demo.people import DOMAIN
from tracker.notices.operations import unmailed
from tracker.people.queries import actor_for, find_person
from tracker.remarks.answering import (
    Answer,
    Chosen,
    answer_remarks,
    carry_remarks,
    confirm_answers,
)
from tracker.remarks.models import Remark
from tracker.remarks.operations import GivenRemark, enter_remark
from tracker.reviews.consolidated import issue_board_opinion
from tracker.reviews.operations import accept_review, assign_review, decline_review, file_opinion
from tracker.sittings.operations import give_position, record_decision
from tracker.texts.files import keep
from tracker.texts.operations import add_file
from workflows.calendars import local_date
from workflows.facts import Actor

DATES = ("decided", "until", "due", "letter_on")
"""What a step gives in days from today."""


@dataclass
class Sample:
    """One act while it is brought along: its reference, and its reviews by expert."""

    said: Mapping[str, Any]
    reference: str = ""
    reviews: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Loading:
    """What the steps need beside themselves."""

    frame: Mapping[str, Any]
    texts: Mapping[str, Any]
    uploads: Path
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, login: str, at: datetime) -> Actor:
        if login not in self.actors:
            person = find_person(db.session(), email(login))
            assert person is not None, login
            day = local_date(at, assembly.zone())
            self.actors[login] = actor_for(db.session(), person.id, day)
        return self.actors[login]


def sample_acts(name: str) -> dict[str, Any]:
    """What the file of sample acts says; empty where there is none."""
    path = Path(__file__).with_name(f"{name}_acts.yaml")
    if not path.is_file():
        return {}
    loaded: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return loaded


def long_texts(name: str) -> dict[str, dict[str, str]]:
    """The texts that stand in files of their own, `NAME.LANGUAGE.md`, by name and language."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(Path(__file__).with_name(f"{name}_texts").glob("*.*.md")):
        text, language, _ending = path.name.split(".")
        found.setdefault(text, {})[language] = path.read_text(encoding="utf-8")
    return found


def load_acts(name: str, uploads: Path, now: datetime) -> int:
    """Take every step of every sample act in the order of time; returns how many acts there are."""
    said = sample_acts(name)
    if not said:
        return 0
    loading = Loading(said["frame"], said["texts"] | long_texts(name), uploads)
    samples = [Sample(item) for item in said["acts"]]
    with unmailed("demo"):
        for at, sample, step in _in_order(samples, now):
            _take(loading, sample, step, at, now)
    return len(samples)


def _in_order(samples: list[Sample], now: datetime) -> Iterator[tuple[datetime, Sample, list[Any]]]:
    """Every step with its moment. Those of one act and day follow each other by a few minutes."""
    found = []
    for number, sample in enumerate(samples):
        for place, step in enumerate(sample.said["steps"]):
            minutes = 5 * place - 600 + number
            found.append((now + timedelta(days=step[0], minutes=minutes), number, place))
    for at, number, place in sorted(found):
        yield at, samples[number], samples[number].said["steps"][place]


def _take(loading: Loading, sample: Sample, step: list[Any], at: datetime, now: datetime) -> None:
    _day, login, deed, *rest = step
    told = _dated(dict(rest[0]) if rest else {}, now)
    actor = loading.actor(login, at)
    if deed in DEEDS:
        DEEDS[deed](loading, sample, told, actor, at)
    else:
        advance(sample.reference, deed, actor=actor, now=at, data=told)


def _dated(told: dict[str, Any], now: datetime) -> dict[str, Any]:
    """Days from today as dates of the assembly; `decided` is what operations call `decided_on`."""
    today = local_date(now, assembly.zone())
    for name in DATES:
        if name in told:
            told[name] = today + timedelta(days=told[name])
    if "decided" in told:
        told["decided_on"] = told.pop("decided").isoformat()
    return told


def email(login: str) -> str:
    return f"{login}@{DOMAIN}"


def _proposal(sample: Sample, **more: Any) -> Proposal:
    said = sample.said
    return Proposal(
        said["kind"], said["titles"], said["initiator"], lead_body=said.get("lead_body"), **more
    )


def _propose(
    _loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    sample.reference = propose_act(_proposal(sample, **told), actor=actor, now=at)


def _admit(
    _loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    sample.reference = admit_act(
        _proposal(sample, decided_on=told["first"]),
        told["state"],
        [past_from(step) for step in told["history"]],
        number=told["number"],
        actor=actor,
        now=at,
    )


def _deliver(
    loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    """A new edition: the text in each language, and the memorandum where there is one."""
    number = None
    for language, frame in loading.frame.items():
        said = loading.texts[told["text"]][language]
        whole = isinstance(said, str)
        files = {"text": said if whole else _law(sample.said["titles"][language], frame, said)}
        if told.get("memorandum"):
            files["memorandum"] = frame["memorandum"]
        for part, text in files.items():
            name = f"{told['text']}-{part}.{language}.md"
            upload = keep(loading.uploads, name, io.BytesIO(text.encode()))
            number = add_file(
                sample.reference,
                upload,
                language=language,
                part=part,
                edition=number,
                actor=actor,
                now=at,
            )


def _law(title: str, frame: Mapping[str, str], articles: list[Any]) -> str:
    lines = [f"# {title}", f"*{frame['mark']}*"]
    for number, article in enumerate(_flat(articles), 1):
        heading, _, words = article.partition(". ")
        lines.append(f"## {frame['article']} {number}. {heading}\n\n{words or heading}")
    return "\n\n".join(lines) + "\n"


def _flat(articles: list[Any]) -> Iterator[str]:
    """A later edition names the articles of the one before as a list within its own."""
    for article in articles:
        if isinstance(article, list):
            yield from _flat(article)
        else:
            yield article


def _assign(
    _loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    expert, due_on = told.pop("expert"), told.pop("due", None)
    reserves = [email(login) for login in told.pop("reserves", ())]
    sample.reviews[expert] = assign_review(
        sample.reference, email(expert), due_on=due_on, reserves=reserves, **told, actor=actor,
        now=at,
    )  # fmt: skip


def _review(operation: Callable[..., None]) -> Callable[..., None]:
    """A deed of the expert, whose review is found by who they are."""

    def take(
        loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
    ) -> None:
        login = next(name for name, known in loading.actors.items() if known is actor)
        operation(sample.reviews[login], **told, actor=actor, now=at)

    return take


def _position(
    _loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    if "on_behalf_of" in told:
        told["on_behalf_of"] = email(told["on_behalf_of"])
    give_position(sample.reference, told.pop("vote"), **told, actor=actor, now=at)


def _sitting(
    _loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    present = [email(login) for login in told.pop("present")]
    record_decision(sample.reference, present=present, **told, actor=actor, now=at)


def _reply(
    _loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    """A reply to the newest round of the act: one's own, or a letter recorded for an addressee."""
    addressee = told.pop("addressee", None)
    newest = db.session.scalar(
        select(Circulation.id)
        .join(Act, Act.id == Circulation.act_id)
        .where(Act.reference == sample.reference)
        .order_by(Circulation.n.desc())
        .limit(1)
    )
    assert newest is not None, sample.reference
    reply(newest, Said(**told), addressee=addressee, actor=actor, now=at)


def _show(
    _loading: Loading, sample: Sample, _told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    set_visibility(sample.reference, "public", actor=actor, now=at)


def _remark(
    _loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    if "author_person" in told:
        told["author_person"] = email(told["author_person"])
    enter_remark(sample.reference, GivenRemark(**told), actor=actor, now=at)


def _answer(
    _loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    ids = _remarks(sample)
    given = [Answer(ids[number], *said) for number, *said in told["answers"]]
    answer_remarks(sample.reference, given, actor=actor, now=at)


def _confirm(
    _loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    ids = _remarks(sample)
    chosen = [Chosen(ids[number]) for number in told["remarks"]]
    confirm_answers(sample.reference, chosen, actor=actor, now=at)


def _carry(
    _loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    ids = _remarks(sample)
    chosen = [Chosen(ids[number]) for number in told["remarks"]]
    carry_remarks(sample.reference, told["edition"], chosen, actor=actor, now=at)


def _remarks(sample: Sample) -> dict[int, int]:
    """The remarks on the act by their numbers."""
    rows = db.session.execute(
        select(Remark.n, Remark.id)
        .join(Act, Act.id == Remark.act_id)
        .where(Act.reference == sample.reference)
    )
    return {row.n: row.id for row in rows}


def _issue(
    _loading: Loading, sample: Sample, told: dict[str, Any], actor: Actor, at: datetime
) -> None:
    """The Board's opinion, as it is compiled from the experts'."""
    issue_board_opinion(sample.reference, told["recommendation"], actor=actor, now=at)


DEEDS: Mapping[str, Callable[[Loading, Sample, dict[str, Any], Actor, datetime], None]] = {
    "propose": _propose,
    "admit": _admit,
    "deliver": _deliver,
    "assign": _assign,
    "accept": _review(accept_review),
    "decline": _review(decline_review),
    "opinion": _review(file_opinion),
    "remark": _remark,
    "answer": _answer,
    "confirm": _confirm,
    "carry": _carry,
    "issue": _issue,
    "position": _position,
    "reply": _reply,
    "sitting": _sitting,
    "show": _show,
}
"""What a step can be beside the actions of a procedure."""
