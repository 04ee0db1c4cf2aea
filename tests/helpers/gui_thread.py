"""Who asks the disk, the database, another process or another machine on the GUI thread (ARCHITECTURE 6).

One audit hook for the whole run, and a second look at calls that Python does not audit. An event counts when it
happens on the main thread below code of the interface: what a test does, though a button asked for it, and what a
lane does is not meant.
What Qt does in C++ is not seen, but for the questions to printers, which ask a server that may not answer.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from functools import cache, wraps
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

ROOT = Path(__file__).parents[2]
SRC = str(ROOT / "src" / "centerdesk") + os.sep
TESTS = str(ROOT / "tests") + os.sep
SHIPPED = (str(ROOT / "resources"), SRC)
"""Icons, styles, help and the program itself: small, local, and each is kept after its first reading."""

AUDITED = frozenset(
    {"open", "os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.link"}
    | {"os.symlink", "os.truncate", "os.utime", "os.chmod", "shutil.copyfile", "shutil.rmtree"}
    | {"subprocess.Popen", "os.posix_spawn", "os.fork", "socket.connect", "socket.getaddrinfo"}
)
UNAUDITED = ("stat", "lstat", "statvfs", "fsync")
PRINTERS = (
    "availablePrinterNames",
    "availablePrinters",
    "defaultPrinterName",
    "defaultPrinter",
    "printerInfo",
)

PASSED_BY = ("<frozen importlib", str(Path(logging.__file__).parent))
"""A module is loaded once, where it is first needed; a line of the log is written where it happens."""

ALLOWED = {
    "app/desk/program.py:DeskProgram._take": "before the first window: the lock, the log",
    "app/desk/program.py:DeskProgram.__init__": "before the first window: how it looks",
    "app/desk/program.py:DeskProgram._end": "after the last window",
    "app/desk/single.py:server_name": "before the first window: is there another desk",
    "app/first_run/wizard.py:FirstRun.shutdown": "after the last window: what was typed within its last second",
    "app/excepthook.py:DeskCrash.__init__": "before the first window",
    "kernel/crash.py:CrashReporter.report": "at once, on whatever thread: the program may be dying",
}

_main = threading.main_thread().ident
_found: list[str] = []
_judging = False


@cache
def _place(code: CodeType) -> str:
    """`app/desk/window.py:DeskWindow.go` for the program's own code, "" for anything else."""
    name = code.co_filename
    return f"{name[len(SRC) :].replace(os.sep, '/')}:{code.co_qualname}" if name.startswith(SRC) else ""


def _is_interface(place: str, frame: FrameType) -> bool:
    """Code of qtkit and of a feature's ui; in app and kiosk what belongs to a Qt class."""
    path = place.partition(":")[0]
    if path.startswith("qtkit/") or "/ui/" in path:
        return True
    if not path.startswith(("app/", "kiosk/")):
        return False
    owner = frame.f_globals.get(frame.f_code.co_qualname.partition(".")[0])
    return isinstance(owner, type) and any(base.__module__.startswith("PySide6") for base in owner.__mro__)


def _asked(what: str, subject: object = "") -> None:
    global _judging
    if threading.get_ident() != _main or _judging:
        return
    _judging = True
    try:
        _judge(what, subject)
    finally:
        _judging = False


def _judge(what: str, subject: object) -> None:
    text = os.fsdecode(subject) if isinstance(subject, str | bytes | os.PathLike) else ""
    if text.startswith(SHIPPED) or text.endswith((".py", ".pyc")):
        return
    chain: list[str] = []
    guilty = False
    frame: FrameType | None = sys._getframe(3)  # past this file
    while frame is not None:
        if frame.f_code.co_filename.startswith(PASSED_BY):
            return
        if frame.f_code.co_filename.startswith(TESTS):
            break
        if place := _place(frame.f_code):
            if place in ALLOWED:
                return
            chain.append(place)
            guilty = guilty or _is_interface(place, frame)
        frame = frame.f_back
    if guilty:
        _found.append(f"{what} {Path(text).name} in {' < '.join(chain[:8])}")


def _hook(name: str, args: tuple[Any, ...]) -> None:
    if name in AUDITED:
        _asked(name, args[0] if args else "")


def _watched(what: str, real: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(real)
    def call(*args: Any, **kwargs: Any) -> Any:
        _asked(what, args[0] if args else "")
        return real(*args, **kwargs)

    return call


@cache
def watch() -> None:
    """Begin, once for the whole run: an audit hook cannot be taken off again."""
    sys.addaudithook(_hook)
    for name in UNAUDITED:
        setattr(os, name, _watched(f"os.{name}", getattr(os, name)))
    event.listen(Engine, "before_cursor_execute", lambda *args: _asked("sql", args[2][:40]))


@cache
def watch_printers() -> None:
    """The same for Qt's questions to the print server."""
    from PySide6.QtPrintSupport import QPrinterInfo

    for name in PRINTERS:
        asked = _watched(f"QPrinterInfo.{name}", getattr(QPrinterInfo, name))
        setattr(QPrinterInfo, name, staticmethod(asked))


def taken() -> list[str]:
    """What was found since the last call, each once."""
    found = sorted(set(_found))
    _found.clear()
    return found


@pytest.fixture(autouse=True)
def gui_thread_rests(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test in which the interface touched the database or a file on the GUI thread."""
    if "qapp" not in request.fixturenames:  # nobody's window is kept waiting
        yield
        return
    watch()
    watch_printers()
    taken()
    yield
    found = taken()
    assert not found, "on the GUI thread:\n" + "\n".join(found)
