"""How positions, outcomes and results are said: from what is stored, never counted anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tracker.i18n import gettext, ngettext
from tracker.i18n import lazy_gettext as _

ANSWERS: Mapping[str, tuple[Any, str]] = {
    "yes": (_("approves"), "done"),
    "no": (_("objects"), "late"),
    "abstain": (_("abstains"), "waiting"),
    "recuse": (_("does not take part"), "stopped"),
}
"""What a member says, in the third person, and its tone."""
OWN_ANSWERS: Mapping[str, Any] = {
    "yes": _("You approve"),
    "no": _("You object"),
    "abstain": _("You abstain"),
    "recuse": _("You do not take part"),
}
BUTTONS: Mapping[str, Any] = {
    "yes": _("Approve"),
    "no": _("Object"),
    "recuse": _("Do not take part"),
    "abstain": _("Abstain"),
}
RECORDING: Mapping[str, Any] = {
    "yes": _("Record: I approve"),
    "no": _("Record: I object"),
    "recuse": _("Record: I do not take part"),
    "abstain": _("Record: I abstain"),
}
OUTCOMES: Mapping[str, Any] = {
    "yes": _("in favour"),
    "no": _("objected"),
    "abstained": _("abstained"),
    "present_not_voting": _("took part without objecting"),
    "absent": _("gave no position or were absent"),
    "recused": _("did not take part"),
}
"""The six outcomes; each entitled voter has exactly one."""
RULES: Mapping[str, Any] = {
    "consensus": _("Consensus: no objection among those taking part; silence blocks nothing."),
    "simple_majority_present": _("Simple majority of those taking part."),
    "two_thirds_present": _("Two thirds of those taking part."),
    "two_thirds_entitled": _("Two thirds of all who are entitled."),
    "unanimity": _("Unanimity of those taking part."),
    "majority_of_delegations": _("Majority of those taking part, and a least number in favour."),
    "silence": _("Silence: approved at the deadline unless somebody objects."),
}
_NUMBERS: Mapping[str, Any] = {
    "taking_part": _("taking part"),
    "yes": _("in favour"),
    "no": _("objections"),
    "deadline_passed": _("the deadline has passed"),
}


def quorum_words(arithmetic: Mapping[str, Any]) -> str:
    """The quorum as it was judged. One that is not set is not checked, and never called met."""
    quorum = arithmetic["quorum"]
    if quorum["status"] == "not_checked":
        return gettext("not checked: no quorum is set")
    said = {"needed": quorum["needed"], "present": arithmetic["taking_part"]}
    if quorum["status"] == "met":
        return gettext("met: %(present)s of at least %(needed)s", **said)
    return gettext("not met: %(present)s of at least %(needed)s", **said)


def checks_words(arithmetic: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Each comparison of a stored result as a line, and whether it holds."""
    for check in arithmetic["checks"]:
        if check["code"] == "quorum_not_met":
            continue
        number = str(_NUMBERS.get(check["number"], check["number"]))
        said = {"what": number, "value": check["value"], "threshold": check["threshold"]}
        if check["comparison"] == "<=":
            line = gettext("%(what)s: %(value)s, allowed: %(threshold)s", **said)
        else:
            line = gettext("%(what)s: %(value)s, needed: %(threshold)s", **said)
        if check["share"]:
            share = gettext("%(share)s of %(base)s", share=check["share"], base=check["base_value"])
            line = gettext("%(line)s (%(share)s)", line=line, share=share)
        yield line, check["holds"]


def result_words(result: Mapping[str, Any], *, open_: bool) -> str:
    """What a result says in one sentence; `open_`: positions can still change it."""
    if result["adopted"]:
        return gettext("Approved as the positions stand") if open_ else gettext("Approved")
    reasons = {reason["code"] for reason in result["reasons"]}
    if "nobody_took_part" in reasons:
        return gettext("No decision: nobody has taken part")
    if "objection" in reasons:
        return ngettext(
            "Not approved: %(num)s objection stands",
            "Not approved: %(num)s objections stand",
            result["counts"]["no"],
        )
    return gettext("Not approved")
