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

from centerdesk.kernel.errors import Cancelled, UserError
from centerdesk.kernel.spreadsheet_in_limits import MAX_OUTPUT_BYTES, WALL_SECONDS, column_letters

Cell = str | int | float | bool | date | datetime | time | timedelta
"""What a cell holds: "" for nothing. A number cell is int or float, never text, so that a damaged
identity number can be told from a typed one."""

_NO_WINDOW = 0x08000000 if sys.platform == "win32" else 0
_BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from centerdesk.kernel import spreadsheet_in_child as c; c.main()"


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
    """How the child is started: this interpreter, isolated; a frozen program calls itself by a hidden verb."""
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
    try:
        return _assemble(_lines(process, cancel, wall_seconds))
    finally:
        with contextlib.suppress(OSError):
            process.kill()
        process.wait()


def _child_environment() -> dict[str, str]:
    """Nothing of ours goes to the child (CENTERDESK_PASSWORD least of all), only what an interpreter needs."""
    wanted = ("SYSTEMROOT", "WINDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "PYTHONHOME")
    return {name: os.environ[name] for name in wanted if name in os.environ}


def _lines(
    process: subprocess.Popen[bytes], cancel: Callable[[], bool] | None, wall_seconds: float
) -> Iterator[bytes]:
    """The child's lines as they come. A thread reads the pipe: on Windows nothing can wait for it with a limit."""
    assert process.stdout is not None
    out = process.stdout
    lines: queue.Queue[bytes | None] = queue.Queue(maxsize=16)
    stop = threading.Event()
    late = threading.Event()

    def pump() -> None:
        with out:
            for line in out:
                while not stop.is_set():
                    with contextlib.suppress(queue.Full):
                        lines.put(line, timeout=0.2)
                        break
                if stop.is_set():
                    return
        while not stop.is_set():
            with contextlib.suppress(queue.Full):
                lines.put(None, timeout=0.2)
                return

    def overdue() -> None:
        late.set()
        process.kill()

    reader = threading.Thread(target=pump, name="spreadsheet-in", daemon=True)
    timer = threading.Timer(wall_seconds, overdue)
    timer.daemon = True
    reader.start()
    timer.start()
    try:
        while True:
            try:
                line = lines.get(timeout=0.2)
            except queue.Empty:
                if cancel is not None and cancel():
                    raise Cancelled("已停止读取表格，没有导入任何内容。") from None
                continue
            if line is None:
                break
            yield line
            if cancel is not None and cancel():
                raise Cancelled("已停止读取表格，没有导入任何内容。")
        raise SpreadsheetError(
            f"读这个文件超过 {int(wall_seconds)} 秒，已停下，什么都没有导入。请把表拆小，或另存为 .xlsx 后再试。"
            if late.is_set()
            else "这个文件没法安全地读出来（内容已损坏，或展开后过大），什么都没有导入。请用 WPS 或 Excel 打开，另存为 .xlsx 后再试。"
        )
    finally:
        stop.set()
        timer.cancel()
        with contextlib.suppress(OSError):
            process.kill()
        reader.join(timeout=5)


def _assemble(lines: Iterator[bytes]) -> Workbook:
    head: dict[str, object] = {}
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
                notes=tuple(head.get("notes", ())),  # type: ignore[call-overload]  # a list of str by contract
                encoding=head.get("encoding"),  # type: ignore[arg-type]  # str or None by contract
                date1904=bool(head.get("date1904")),
            )
    raise SpreadsheetError("这个文件没有读完，什么都没有导入。请再试一次。")


def _sheet(message: dict[str, object]) -> Sheet:
    merged = tuple((a, b, c, d) for a, b, c, d in message["merged"])  # type: ignore[attr-defined]  # list of four ints
    return Sheet(str(message["name"]), bool(message["visible"]), [], int(str(message["width"])), merged)


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
