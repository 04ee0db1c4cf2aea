"""What an xlsx, xlsb or ods package must look like before a parser may see it (child process only).

Everything is counted while inflating, never taken from the directory; cell addresses are looked at in the
raw XML, because the parser allocates the whole rectangle up to the furthest one (RELIABILITY F14, F15).
"""

from __future__ import annotations

import html
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from centerdesk.kernel.spreadsheet_in_limits import (
    MAX_CELL_CHARACTERS,
    MAX_COLUMNS,
    MAX_ENTRIES,
    MAX_RATIO,
    MAX_ROWS,
    MAX_UNPACKED_BYTES,
    RATIO_FROM_BYTES,
    column_letters,
)
from centerdesk.kernel.spreadsheet_in_xlsb import furthest_cell

_PASSWORD = "文件加了密码，没法读取。请打开后去掉密码另存一份，再导入。"
_CHUNK = 1 << 20
_LONGEST_TEXT = MAX_CELL_CHARACTERS * 12
"""Bytes between two tags: the cell limit in UTF-8, every third character an entity."""
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_FAR = re.compile(
    rb"r\s*=\s*[\"'](?:[A-Za-z]{3,}\d|[H-Zh-z][A-Za-z]\d|[Gg][S-Zs-z]\d|[A-Za-z]{0,3}0*(?:[2-9]\d{5}|\d{7,}))"
)
_CELL_TAG = re.compile(rb"<(?:[\w.-]+:)?c[\s>/]")
_CELL_REF = re.compile(rb"<(?:[\w.-]+:)?c\s[^>]*?\br\s*=\s*[\"']")
_ROW_TAG = re.compile(rb"<(?:[\w.-]+:)?row[\s>/]")
_ODS_FAR = re.compile(
    rb"<table:(?:covered-)?table-cell\b(?=[^>]*office:value-type)[^>]*number-columns-repeated=\"(\d+)\""
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")
_ATTRIBUTE = re.compile(rb"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


class Refused(Exception):
    """The package is not safe to parse. `message` is the sentence for the person."""

    def __init__(self, message: str, sheet: str | None = None, cell: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.sheet = sheet
        self.cell = cell


@dataclass(slots=True)
class Package:
    """What the look through the package found out.

    `kind`: xlsx, xlsb or ods. `last_rows` maps a sheet's name to its last row with a stored value.
    """

    kind: str = ""
    macros: bool = False
    external: bool = False
    date1904: bool = False
    last_rows: dict[str, int] = field(default_factory=dict)


def inspect(file: BinaryIO) -> Package:
    """Look through a zip package. Raises Refused, or zipfile's and zlib's errors for a damaged one."""
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        _check_directory(entries)
        package = Package(kind=_kind(archive))
        if package.kind == "ods" and _manifest_says_encrypted(file, entries):
            raise Refused(_PASSWORD)
        parts = _sheet_parts(file, entries, package)
        budget = MAX_UNPACKED_BYTES
        for entry in entries:
            package.macros |= "vbaproject" in entry.filename.lower()
            package.external |= "externallinks/" in entry.filename.lower()
            budget -= _check_part(file, entry, parts, package, budget)
    return package


def _manifest_says_encrypted(file: BinaryIO, entries: list[zipfile.ZipInfo]) -> bool:
    manifest = next((entry for entry in entries if entry.filename == "META-INF/manifest.xml"), None)
    return b"encryption-data" in _small_part(file, manifest)


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Refused(
            f"文件里有 {len(entries)} 个部件（最多 {MAX_ENTRIES} 个），不像正常的表格。"
            "请另存为 .xlsx 后再试。"
        )
    for entry in entries:
        name = entry.orig_filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or re.match(r"[A-Za-z]:", name) or "\0" in name:
            raise Refused("文件内部的路径不正常，可能是有意做坏的，没有读取。请向对方重要一份。")
        if entry.flag_bits & 0x1:
            raise Refused(_PASSWORD)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("文件用了少见的压缩方法，没有读取。请用 WPS 或 Excel 另存为 .xlsx 后再试。")


def _kind(archive: zipfile.ZipFile) -> str:
    names = {name.lower() for name in archive.namelist()}
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "content.xml" in names:
        return "ods"
    if "[content_types].xml" in names or any(name.endswith("workbook.xml") for name in names):
        if any(name.startswith(("word/", "ppt/")) for name in names):
            raise Refused("这是文字或演示文档，不是表格。请选 .xlsx、.xls、.ods 或 .csv 文件。")
        return "xlsx"
    raise Refused("这是一个压缩包，不是表格。请先解压，再选里面的 .xlsx、.xls 或 .csv 文件。")


def _sheet_parts(file: BinaryIO, entries: list[zipfile.ZipInfo], package: Package) -> dict[str, str]:
    """Part name → sheet name of an xlsx, as far as its own tables tell; for the messages only."""
    if package.kind != "xlsx":
        return {}
    by_name = {entry.filename.lower().lstrip("/"): entry for entry in entries}
    workbook = _small_part(file, by_name.get("xl/workbook.xml"))
    relations = _small_part(file, by_name.get("xl/_rels/workbook.xml.rels"))
    package.date1904 = bool(re.search(rb"date1904\s*=\s*[\"'](?:1|true|on)[\"']", workbook))
    targets = {}
    for match in _RELATION.finditer(relations):
        found = _attributes(match[1])
        target = found.get("Target", "").lstrip("/").lower()
        targets[found.get("Id", "")] = target if target.startswith("xl/") else f"xl/{target}"
    names = {}
    for match in _SHEET.finditer(workbook):
        found = _attributes(match[1])
        relation = next((v for k, v in found.items() if k.endswith(":id")), "")
        names[targets.get(relation, "")] = html.unescape(found.get("name", ""))
    return names


def _attributes(raw: bytes) -> dict[str, str]:
    return {
        m[1].decode("utf-8", "replace"): (m[2] or m[3] or b"").decode("utf-8", "replace")
        for m in _ATTRIBUTE.finditer(raw)
    }


def _small_part(file: BinaryIO, entry: zipfile.ZipInfo | None) -> bytes:
    """The first 4 MB of a part."""
    if entry is None:
        return b""
    data = b""
    for chunk in _inflate(file, entry):
        data += chunk
        if len(data) > 4 * _CHUNK:
            break
    return data


def _inflate(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes as they really are: zipfile would stop at the size the directory claims."""
    file.seek(entry.header_offset)
    header = file.read(30)
    if len(header) < 30 or header[:4] != b"PK\x03\x04":
        raise zipfile.BadZipFile("local header")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    file.seek(name_length + extra_length, 1)
    left = entry.compress_size
    if entry.compress_type == zipfile.ZIP_STORED:
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk
        return
    inflater = zlib.decompressobj(-15)
    pending = b""
    while not inflater.eof:
        if not pending:
            pending = file.read(min(_CHUNK, left))
            left -= len(pending)
            if not pending:
                raise zipfile.BadZipFile("truncated part")
        chunk = inflater.decompress(pending, _CHUNK)
        pending = inflater.unconsumed_tail
        if chunk:
            yield chunk


def _check_part(
    file: BinaryIO, entry: zipfile.ZipInfo, sheets: dict[str, str], package: Package, budget: int
) -> int:
    """Inflate one part, looking for everything refused. The unpacked size."""
    name = entry.filename.lower().lstrip("/")
    scan = _Scan(entry.filename, sheets.get(name), package)
    size = 0
    for chunk in _inflate(file, entry):
        size += len(chunk)
        if size > budget:
            raise Refused(f"文件展开后超过 {MAX_UNPACKED_BYTES >> 20} MB，没有读取。请把表拆小后再试。")
        if size > RATIO_FROM_BYTES and size > MAX_RATIO * max(entry.compress_size, 1):
            raise Refused(
                f"文件的部件“{entry.filename}”压缩得不正常（超过 {MAX_RATIO} 倍），没有读取。请另存一份再试。"
            )
        scan.feed(chunk)
    scan.finish()
    return size


class _Scan:
    """Looks at the bytes of one part in pieces that end before a tag."""

    def __init__(self, part: str, sheet: str | None, package: Package) -> None:
        lower = part.lower()
        self._part, self._sheet, self._package = part, sheet, package
        self._xml = lower.endswith((".xml", ".rels", ".vml"))
        self._is_sheet = (
            package.kind == "xlsx" and (sheet is not None or "worksheets/" in lower) and self._xml
        )
        self._is_ods = package.kind == "ods" and lower == "content.xml"
        self._is_binary = package.kind == "xlsb" and "worksheets/" in lower and lower.endswith(".bin")
        self._binary = bytearray()
        self._tail = b""
        self._first = True
        self._row = self._cells_in_row = 0

    def feed(self, chunk: bytes) -> None:
        if self._is_binary:
            self._binary += chunk
            return
        if self._first:
            self._first = False
            self._xml = self._xml or chunk.lstrip()[:1] == b"<"
            self._xml &= not _is_carried_along(self._part)
            if self._xml and (chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in chunk[:64]):
                raise Refused(
                    f"文件的部件“{self._part}”用了少见的编码，没有读取。"
                    "请用 WPS 或 Excel 另存为 .xlsx 后再试。"
                )
        if not self._xml:
            return
        data = self._tail + chunk
        cut = data.rfind(b"<")
        if len(data) - cut > _LONGEST_TEXT or (cut > 0 and _longest_gap(data) > _LONGEST_TEXT):
            raise Refused(
                f"文件的部件“{self._part}”里有一个格子超过 {MAX_CELL_CHARACTERS} 个字，没有读取。"
                "请删短后再试。",
                self._sheet,
            )
        self._look(data[:cut])
        self._tail = data[cut:]

    def finish(self) -> None:
        if self._tail:
            self._look(self._tail)
        if self._is_binary:
            row, column = furthest_cell(bytes(self._binary))
            if row > MAX_ROWS or column > MAX_COLUMNS:
                raise _too_far(self._sheet, f"{column_letters(column)}{row}")

    def _look(self, data: bytes) -> None:
        if b"<!" in data and _DOCTYPE.search(data):
            raise Refused(
                f"文件的部件“{self._part}”里有外部实体声明（DOCTYPE），可能有害，没有读取。"
                "请另存为 .xlsx 后再试。"
            )
        if self._is_sheet:
            self._look_at_cells(data)
        elif self._is_ods:
            for match in _ODS_FAR.finditer(data):
                if int(match[1]) > MAX_COLUMNS:
                    raise Refused(
                        f"表格有一行重复到 {int(match[1])} 列（最多 {MAX_COLUMNS} 列），没有读取。"
                        "请删去多余的列后再试。"
                    )

    def _look_at_cells(self, data: bytes) -> None:
        for match in _FAR.finditer(data):
            start = data.rfind(b"<", 0, match.start())
            stop = data.find(b">", match.end())
            tag = data[start : stop + 1]
            if _CELL_TAG.match(tag) and not tag.endswith(b"/>"):
                cell = re.split(rb"[\"']", match[0] + data[match.end() : match.end() + 16])[1].decode(
                    "ascii", "replace"
                )
                raise _too_far(self._sheet, cell.upper())
        plain = data.count(b'<c r="') == data.count(b"<c") and b":row" not in data
        if not plain and len(_CELL_REF.findall(data)) < len(_CELL_TAG.findall(data)):
            self._count_nameless(data)

    def _count_nameless(self, data: bytes) -> None:
        """Cells without an address follow each other: count them by row."""
        for match in re.finditer(rb"<(?:[\w.-]+:)?(row|c)[\s>/]", data):
            if match[1] == b"row":
                self._row, self._cells_in_row = self._row + 1, 0
            else:
                self._cells_in_row += 1
            if self._cells_in_row > MAX_COLUMNS or self._row > MAX_ROWS:
                raise _too_far(self._sheet, None)


def _is_carried_along(part: str) -> bool:
    """Whether no reader of tables opens the part: data that Office carries along."""
    return part.lower().startswith(("customxml/", "docprops/", "xl/media/", "xl/embeddings/"))


def _longest_gap(data: bytes) -> int:
    """Bytes of the longest run without a tag, looked for only where one can be."""
    position, step = 0, _LONGEST_TEXT // 2
    while position + step <= len(data):  # a run longer than two steps covers one aligned window
        if data.find(b"<", position, position + step) < 0:
            start = data.rfind(b"<", 0, position)
            stop = data.find(b"<", position)
            return (len(data) if stop < 0 else stop) - start
        position += step
    return 0


def _too_far(sheet: str | None, cell: str | None) -> Refused:
    where = f"工作表“{sheet}”" if sheet else "有一张工作表"
    at = f"的 {cell} " if cell else "有的行"
    return Refused(
        f"{where}{at}超出了能读的范围（最多 {MAX_COLUMNS} 列、{MAX_ROWS} 行），没有读取。"
        "请删去表格外面多余的内容后再试。",
        sheet,
        cell,
    )
