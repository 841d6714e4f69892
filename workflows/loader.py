"""Reads the files of an assembly, and says of every fault where it is and how to mend it.

A folder holds `assembly.yaml` and one file a procedure. A procedure may be `like` another of the
same folder: it takes that file's table and states its own name, version and titles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from workflows.assembly_schema import Assembly
from workflows.machine import Compiled
from workflows.schema import Procedure

SHIPPED = Path(__file__).parent / "assemblies"
_OWN_OF_LIKE = ("like", "procedure", "version", "titles")


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a file: where, which rule it breaks, and what to do about it."""

    file: str
    line: int
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: [{self.rule}] {self.message}. {self.remedy}"


class BadFile(Exception):
    """A file of an assembly that cannot be used; `problems` names every fault found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


@dataclass(frozen=True)
class Source:
    """A YAML file as read, which can tell the line of a place in it.

    What a file takes from the one it is `like` has its place in that `base`.
    """

    name: str
    data: Any
    base: Source | None = None

    def find(self, path: Sequence[object]) -> tuple[int, int]:
        """Give the line, from 1, of the deepest part of `path` in the file, and its depth."""
        node, line = self.data, 1
        for depth, part in enumerate(path):
            try:
                places = node.lc
                place = places.key(part) if isinstance(node, Mapping) else places.item(part)
                node = node[part]
            except (KeyError, IndexError, TypeError, AttributeError):
                return line, depth
            line = place[0] + 1
        return line, len(path)

    def line(self, *path: object) -> int:
        return self.find(path)[0]

    def home(self, path: Sequence[object]) -> Source:
        """Tell which file holds `path`: this one or its base."""
        return self.base if self.base and path and path[0] not in self.data else self

    def problem(self, path: Sequence[object], rule: str, message: str, remedy: str) -> Problem:
        home = self.home(path)
        return Problem(home.name, home.line(*path), rule, message, remedy)


def _bad(path: Path, line: int, rule: str, message: str, remedy: str) -> BadFile:
    return BadFile([Problem(path.name, line, rule, message, remedy)])


def read(path: Path) -> Source:
    """Parse a YAML 1.2 file; raises `BadFile` when it is missing, not UTF-8 or not YAML."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise _bad(path, 1, "file", f"{path}: {error.strerror}", "Check the name.") from None
    except UnicodeDecodeError as error:
        fault = f"not UTF-8 at byte {error.start}"
        raise _bad(path, 1, "file", fault, "Save as UTF-8.") from None
    try:
        data = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        if isinstance(error, DuplicateKeyError):
            raise _bad(path, line, "unique", str(error.problem), "Rename or remove one.") from None
        raise _bad(path, line, "yaml", str(error.problem), "Correct the YAML here.") from None
    except (YAMLError, ValueError) as error:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        fault = str(getattr(error, "reason", error))
        raise _bad(path, line, "yaml", fault, "Correct the YAML.") from None
    if not isinstance(data, Mapping):
        remedy = "Begin with `assembly: …` or `procedure: …`."
        raise _bad(path, 1, "yaml", "not a table", remedy)
    return Source(path.name, data)


def _plain(node: Any) -> Any:
    """Strip the data of the reader's own types."""
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return node


Model = TypeVar("Model", bound=BaseModel)

_SAYINGS = {
    "tuple_type": "must be a list",
    "dict_type": "must be a table of names and values",
    "model_type": "must be a table of names and values",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "string_pattern_mismatch": "is not a well-formed name",
    "string_too_short": "must not be empty",
}
_REMEDIES = {
    "missing": "Add it.",
    "extra_forbidden": "Remove it or correct its name.",
    "string_pattern_mismatch": "Use small Latin letters, digits and underscores.",
    "literal_error": "Use one of the values named.",
}


def _validated(model: type[Model], source: Source, data: Any) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    # While the parties are wrong, every step that names them would be called wrong too.
    faults = [fault for fault in faults if fault["loc"][:1] == ("parties",)] or faults
    raise BadFile(list(_problems(source, faults))) from None


