"""The child of `spreadsheet_in`: binds itself to the limits, reads one file, writes JSON lines to stdout.

Lines: {"workbook": …}, then for each sheet {"sheet": …} and arrays of rows, then {"end": true}; or
{"error": sentence, "sheet", "cell"} at any point, after which nothing before it counts.
Imports are few and late: this process starts once for each file.
"""

from __future__ import annotations

import io
import json
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from centerdesk.kernel import spreadsheet_in_limits as limits
from centerdesk.kernel.spreadsheet_in_zip import Package, Refused, inspect

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ROWS_IN_A_LINE = 500
_CHARACTERS_IN_A_LINE = 4_000_000
_PASSWORD = "文件加了密码，没法读取。请打开后去掉密码另存一份，再导入。"
_DAMAGED = "文件已损坏，或不是它的扩展名所说的格式，读不出来。请用 WPS 或 Excel 打开，另存为 .xlsx 后再试。"
_MEMORY = "文件展开后太大，内存不够读，什么都没有导入。请把表拆小后再试。"
_EMPTY = "文件是空的，没有可读的内容。请检查是不是选错了文件。"

Emit = Callable[[object], None]


def main() -> None:
    """`… child FILE`: the file is the last argument."""
    limits.bind_this_process()
    out = sys.stdout.buffer
    sent = 0

    def emit(message: object) -> None:
        nonlocal sent
        line = _ENCODER.encode(message).encode("utf-8", "replace")
        sent += len(line)
        if sent > limits.MAX_OUTPUT_BYTES and isinstance(message, list):
            raise Refused("表里的文字太多，读不完，什么都没有导入。请把表拆小后再试。")
        out.write(line + b"\n")

    serve(Path(sys.argv[-1]), emit)
    out.flush()


def serve(path: Path, emit: Emit) -> None:
    """Read one file and tell about it. Never raises but for a broken pipe."""
    try:
        read(path, emit)
        emit({"end": True})
    except Refused as exc:
        emit_error(emit, exc.message, exc.sheet, exc.cell)
    except BrokenPipeError:
        raise
    except BaseException as exc:  # noqa: BLE001 - the boundary: Rust panics are no Exception, and none may pass
        emit_error(emit, sentence(exc))


def emit_error(emit: Emit, message: str, sheet: str | None = None, cell: str | None = None) -> None:
    emit({"error": message, "sheet": sheet, "cell": cell})


def sentence(exc: BaseException) -> str:
    """What to tell about a failure of a library; its own words may quote cell contents and are dropped."""
    kind, text = type(exc).__name__, str(exc).lower()
    if isinstance(exc, MemoryError):
        return _MEMORY
    if isinstance(exc, FileNotFoundError):
        return "找不到这个文件，可能刚被移走或改名。请重新选择。"
    if isinstance(exc, IsADirectoryError):
        return "这是一个文件夹，不是表格文件。请选里面的表格。"
    if isinstance(exc, PermissionError):
        return "没有权限读这个文件，或者它正被别的程序占用。请先在 WPS 或 Excel 里关闭它，再试一次。"
    if kind == "PasswordError" or "password" in text or "encrypt" in text:
        return _PASSWORD
    if isinstance(exc, OSError) and not isinstance(exc, zipfile.BadZipFile) and exc.errno:
        return "读文件时磁盘或网络出错。请把文件复制到本机硬盘后再试。"
    return _DAMAGED


def read(path: Path, emit: Emit) -> None:
    """Check, parse and emit one file. Raises Refused or whatever a library raises."""
    if not path.is_file() and path.exists() and not path.is_dir():
        raise Refused("这是管道或设备，不是普通文件。请选硬盘上的表格。")  # a pipe would be waited for
    with path.open("rb") as file:
        data = file.read(limits.MAX_FILE_BYTES + 1)
    if len(data) > limits.MAX_FILE_BYTES:
        raise Refused(f"文件超过 {limits.MAX_FILE_BYTES >> 20} MB，没有读取。请把表拆小，或删去图片后再试。")
    if not data.strip(b"\0 \r\n\t"):
        raise Refused(_EMPTY)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        _read_package(data, emit)
    elif data.startswith(_OLE2):
        _read_ole(data, emit)
    else:
        _read_csv(data, emit)


def _read_csv(data: bytes, emit: Emit) -> None:
    from centerdesk.kernel.spreadsheet_in_csv import read_rows, read_text

    text, encoding = read_text(data)
    rows = read_rows(text)
    emit({"workbook": {"format": "csv", "encoding": encoding}})
    emit({"sheet": {"name": "(csv)", "visible": True, "width": max(map(len, rows), default=0), "merged": []}})
    for start in range(0, len(rows), _ROWS_IN_A_LINE):
        emit(rows[start : start + _ROWS_IN_A_LINE])


def _read_package(data: bytes, emit: Emit) -> None:
    try:
        package = inspect(io.BytesIO(data))
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OverflowError):
        raise Refused(_DAMAGED) from None
    notes = []
    if package.macros:
        notes.append("文件带有宏：没有运行，只读了表里存着的值。")
    if package.external:
        notes.append("文件引用了别的文件：没有去取，只读了表里存着的值。")
    _read_sheets(data, package, notes, emit)


