"""Reads the files of an assembly, and says of every fault where it is and how to mend it.

A folder holds `assembly.yaml` and one file a procedure. A procedure may be `like` another of the
same folder: it takes that file's table and states its own name, version and titles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from workflows.machine import Compiled
from workflows.schema import Assembly, Procedure

SHIPPED = Path(__file__).parent / "assemblies"
_OWN_OF_LIKE = {"like", "procedure", "version", "titles"}


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
    """A YAML file as read, which can tell the line of a place in it."""

    name: str
    data: Any

    def line(self, *path: object) -> int:
        """The line, counted from 1, of the deepest part of `path` that the file has."""
        node, line = self.data, 1
        for part in path:
            try:
                if isinstance(node, Mapping):
                    line = node.lc.key(part)[0] + 1  # type: ignore[attr-defined]
                else:
                    line = node.lc.item(part)[0] + 1
                node = node[part]
            except (KeyError, IndexError, TypeError, AttributeError):
                break
        return line

    def problem(self, path: Sequence[object], rule: str, message: str, remedy: str) -> Problem:
        return Problem(self.name, self.line(*path), rule, message, remedy)


def read(path: Path) -> Source:
    """Parse a YAML 1.2 file; raises `BadFile` when it is missing, not UTF-8 or not YAML."""
    try:
        data = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadFile(
            [Problem(path.name, 1, "file", f"{path} does not exist", "Check the name.")]
        ) from None
    except UnicodeDecodeError as error:
        raise BadFile(
            [Problem(path.name, 1, "file", f"not UTF-8 at byte {error.start}", "Save as UTF-8.")]
        ) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise BadFile(
            [Problem(path.name, line, "yaml", str(error.problem), "Correct the YAML here.")]
        ) from None
    if not isinstance(data, Mapping):
        raise BadFile(
            [Problem(path.name, 1, "yaml", "not a mapping", "Begin with `procedure: …`.")]
        )
    return Source(path.name, data)


def _plain(node: Any) -> Any:
    """The same data without the reader's own types."""
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return node


Model = TypeVar("Model", bound=BaseModel)

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
        seen: dict[tuple[int, str], Problem] = {}
        for fault in error.errors():
            path = [part for part in fault["loc"] if part != "[key]"]
            name = ".".join(str(part) for part in path) or "the file"
            line = source.line(*path)
            message = fault["msg"].removeprefix("Value error, ")
            if fault["type"] == "string_pattern_mismatch":
                message = f"{fault['input']!r} is not a well-formed name"
            seen.setdefault(
                (line, name),
                Problem(
                    source.name,
                    line,
                    "schema",
                    f"{name}: {message}",
                    _REMEDIES.get(fault["type"], "Correct the value."),
                ),
            )
        raise BadFile(list(seen.values())) from None


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
    """One procedure file; raises `BadFile` with every fault the schema finds."""
    own = read(path)
    if "like" not in own.data:
        return Loaded(_validated(Procedure, own, _plain(own.data)), own)
    for key in own.data:
        if key not in _OWN_OF_LIKE:
            raise BadFile(
                [
                    own.problem(
                        [key],
                        "schema",
                        f"{key}: a procedure that is like another states only its name, "
                        "version and titles",
                        "Remove it, or write the table out without `like`.",
                    )
                ]
            )
    base = read(path.with_name(f"{own.data['like']}.yaml"))
    data = {**_plain(base.data), **_plain(own.data)}
    del data["like"]
    return Loaded(_validated(Procedure, base, data), base)


def compile_text(text: str) -> Compiled:
    """A stored procedure, ready for use."""
    return Compiled(Procedure.model_validate_json(text), hashlib.sha256(text.encode()).hexdigest())


@dataclass(frozen=True)
class AssemblyFiles:
    assembly: Assembly
    source: Source
    procedures: tuple[Loaded, ...]


def assembly_folder(name: str) -> Path:
    """The folder meant by a shipped name or a path; raises `BadFile` when there is none."""
    for folder in (SHIPPED / name, Path(name)):
        if (folder / "assembly.yaml").is_file():
            return folder
    shipped = ", ".join(sorted(path.name for path in SHIPPED.iterdir() if path.is_dir()))
    raise BadFile(
        [
            Problem(
                "assembly.yaml",
                1,
                "file",
                f"no assembly {name!r}",
                f"Name a folder that holds assembly.yaml, or one of: {shipped}.",
            )
        ]
    )


def load_assembly(name: str) -> AssemblyFiles:
    """An assembly and all its procedures; raises `BadFile` naming every fault of every file."""
    folder = assembly_folder(name)
    source = read(folder / "assembly.yaml")
    assembly = _validated(Assembly, source, _plain(source.data))
    procedures: list[Loaded] = []
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name == "assembly.yaml":
            continue
        try:
            procedures.append(load_procedure(path))
        except BadFile as error:
            problems.extend(error.problems)
    if problems:
        raise BadFile(problems)
    return AssemblyFiles(assembly, source, tuple(procedures))
