"""What the words of a notice may say, found in the words that are shipped with it.

Some placeholders are there for every notice; the others are those that its own templates say. What
they say in every case, beside what stands around them, has to be said by other words too.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import current_app
from jinja2 import nodes

from tracker import i18n
from tracker.i18n import lazy_gettext as _

MEANINGS: Mapping[str, object] = {
    "reference": _("the number of the act"),
    "title": _("its title"),
    "kind": _("the kind of document"),
    "day": _("the day on which it happened"),
    "done": _("what was done, in the words of the procedure"),
    "event": _("what was done, and on which day, as a sentence"),
    "state": _("where the act stands"),
    "holder": _("who has it now"),
    "who": _("who did it"),
    "reason": _("the reason that was given"),
    "duty": _("what is owed"),
    "due": _("until when, with the day of the week"),
    "due_day": _("until when"),
    "owed_by": _("who owes it"),
    "edition": _("the number of the edition"),
    "session": _("the number of the session"),
    "number": _("the number of the adopted act"),
    "until_day": _("until when it is put off or goes on"),
    "lead": _("the lead commission"),
    "former_lead": _("the commission that led before"),
    "former_title": _("the title before"),
    "former_kind": _("the kind of document before"),
    "recommendation": _("what the expert or the Board recommends"),
    "numbers": _("the numbers of the remarks"),
    "action": _("the step that is asked for or undone"),
    "objections": _("the objections, with who made them"),
    "not_binding": _("that model acts bind nobody, in the assembly's words"),
}
ALWAYS = ("reference", "title", "kind", "day", "event", "state", "holder", "who", "reason")
"""Placeholders of every notice. One that has nothing to say in a case is left out with its line."""
_AROUND = frozenset({"title", "kind", "state", "holder", "reason", "event", "day"})
"""Said around the words, or not worth insisting on."""
IN_SUBJECT = frozenset({"reference"})


def known(name: str) -> tuple[str, ...]:
    """The placeholders of a notice."""
    own = {found for part in ("subject.txt", "body.txt") for found in _said(name, part)[0]}
    return tuple(each for each in MEANINGS if each in ALWAYS or each in own)


def required(name: str) -> frozenset[str]:
    """Those without which the words of a notice are not whole."""
    return (_said(name, "body.txt")[1] & frozenset(MEANINGS)) - _AROUND


def shipped(name: str, language: str) -> tuple[str, str]:
    """The words that come with the product as subject and text with placeholders."""
    environment = current_app.jinja_env
    said = _said(name, "subject.txt")[0] | _said(name, "body.txt")[0]
    names: dict[str, Any] = dict.fromkeys(said - environment.globals.keys(), "")
    names |= {each: f"{{{each}}}" for each in MEANINGS}
    names |= {"objections": [("{objections}", "")], "late": True, "asked": True}
    with i18n.speaking(language):
        subject = environment.get_template(f"notices/{name}/subject.txt").render(names)
        body = environment.get_template(f"notices/{name}/body.txt")
        happened = "".join(body.blocks["happened"](body.new_context(names)))
    text = happened.replace("{objections}:\n", "{objections}\n")
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return " ".join(subject.split()), "\n".join(lines)


@cache
def _said(name: str, part: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a template may say, and those that it says in every case."""
    environment = current_app.jinja_env
    path = f"notices/{name}/{part}"
    assert environment.loader is not None
    source, _path, _fresh = environment.loader.get_source(environment, path)
    tree = environment.parse(source)
    may = {node.name for node in tree.find_all(nodes.Name) if node.ctx == "load"}
    return frozenset(may), frozenset(_in_every_case(tree))


def _in_every_case(node: nodes.Node) -> set[str]:
    if isinstance(node, nodes.If):
        body = set[str]().union(*map(_in_every_case, node.body))
        return body & set[str]().union(*map(_in_every_case, node.else_))
    if isinstance(node, nodes.For):
        return _in_every_case(node.iter)
    if isinstance(node, nodes.Name):
        return {node.name}
    return set[str]().union(*map(_in_every_case, node.iter_child_nodes()))