def _read_ole(data: bytes, emit: Emit) -> None:
    if _utf16("EncryptedPackage") in data or _utf16("EncryptionInfo") in data:
        raise Refused(_PASSWORD)
    if _utf16("WordDocument") in data or _utf16("PowerPoint Document") in data:
        raise Refused("这是文字或演示文档，不是表格。请选 .xlsx、.xls、.ods 或 .csv 文件。")
    if _has_filepass(data):
        raise Refused(_PASSWORD)
    notes = []
    if _utf16("_VBA_PROJECT") in data:
        notes.append("文件带有宏：没有运行，只读了表里存着的值。")
    _read_sheets(data, Package(kind="xls"), notes, emit)


def _has_filepass(data: bytes) -> bool:
    """Whether a FILEPASS record (0x2F) follows soon after the workbook stream's BOF: an encrypted .xls."""
    for version in (b"\x09\x08\x10\x00\x00\x06", b"\x09\x08\x08\x00\x00\x05"):
        position = data.find(version)
        for _ in range(8 if position >= 0 else 0):
            kind, length = struct.unpack_from("<HH", data.ljust(position + 4, b"\0"), position)
            if kind == 0x2F:
                return True
            position += 4 + length
    return False


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _read_sheets(data: bytes, package: Package, notes: list[str], emit: Emit) -> None:
    import python_calamine

    workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    listed = [m for m in workbook.sheets_metadata if m.typ == python_calamine.SheetTypeEnum.WorkSheet]
    if len(listed) > limits.MAX_SHEETS:
        raise Refused(
            f"文件里有 {len(listed)} 张工作表（最多 {limits.MAX_SHEETS} 张），没有读取。请拆成几个文件。"
        )
    if not listed:
        raise Refused(_EMPTY)
    emit({"workbook": {"format": package.kind, "notes": notes, "date1904": package.date1904}})
    total = 0
    for meta in listed:
        sheet = workbook.get_sheet_by_name(meta.name)
        _check_size(meta.name, sheet)
        total += sheet.total_height + 1
        if total > limits.MAX_ROWS:
            raise Refused(
                f"各工作表合起来超过 {limits.MAX_ROWS} 行，没有读取。请拆成几个文件，分次导入。", meta.name
            )
        visible = meta.visible == python_calamine.SheetVisibleEnum.Visible
        _emit_sheet(meta.name, visible, sheet, emit)


def _check_size(name: str, sheet: Any) -> None:
    if sheet.end is None:
        return
    row, column = sheet.end
    if column >= limits.MAX_COLUMNS or row >= limits.MAX_ROWS:
        cell = f"{limits.column_letters(column + 1)}{row + 1}"
        raise Refused(
            f"工作表“{name}”一直用到 {cell}，"
            f"超出了能读的范围（最多 {limits.MAX_COLUMNS} 列、{limits.MAX_ROWS} 行），"
            "没有读取。请删去表格外面多余的内容后再试。",
            name,
            cell,
        )


def _emit_sheet(name: str, visible: bool, sheet: Any, emit: Emit) -> None:
    start, end = sheet.start, sheet.end
    width = end[1] + 1 if end else 0
    merged = [
        [first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1]
        for first, last in sheet.merged_cell_ranges or ()
    ]
    emit({"sheet": {"name": name, "visible": visible, "width": width, "merged": merged}})
    if end is None:
        return
    # iter_rows begins at row 1 but at the first used column.
    left = [""] * (start[1] if start else 0)
    chunk: list[list[Any]] = []
    number = size = 0
    for row in sheet.iter_rows():
        number += 1
        size += _characters(name, number, len(left), row)
        chunk.append(left + row if left else row)
        if len(chunk) == _ROWS_IN_A_LINE or size > _CHARACTERS_IN_A_LINE:
            emit(chunk)
            chunk, size = [], 0
    if chunk:
        emit(chunk)
    if number < end[0] + 1:  # F14: rows must never get lost in silence
        raise Refused(
            f"工作表“{name}”应有 {end[0] + 1} 行，只读出 {number} 行，没有导入。请另存为 .xlsx 后再试。", name
        )


def _characters(name: str, number: int, left: int, row: list[Any]) -> int:
    """How much text the row holds. Raises Refused for a cell above Excel's own limit."""
    size = 0
    for column, value in enumerate(row, left + 1):
        if value.__class__ is str:
            size += len(value)
            if len(value) > limits.MAX_CELL_CHARACTERS:
                cell = f"{limits.column_letters(column)}{number}"
                raise Refused(
                    f"工作表“{name}”的 {cell} 超过 {limits.MAX_CELL_CHARACTERS} 个字，没有读取。"
                    "请删短后再试。",
                    name,
                    cell,
                )
    return size


def _tag(value: object) -> object:
    """Values JSON has no word for, as an object with one key (see `spreadsheet_in`)."""
    if isinstance(value, datetime):
        return {"s": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time):
        return {"t": value.isoformat()}
    if isinstance(value, timedelta):
        return {"h": value.total_seconds()}
    return str(value)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_tag, check_circular=False)

if __name__ == "__main__":
    main()
