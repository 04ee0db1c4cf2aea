"""Rules of the house that a linter cannot know, read from the syntax tree of every source file.

Each rule is tried on a sentence that breaks it and on one that keeps it, so that a rule that finds nothing is
known to be able to find something.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest

SRC = Path(__file__).parents[2] / "src" / "centerdesk"
FILES = sorted(p for p in SRC.rglob("*.py") if "migrations/versions" not in p.as_posix())
CJK = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b")

Found = Iterator[tuple[int, str]]
Rule = Callable[[ast.Module, str], Found]


@lru_cache(maxsize=2)
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Walked once for all rules; only the file in hand is kept."""
    return tuple(ast.walk(tree))


def called(node: ast.AST) -> str:
    """The last name of what a call calls, "" for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    match node.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
    return ""


def owner(call: ast.Call) -> str:
    """The name before the last dot of a call: `datetime` in `datetime.now()`."""
    match call.func:
        case ast.Attribute(value=ast.Attribute(attr=name) | ast.Name(id=name)):
            return name
    return ""


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def names_used(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in nodes(tree):
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.alias):
            yield getattr(node, "lineno", 0), node.name


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in nodes(tree) if isinstance(node, ast.Call))


def strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """String literals that are no docstrings."""
    documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    docs = {id(n.body[0].value) for n in nodes(tree) if isinstance(n, documented) and _has_docstring(n)}
    for node in nodes(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.lineno, node.value


def _has_docstring(node: ast.AST) -> bool:
    body = getattr(node, "body", [])
    return bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


# --- the rules ----------------------------------------------------------------------------------------------


def no_nested_event_loop(tree: ast.Module, where: str) -> Found:
    """No processEvents, no exec() of a dialog, menu or loop; only the application itself runs, in app and kiosk."""
    static = {
        "getOpenFileName",
        "getOpenFileNames",
        "getSaveFileName",
        "getExistingDirectory",
        "getText",
        "getItem",
    }
    for call in calls(tree):
        name = called(call)
        starts_the_program = where.startswith(("app/", "kiosk/")) and owner(call) in (
            "app",
            "qapp",
            "QApplication",
        )
        if name == "processEvents" or (name in ("exec", "exec_") and owner(call) and not starts_the_program):
            yield call.lineno, f"{name}() runs an event loop inside the event loop"
        elif name in static and owner(call) in ("QFileDialog", "QInputDialog"):
            yield call.lineno, f"{name}() blocks: make the dialog and open() it"


def no_boxes_and_item_widgets(tree: ast.Module, where: str) -> Found:
    """Telling goes through notify, data through models."""
    for line, name in names_used(tree):
        if name in ("QMessageBox", "QErrorMessage", "QInputDialog", "QTableWidget", "QSortFilterProxyModel"):
            yield line, f"{name} is not used here: notify, forms and PagedTableModel are"


def labels_are_plain_text(tree: ast.Module, where: str) -> Found:
    """Only qtkit.labels makes a QLabel: it sets PlainText (RELIABILITY F20)."""
    if where == "qtkit/labels.py":
        return
    for call in calls(tree):
        if called(call) == "QLabel":
            yield call.lineno, "QLabel( reads HTML: use text_label()"
        if called(call) == "setTextFormat" and any(
            "Rich" in name for _line, name in names_used(_as_module(call))
        ):
            yield call.lineno, "rich text is not for data"


def _as_module(node: ast.expr) -> ast.Module:
    return ast.Module([ast.Expr(node)], [])


def time_comes_from_a_clock(tree: ast.Module, where: str) -> Found:
    """`Clock` is handed in; only kernel/clock.py asks the machine."""
    if where == "kernel/clock.py":
        return
    forbidden = {
        ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"),
        ("time", "time_ns"), ("time", "localtime"), ("QDateTime", "currentDateTime"), ("QDate", "currentDate"),
        ("QDateTime", "currentDateTimeUtc"), ("QTime", "currentTime"), ("QDateTime", "currentMSecsSinceEpoch"),
    }  # fmt: skip
    for call in calls(tree):
        if (owner(call), called(call)) in forbidden:
            yield call.lineno, f"{owner(call)}.{called(call)}() – take the time from a Clock"


def the_gui_never_sleeps(tree: ast.Module, where: str) -> Found:
    if not where.startswith(("qtkit/", "features/")):
        return
    for call in calls(tree):
        if called(call) in ("sleep", "msleep", "usleep", "terminate") and owner(call) in ("time", "QThread"):
            yield call.lineno, f"{called(call)}() on a thread of the desk"


def colours_come_from_tokens(tree: ast.Module, where: str) -> Found:
    """A colour is written down in resources/theme and nowhere else; paper has its own rules in kernel.reporting."""
    if where.startswith("kernel/"):
        return
    for line, text in strings(tree):
        if match := HEX.search(text):
            yield line, f"{match[0]} – use theme().colour(token)"


def one_sqlite_per_process(tree: ast.Module, where: str) -> Found:
    for line, name in imported(tree):
        if name.split(".")[0] in ("sqlite3", "pysqlcipher3", "aiosqlite") or name == "PySide6.QtSql":
            yield line, f"{name}: only sqlcipher3 may open a database"


def nothing_with_a_foreign_licence(tree: ast.Module, where: str) -> Found:
    """Qt modules that are GPL only, and GPL packages (ARCHITECTURE 3)."""
    gpl_qt = ("QtCharts", "QtGraphs", "QtGraphsWidgets", "QtDataVisualization", "QtVirtualKeyboard", "QtQuick3D",
              "QtNetworkAuth", "QtHttpServer", "QtWebEngineCore", "QtWebEngineWidgets", "QtCanvasPainter")  # fmt: skip
    gpl = ("qfluentwidgets", "lunardate", "PyQt5", "PyQt6", "stdnum", "fitz", "pymupdf", "anki", "aqt")
    for line, name in imported(tree):
        parts = name.split(".")
        if parts[0] in gpl or (parts[0] == "PySide6" and any(part in gpl_qt for part in parts[1:])):
            yield line, f"{name} is not compatible with our licence"


def nothing_is_unpickled(tree: ast.Module, where: str) -> Found:
    """No format that runs code when it is read (RELIABILITY 4)."""
    for line, name in imported(tree):
        if name.split(".")[0] in ("pickle", "shelve", "marshal", "dill"):
            yield line, f"{name} runs what it reads"
    for call in calls(tree):
        if isinstance(call.func, ast.Name) and call.func.id in ("eval", "exec"):
            yield call.lineno, f"{call.func.id}() of text"


QT_WORDS = frozenset({
    "setText", "setWindowTitle", "setToolTip", "setPlaceholderText", "setAccessibleName", "setStatusTip",
    "setAccessibleDescription", "setTitle", "setLabelText", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton",
    "QGroupBox", "QAction", "QMenu", "addAction", "addMenu", "addTab", "setItemText",
})  # fmt: skip


def chinese_goes_through_tr(tree: ast.Module, where: str) -> Found:
    """What is handed to Qt as a bare literal is wrapped in tr().

    Words declared as data (Column, Field, State, DeskAction, class attributes, constants) are declared once and
    found by their type; those need no wrapping.
    """
    for call in calls(tree):
        if called(call) in QT_WORDS:
            for argument in call.args:
                if isinstance(argument, ast.Constant | ast.JoinedStr) and _says_chinese(argument):
                    yield call.lineno, f"{called(call)}(): wrap the words in tr()"


def chinese_is_not_glued(tree: ast.Module, where: str) -> Found:
    """No sentence put together with +: another word order could not be written."""
    if where.startswith("kernel/"):
        return
    for node in nodes(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            for side in (node.left, node.right):
                if isinstance(side, ast.Constant) and _says_chinese(side):
                    yield node.lineno, "Chinese glued with +: write the whole sentence with {}"


def _says_chinese(node: ast.AST) -> bool:
    return any(
        isinstance(n, ast.Constant) and isinstance(n.value, str) and CJK.search(n.value)
        for n in ast.walk(node)
    )


def no_lambda_keeps_a_page(tree: ast.Module, where: str) -> Found:
    """`signal.connect(lambda: self…)` keeps `self` alive for as long as the sender lives."""
    if not where.startswith(("qtkit/", "features/", "app/")):
        return
    for call in calls(tree):
        if called(call) == "connect" and call.args and isinstance(call.args[0], ast.Lambda):
            yield call.lineno, "connect(lambda …): use a method, or a small function"


def tips_are_plain_text(tree: ast.Module, where: str) -> Found:
    """A tooltip reads HTML by itself, and a name or a file may hold some; words of our own need no escaping."""
    for call in calls(tree):
        if called(call) != "setToolTip":
            continue
        tip = call.args[0]
        own = (isinstance(tip, ast.Call) and called(tip) == "tr") or isinstance(tip, ast.Constant)
        if not own and not (isinstance(tip, ast.Call) and called(tip) == "plain_tip"):
            yield call.lineno, "setToolTip(): plain_tip() around what is not our own words"


RULES: dict[str, tuple[Rule, str, str]] = {
    "nested": (no_nested_event_loop, "dialog.exec()", "dialog.open()"),
    "process_events": (no_nested_event_loop, "QApplication.processEvents()", "session.execute(stmt)"),
    "file_dialog": (no_nested_event_loop, "QFileDialog.getOpenFileName(self)", "QFileDialog(self).open()"),
    "boxes": (no_boxes_and_item_widgets, "from PySide6.QtWidgets import QMessageBox", "notify.ask(self, q, done)"),
    "labels": (labels_are_plain_text, "x = QLabel('a')", "x = text_label('a')"),
    "tips": (tips_are_plain_text, "x.setToolTip(row.name)", "x.setToolTip(plain_tip(row.name))"),
    "clock": (time_comes_from_a_clock, "datetime.now(UTC)", "clock.now()"),
    "today": (time_comes_from_a_clock, "dt.date.today()", "today(clock)"),
    "sleep": (the_gui_never_sleeps, "time.sleep(1)", "timer.start(1)"),
    "colours": (colours_come_from_tokens, "c = '#1E6796'", "c = theme().colour('primary')\n'''issue #12'''"),
    "sqlite": (one_sqlite_per_process, "import sqlite3", "import sqlcipher3"),
    "licence": (nothing_with_a_foreign_licence, "from PySide6.QtCharts import QChart", "import PySide6.QtGui"),
    "licence_package": (nothing_with_a_foreign_licence, "import lunardate", "import lunar_python"),
    "pickle": (nothing_is_unpickled, "import pickle", "import json"),
    "tr": (chinese_goes_through_tr, "b.setText('好')", "b.setText(self.tr('好'))"),
    "tr_format": (chinese_goes_through_tr, "b.setText(f'{n} 人')", "b.setText(tr('{} 人').format(n))"),
    "glue": (chinese_is_not_glued, "'共' + n", "tr('共 {}').format(n)"),
    "lambda": (no_lambda_keeps_a_page, "b.clicked.connect(lambda: self.go())", "b.clicked.connect(self.go)"),
}  # fmt: skip


HOUSE = sorted({rule for rule, _bad, _good in RULES.values()}, key=lambda r: r.__name__)


@pytest.fixture(scope="module")
def breaches() -> dict[Rule, list[str]]:
    """What every rule finds in the whole house: each file is parsed once."""
    found: dict[Rule, list[str]] = {rule: [] for rule in HOUSE}
    for path in FILES:
        where = path.relative_to(SRC).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for rule in HOUSE:
            found[rule] += [f"{where}:{line}: {what}" for line, what in rule(tree, where)]
    return found


@pytest.mark.parametrize("name", RULES)
def test_the_rule_finds_what_it_is_for(name):
    rule, bad, good = RULES[name]
    assert list(rule(ast.parse(bad), "features/x/ui/pages.py"))
    assert not list(rule(ast.parse(good), "features/x/ui/pages.py"))


@pytest.mark.parametrize("rule", HOUSE)
def test_the_house_keeps_the_rule(breaches, rule):
    assert FILES, "no source files found"
    assert not breaches[rule], "\n".join(breaches[rule])


def test_no_foreign_licence_is_asked_for():
    text = (SRC.parents[1] / "pyproject.toml").read_text(encoding="utf-8").lower()
    for name in ("qfluentwidgets", "lunardate", "pyqt", "pyside6-addons", "python-stdnum", "pymupdf"):
        assert name not in text