def _problems(source: Source, faults: Sequence[ErrorDetails]) -> Iterator[Problem]:
    """Say each fault once; what a value of several forms misses is one fault."""
    found: dict[str, tuple[list[int | str], str, list[str]]] = {}
    for fault in faults:
        path = [part for part in fault["loc"] if part != "[key]"]
        depth = source.home(path).find(path)[1] + (fault["type"] == "missing")
        name = ".".join(map(str, path[:depth])) or "the file"
        message = _SAYINGS.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
        remedy = _REMEDIES.get(fault["type"], "Correct the value.")
        found.setdefault(name, (path, remedy, []))[2].append(message)
    for name, (path, remedy, messages) in found.items():
        yield source.problem(path, "schema", f"{name}: {'; or: '.join(messages)}", remedy)


@dataclass(frozen=True)
class Loaded:
    """A procedure with the file it came from."""

    procedure: Procedure
    source: Source

    @property
    def text(self) -> str:
        """The procedure whole, in one canonical form: what is stored and hashed."""
        return self.procedure.model_dump_json(by_alias=True, exclude_defaults=True)

    @property
    def hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def load_procedure(path: Path) -> Loaded:
    """Load one procedure file; raises `BadFile` with every fault the schema finds."""
    own = read(path)
    if "like" not in own.data:
        return Loaded(_validated(Procedure, own, _plain(own.data)), own)
    base = _base(own, path)
    found = [
        own.problem(
            [key],
            "schema",
            f"{key}: a procedure that is like another has only {', '.join(_OWN_OF_LIKE)}",
            "Remove it, or write the table out without `like`.",
        )
        for key in own.data
        if key not in _OWN_OF_LIKE
    ]
    found += [
        own.problem([], "schema", f"{key}: a procedure states its own", "Add it.")
        for key in _OWN_OF_LIKE
        if key not in own.data
    ]
    if found:
        raise BadFile(found)
    data = {**_plain(base.data), **_plain(own.data)}
    del data["like"]
    source = Source(own.name, own.data, base)
    return Loaded(_validated(Procedure, source, data), source)


def _base(own: Source, path: Path) -> Source:
    """Read the file that `own` is like."""
    name = f"{own.data['like']}.yaml"
    other = path.with_name(name) if Path(name).name == name else path
    if other == path or not other.is_file():
        raise BadFile(
            [own.problem(["like"], "like", f"no file {name} beside it", "Name another procedure.")]
        )
    base = read(other)
    if "like" in base.data:
        raise BadFile(
            [
                own.problem(
                    ["like"], "like", f"{name} is itself like another", "Name the one it is like."
                )
            ]
        )
    return base


def compile_text(text: str) -> Compiled:
    """Compile a stored procedure; raises pydantic's ValidationError where it is none."""
    return Compiled(Procedure.model_validate_json(text), hashlib.sha256(text.encode()).hexdigest())


@dataclass(frozen=True)
class AssemblyFiles:
    assembly: Assembly
    source: Source
    procedures: tuple[Loaded, ...]


def assembly_folder(name: str) -> Path:
    """Find the folder meant by a shipped name or a path; raises `BadFile` when there is none."""
    for folder in (SHIPPED / name, Path(name)):
        if (folder / "assembly.yaml").is_file():
            return folder
    shipped = ", ".join(sorted(path.name for path in SHIPPED.iterdir() if path.is_dir()))
    remedy = f"Name a folder that holds assembly.yaml, or one of: {shipped}."
    raise BadFile([Problem("assembly.yaml", 1, "file", f"no assembly {name!r}", remedy)])


def load_assembly(name: str) -> AssemblyFiles:
    """Load an assembly and its procedures; raises `BadFile` naming every fault of every file."""
    folder = assembly_folder(name)
    source = read(folder / "assembly.yaml")
    procedures: list[Loaded] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            if path.name == "assembly.yaml":
                assembly = _validated(Assembly, source, _plain(source.data))
            else:
                procedures.append(load_procedure(path))
        except BadFile as error:
            problems.extend(error.problems)
    if problems:
        raise BadFile(problems)
    return AssemblyFiles(assembly, source, tuple(procedures))
