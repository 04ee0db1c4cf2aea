"""Lists that leave the ledger as Excel: the masked ledger, and the refused rows of a roster with red cells."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from openpyxl import Workbook as XlWorkbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from sqlalchemy.orm import Session

from centerdesk.features.people.importing_desk import text_of
from centerdesk.features.people.importing_result import REFUSE, RosterReading
from centerdesk.features.people.queries import (
    VIEWS,
    LedgerFilter,
    LedgerOrder,
    ResidentRow,
    page_residents,
)
from centerdesk.kernel.clock import Clock, today
from centerdesk.kernel.files import atomic_write
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.paging import Key
from centerdesk.kernel.reporting import pdf, xlsx_rows
from centerdesk.kernel.reporting.document import Col, Kind, Table
from centerdesk.kernel.reporting.xlsx import put_text, sheet_name, write_table
from centerdesk.kernel.reporting.xlsx_styles import XlCell, XlSheet
from centerdesk.kernel.spreadsheet_in import Cell, Workbook

PAGE = 500
_RED = PatternFill("solid", fgColor="FFF4C7C3")

_COLUMNS = (
    Col("name", "姓名", width_mm=20), Col("sex", "性别", width_mm=11, center=True),
    Col("age", "年龄", Kind.INT, 11), Col("id", "身份证号（打码）", width_mm=40),
    Col("phone", "电话（打码）", width_mm=30), Col("compound", "小区", width_mm=24),
    Col("door", "门牌", width_mm=22), Col("grid", "网格", width_mm=24),
    Col("residence", "人户", width_mm=18, center=True), Col("tags", "标签", width_mm=34),
    Col("verified", "核实", Kind.DATE, 22),
)  # fmt: skip


_NOT_ON_PAPER = ("phone",)


def export_rows(
    session: Session, actor: Actor, clock: Clock, wanted: LedgerFilter, order: LedgerOrder
) -> tuple[ResidentRow, ...]:
    """Every row the filter holds, masked, in the order of the screen. Raises PermissionDenied."""
    actor.require("people.export")
    rows: list[ResidentRow] = []
    after: Key | None = None
    while True:
        page = page_residents(session, actor, clock, wanted, after, PAGE, order)
        rows += page.rows
        after = page.next_key
        if after is None:
            return tuple(rows)


def write_ledger(path: Path, rows: Sequence[ResidentRow], wanted: LedgerFilter, clock: Clock) -> bytes:
    """Write the masked list as Excel, or as PDF where the name ends so; answer the SHA-256 of the file.

    Paper leaves out 电话: the sheet is read away from the desk. Raises EnvironmentFault.
    """
    day = today(clock)
    subtitle = f"{VIEWS[wanted.view]} {len(rows):,} 人 · {day:%Y-%m-%d} · 号码已打码"
    if path.suffix == ".pdf":
        kept = [n for n, column in enumerate(_COLUMNS) if column.key not in _NOT_ON_PAPER]
        columns = tuple(replace(_COLUMNS[n], width_mm=_COLUMNS[n].width_mm * 0.93) for n in kept)
        lines = ([values[n] for n in kept] for values in map(_values, rows))
        pdf.write_table(path, Table("居民名单", columns, lines, subtitle))
    else:
        write_table(path, Table("居民名单", _COLUMNS, map(_values, rows), subtitle))
    return hashlib.sha256(path.read_bytes()).digest()


def _values(r: ResidentRow) -> tuple[str | int | date | None, ...]:
    return (
        r.name, r.sex, r.age, r.id_mask, r.phone_mask, r.compound, r.door, r.grid, r.residence, "、".join(r.tags),
        r.verified_on,
    )  # fmt: skip


def write_refused(path: Path, workbook: Workbook, reading: RosterReading) -> int:
    """Give the rows that were not taken back to whoever sent them: as they were, bad cells red, reasons behind.

    The file holds what the sender's own file holds, in full. Answers how many rows. Raises EnvironmentFault.
    """
    wrong: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for problem in reading.problems:
        if problem.severity == REFUSE:
            letters = problem.cell.rstrip("0123456789")
            key = (problem.sheet, int(problem.cell[len(letters) :]))
            wrong.setdefault(key, []).append((letters, problem.message))
    book = XlWorkbook(write_only=True)
    names: set[str] = set()
    written = 0
    for sheet, role in zip(workbook.sheets, reading.sheets, strict=True):
        mine = {row: found for (name, row), found in wrong.items() if name == sheet.name}
        if role.layout is None or not mine:
            continue
        out = _new_sheet(book, sheet_name(sheet.name, names))
        for number in role.layout.header_rows:
            header = [*_texts(sheet.rows[number - 1], sheet.width), "没收的原因"]
            out.append([_cell(out, text, bold=True) for text in header])
        for number, found in sorted(mine.items()):
            out.append(_red_row(out, _texts(sheet.rows[number - 1], sheet.width), found))
            written += 1
    if not book.worksheets:
        _new_sheet(book, "没有要改的行")
    for made in book.worksheets:
        made.close()
    with atomic_write(path) as partial:
        xlsx_rows.save(book, partial)
    return written


def _new_sheet(book: XlWorkbook, name: str) -> XlSheet:
    sheet: XlSheet = book.create_sheet(name)
    xlsx_rows.stream(sheet)
    return sheet


def _red_row(sheet: XlSheet, texts: Sequence[str], found: Sequence[tuple[str, str]]) -> list[XlCell]:
    bad = {letters for letters, _message in found}
    cells = [_cell(sheet, text, red=get_column_letter(n) in bad) for n, text in enumerate(texts, 1)]
    return [*cells, _cell(sheet, "；".join(message for _letters, message in found))]


def _cell(sheet: XlSheet, text: str, *, red: bool = False, bold: bool = False) -> XlCell:
    cell = put_text(WriteOnlyCell(sheet), text)
    cell.number_format = "@"
    cell.quotePrefix = True
    cell.alignment = Alignment(vertical="center", wrap_text=bold)
    if red:
        cell.fill = _RED
    if bold:
        cell.font = Font(bold=True)
    return cell


def _texts(row: Sequence[Cell], width: int) -> list[str]:
    return [*(text_of(value) for value in row), *[""] * (width - len(row))]
