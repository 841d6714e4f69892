"""How a rule says what is wrong: where in the file, which rule, what, and how to mend it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from workflows.assembly_schema import Assembly
from workflows.schema import ACT_BODIES, Party

Place = tuple[object, ...]


class Fault(NamedTuple):
    place: Place
    rule: str
    message: str
    remedy: str


def unknown(
    place: Place, rule: str, names: Iterable[str], known: Collection[str], says: str
) -> Iterator[Fault]:
    """Find the names of a list that nothing stands behind; `says` begins the sentence."""
    for number, name in enumerate(names):
        if name not in known:
            yield Fault(
                (*place, number),
                rule,
                f"{says} {name}, which does not exist",
                f"Use one of: {', '.join(known)}.",
            )


def check_party(assembly: Assembly, party: Party, place: Place) -> Iterator[Fault]:
    """Find a party that nobody can be."""
    if party.role not in assembly.roles:
        remedy = "Add it to the roles of assembly.yaml."
        yield Fault(place, "roles", f"{party}: {party.role} is no role", remedy)
    elif party.scope == "act":
        if party.body not in ACT_BODIES:
            message = f"{party}: an act has no body called {party.body}"
            yield Fault(place, "bodies", message, f"Use one of: {', '.join(ACT_BODIES)}.")
    else:
        keys = assembly.bodies_of(party.body) if party.scope == "kind" else (party.body,)
        bodies = [assembly.bodies[key] for key in keys if key in assembly.bodies]
        if not bodies:
            message = f"{party}: the assembly has no body {party.body}"
            remedy = "Add it to assembly.yaml or correct the name."
            yield Fault(place, "bodies", message, remedy)
        elif not any(party.role in body.roles for body in bodies):
            message = f"{party}: nobody can be {party.role} there"
            yield Fault(place, "roles", message, "Add the role to the body in assembly.yaml.")


def check_titles(
    assembly: Assembly, texts: Iterable[tuple[Place, Mapping[str, str]]]
) -> Iterator[Fault]:
    """Find texts without the authentic language, or in one the assembly does not use."""
    for place, titles in texts:
        name = ".".join(map(str, place))
        if assembly.authentic not in titles:
            message = f"{name} is missing in the authentic language {assembly.authentic}"
            yield Fault(place, "languages", message, "Write it in that language too.")
        for language in titles:
            if language not in assembly.languages:
                yield Fault(
                    (*place, language),
                    "languages",
                    f"{name} is given in {language}, which is no language of the assembly",
                    f"Use some of: {', '.join(assembly.languages)}.",
                )
