"""The rules of the house as tests: layers, file names, sizes, migrations."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "centerdesk"
FILES = sorted(p for p in SOURCE.rglob("*.py") if p.parent.name != "versions")
FIXED = {
    "feature",
    "models",
    "rules",
    "commands",
    "queries",
    "api",
    "indicators",
    "importing",
    "exporting",
    "demo",
}
SPLIT = ("rules_", "commands_", "queries_", "importing_", "demo_", "indicators_")


def test_import_contracts_hold() -> None:
    """Layers, order of features, Qt only in ui, ui never touches tables (import-linter)."""
    run = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-1000:]
    assert "kept" in run.stdout


def test_no_file_above_400_lines() -> None:
    assert not [said(path) for path in FILES if len(path.read_text("utf-8").splitlines()) > 400]


def test_every_module_starts_with_a_sentence_of_what_belongs_in_it() -> None:
    texts = {path: path.read_text("utf-8") for path in FILES}
    assert not [
        said(path) for path, text in texts.items() if text.strip() and not ast.get_docstring(ast.parse(text))
    ]


def said(path: Path) -> str:
    """A file as a failure names it."""
    return path.relative_to(SOURCE).as_posix()


def test_no_drawer_for_odds_and_ends() -> None:
    names = {p.stem for p in FILES} | {p.parent.name for p in FILES}
    assert not names & {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}


def features() -> list[Path]:
    return [p for p in sorted((SOURCE / "features").iterdir()) if p.is_dir() and p.name != "__pycache__"]


@pytest.mark.parametrize("folder", features(), ids=lambda p: p.name)
def test_the_same_file_names_in_every_feature(folder: Path) -> None:
    """Who knows one feature knows all; a file that grew too long is split under the same beginning."""
    for path in folder.glob("*.py"):
        name = path.stem
        known = name in FIXED | {"__init__", "passwords"} or name.startswith(SPLIT)
        assert known, f"{path.name} is not a file name of a feature"
    assert (folder / "feature.py").exists()
    assert (folder / "models.py").exists()


@pytest.mark.parametrize("folder", features(), ids=lambda p: p.name)
def test_rules_are_pure(folder: Path) -> None:
    """rules.py imports the standard library and kernel value types, nothing else."""
    for path in folder.glob("rules*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = (
                    [node.module or ""] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
                )
                for name in names:
                    top = name.split(".")[0]
                    assert (
                        top in sys.stdlib_module_names
                        or name.startswith("centerdesk.kernel.")
                        or re.match(r"centerdesk\.features\.\w+\.rules", name)
                    ), f"{path.name} imports {name}"


NAMED = re.compile(r"""dialect\.name|["'](?:sqlite|postgresql|postgres)\b|dialects\.(?:sqlite|postgresql)""")
MAY_NAME = {
    "kernel/dialect.py",
    "kernel/db.py",
    "kernel/server.py",
    "kernel/server_engine.py",
    "kernel/soundness.py",
}
"""What the two need differently; the file and its checks; the server."""


def test_only_one_place_tells_the_two_databases_apart() -> None:
    told_apart = {said(path) for path in FILES if NAMED.search(path.read_text("utf-8"))}
    assert told_apart == MAY_NAME


WITHOUT_TABLES = ("app", "kiosk", "qtkit")
MAY_IMPORT = {("sqlalchemy.orm", "Session"), ("sqlalchemy.exc", "DBAPIError")}
"""What may be handed on or caught where nothing is asked."""


def _tables_in(source: str) -> list[str]:
    """Imports of SQL or of a feature's tables, in functions and under TYPE_CHECKING too."""
    found: list[tuple[str, str]] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            found += [(node.module or "", alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            found += [(alias.name, "") for alias in node.names]
    tables = re.compile(r"sqlalchemy\b|centerdesk\.features\.\w+(\.models\b|\s+models$)")
    return [f"{m} {n}" for m, n in found if tables.match(f"{m} {n}") and (m, n) not in MAY_IMPORT]


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ("from sqlalchemy import select", True),
        ("import sqlalchemy as sa", True),
        ("def f():\n    from sqlalchemy import text", True),
        ("from sqlalchemy.orm import Session, aliased", True),
        ("from centerdesk.features.people.models import Resident", True),
        ("from centerdesk.features.people import models", True),
        ("import centerdesk.features.people.models", True),
        ("from sqlalchemy.orm import Session", False),
        ("from centerdesk.features.people import api", False),
    ],
)
def test_an_import_of_tables_is_seen(line: str, refused: bool) -> None:
    assert bool(_tables_in(line)) is refused


def test_what_lies_above_the_features_asks_no_table() -> None:
    """A question stands where its tables do: in the feature's queries and api, or in the kernel."""
    above = [path for path in FILES if said(path).split("/")[0] in WITHOUT_TABLES]
    assert len(above) > 100
    asked = {said(path): _tables_in(path.read_text("utf-8")) for path in above}
    assert not {name: found for name, found in asked.items() if found}
