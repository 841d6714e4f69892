"""The text room is pure: it knows no request, no database, no other room."""

from __future__ import annotations

import ast
from pathlib import Path

ROOM = Path(__file__).resolve().parents[2] / "tracker" / "structure"
ALLOWED = {"tracker.errors", "tracker.structure"}
FORBIDDEN = {"flask", "sqlalchemy", "celery", "urllib", "socket", "requests", "subprocess", "os"}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_the_room_imports_nothing_of_the_application() -> None:
    for path in ROOM.rglob("*.py"):
        for name in _imports(path):
            assert name.split(".")[0] not in FORBIDDEN, (path, name)
            if name.startswith("tracker"):
                assert any(name == one or name.startswith(f"{one}.") for one in ALLOWED), name


def test_files_are_short() -> None:
    for path in ROOM.rglob("*.py"):
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path
