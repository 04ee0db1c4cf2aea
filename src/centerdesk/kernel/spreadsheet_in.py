"""Spreadsheets and csv files from other people, read in a child process with limits (RELIABILITY 3.7).

No parser runs in this process: a 4.6 KB file can abort the one that does (F15). The child
(`spreadsheet_in_child`) checks, parses and writes JSON lines; this module starts it, watches it and
turns the lines into plain rows. Every failure is a SpreadsheetError with one Chinese sentence.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from centerdesk.kernel.errors import Cancelled, UserError
from centerdesk.kernel.spreadsheet_in_limits import MAX_OUTPUT_BYTES, WALL_SECONDS, column_letters

Cell = str | int | float | bool | date | datetime | time | timedelta
"""What a cell holds: "" for nothing. A number cell is int or float, never text: only so can a damaged
identity number be told from a typed one."""

_SLOW = "读这个文件超过 {} 秒，已停下，什么都没有导入。请把表拆小，或另存为 .xlsx 后再试。"
_DIED = (
    "这个文件没法安全地读出来（内容已损坏，或展开后过大），什么都没有导入。"
    "请用 WPS 或 Excel 打开，另存为 .xlsx 后再试。"
)
_NO_WINDOW = 0x08000000 if sys.platform == "win32" else 0
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from centerdesk.kernel import spreadsheet_in_child as c; c.main()"
)


class SpreadsheetError(UserError):
    """The file cannot be read, and why. `sheet` and `cell` say where, when there is a place."""

    def __init__(self, message: str, *, sheet: str | None = None, cell: str | None = None) -> None:
        super().__init__(message)
        self.sheet = sheet
        self.cell = cell


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet (工作表). `rows[0]` is row 1; rows may be shorter than `width` and are not to be changed.

    `merged` holds ranges as (first row, first column, last row, last column), 1-based, inclusive.
    """

    name: str
    visible: bool
    rows: list[list[Cell]]
    width: int
    merged: tuple[tuple[int, int, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Workbook:
    """A file that was read (工作簿). `format`: xlsx, xls, xlsb, ods or csv. `notes` are sentences to show,
    such as that macros were not run. `encoding` is set for csv only; `date1904` only where the format tells.
    """

    format: str
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()
    encoding: str | None = None
    date1904: bool = False


def address(row: int, column: int) -> str:
    """`C17` for row 17, column 3 (1-based)."""
    return f"{column_letters(column)}{row}"


def child_command(path: Path) -> list[str]:
    """How the child is started: this interpreter, isolated; a frozen program calls its own hidden verb."""
    if getattr(sys, "frozen", False):  # pragma: no cover - only in an installed program
        return [sys.executable, "spreadsheet-child", str(path)]
    root = Path(__file__).resolve().parents[2]
    return [sys.executable, "-I", "-c", _BOOT, str(root), str(path)]


def read_workbook(
    path: Path, *, cancel: Callable[[], bool] | None = None, wall_seconds: float = WALL_SECONDS
) -> Workbook:
    """Read every sheet of a spreadsheet or csv file. Any thread; blocks until done.

    `cancel` is asked a few times a second; when it says yes the child is killed and Cancelled is raised.
    Raises SpreadsheetError for everything else that can go wrong with a file.
    """
    process = subprocess.Popen(
        child_command(path.absolute()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a parser's panic may quote cell contents
        env=_child_environment(),
        close_fds=True,
        creationflags=_NO_WINDOW,
    )
    pipe = _Pipe(process, wall_seconds)
    try:
        return _assemble(pipe.lines(cancel))
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError):
        raise SpreadsheetError(_DIED) from None  # the child was broken into: do not quote what it said
    finally:
        pipe.close()


def _child_environment() -> dict[str, str]:
    """Only what an interpreter needs: nothing of ours, CENTERDESK_PASSWORD least of all."""
    wanted = ("SYSTEMROOT", "WINDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "PYTHONHOME")
    return {name: os.environ[name] for name in wanted if name in os.environ}


class _Pipe:
    """The child's lines as they come. A thread reads: on Windows nothing can wait for a pipe with a limit."""

    def __init__(self, process: subprocess.Popen[bytes], wall_seconds: float) -> None:
        self._process = process
        self._seconds = wall_seconds
        self._lines: queue.Queue[bytes | None] = queue.Queue(maxsize=16)
        self._stop = threading.Event()
        self._late = threading.Event()
        self._reader = threading.Thread(target=self._pump, name="spreadsheet-in", daemon=True)
        self._timer = threading.Timer(wall_seconds, self._overdue)
        self._timer.daemon = True
        self._reader.start()
        self._timer.start()

    def lines(self, cancel: Callable[[], bool] | None) -> Iterator[bytes]:
        """Ends only by the consumer; raises when the child ends first, takes too long or is cancelled."""
        while True:
            line: bytes | None = b""
            with contextlib.suppress(queue.Empty):
                line = self._lines.get(timeout=0.2)
            if cancel is not None and cancel():
                raise Cancelled("已停止读取表格，没有导入任何内容。")
            if line is None:
                raise SpreadsheetError(_SLOW.format(int(self._seconds)) if self._late.is_set() else _DIED)
            if line:
                yield line

    def close(self) -> None:
        """Kill the child if it still lives and let the thread go."""
        self._stop.set()
        self._timer.cancel()
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        self._reader.join(timeout=5)
        self._timer.join()

    def _pump(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as out:
            for line in out:
                if not self._put(line):
                    return
        self._put(None)

    def _put(self, line: bytes | None) -> bool:
        while not self._stop.is_set():
            with contextlib.suppress(queue.Full):
                self._lines.put(line, timeout=0.2)
                return True
        return False

    def _overdue(self) -> None:
        self._late.set()
        self._process.kill()


def _assemble(lines: Iterator[bytes]) -> Workbook:
    head: dict[str, Any] = {}
    sheets: list[Sheet] = []
    received = 0
    for line in lines:
        received += len(line)
        if received > 2 * MAX_OUTPUT_BYTES:  # the child stops by itself much earlier
            raise SpreadsheetError("表里的内容太多，读不完，什么都没有导入。请把表拆小后再试。")
        if line.startswith(b"["):
            sheets[-1].rows.extend(_ROWS.decode(line.decode()))
            continue
        message = json.loads(line)
        if "error" in message:
            raise SpreadsheetError(message["error"], sheet=message.get("sheet"), cell=message.get("cell"))
        if "workbook" in message:
            head = message["workbook"]
        elif "sheet" in message:
            sheets.append(_sheet(message["sheet"]))
        elif "end" in message:
            return Workbook(
                format=str(head["format"]),
                sheets=tuple(sheets),
                notes=tuple(head.get("notes", ())),
                encoding=head.get("encoding"),
                date1904=bool(head.get("date1904")),
            )
    raise SpreadsheetError("这个文件没有读完，什么都没有导入。请再试一次。")


def _sheet(message: dict[str, Any]) -> Sheet:
    merged = tuple((a, b, c, d) for a, b, c, d in message["merged"])
    return Sheet(message["name"], message["visible"], [], message["width"], merged)


def _value(tagged: dict[str, str]) -> Cell:
    (kind, value), *_ = tagged.items()
    if kind == "d":
        return date.fromisoformat(value)
    if kind == "s":
        return datetime.fromisoformat(value)
    if kind == "t":
        return time.fromisoformat(value)
    return timedelta(seconds=float(value))


_ROWS = json.JSONDecoder(object_hook=_value)
