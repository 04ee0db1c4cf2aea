"""Where a roster's table is: sheet role, header rows, the meaning of each column. Pure, no file access."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from centerdesk.features.people.importing_words import field_of, fold_header, fold_word
from centerdesk.features.places.rules import parse_door
from centerdesk.kernel.spreadsheet_in import Cell, Sheet, Workbook
from centerdesk.kernel.spreadsheet_in_limits import column_letters

_HEADER_SEARCH_ROWS = 60
_SAMPLE = 60
_MULTIPLE = frozenset(("phone", "tags", "remark"))
_DICTIONARY_NAME = re.compile(r"字典|数据源|下拉|选项|码表|代码表|参数|枚举|dict", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """Header rows (1-based) and the field of each column (1-based) of one data sheet (版式)."""

    header_rows: tuple[int, ...]
    columns: Mapping[int, str]
    ignored: tuple[tuple[int, str], ...] = ()

    def column(self, field: str) -> int | None:
        """The first column that holds the field."""
        return next((c for c, name in self.columns.items() if name == field), None)


@dataclass(frozen=True, slots=True)
class SheetReading:
    """What a sheet was taken for. `role`: data, dictionary, notes or skipped; `why` is a sentence.

    `layout` and the data rows (first and last row with a person) are None unless role is data.
    """

    name: str
    role: str
    why: str
    layout: SheetLayout | None = None
    first_data_row: int | None = None
    last_data_row: int | None = None

    def with_rows(self, first: int | None, last: int | None) -> SheetReading:
        return replace(self, first_data_row=first, last_data_row=last)


def read_sheet(sheet: Sheet, workbook: Workbook, layout: SheetLayout | None = None) -> SheetReading:
    """Decide what a sheet is; a given layout is believed."""
    if layout is not None:
        return SheetReading(sheet.name, "data", "按保存的版式读取。", layout)
    found = find_layout(sheet, csv=workbook.format == "csv")
    if not sheet.visible:
        role = "dictionary" if _looks_like_dictionary(sheet, found) else "skipped"
        return SheetReading(sheet.name, role, "隐藏的工作表，不导入。")
    if found is not None:
        rows = "、".join(map(str, found.header_rows))
        why = f"表头在第 {rows} 行，认出 {len(found.columns)} 列。"
        if found.ignored:
            names = "、".join(f"{column_letters(c)} {text}" for c, text in found.ignored)
            why += f"没有对应项、不导入的列：{names}。"
        return SheetReading(sheet.name, "data", why, found)
    if not any(any(cell != "" for cell in row) for row in sheet.rows):
        return SheetReading(sheet.name, "skipped", "空表。")
    if _looks_like_dictionary(sheet, None):
        return SheetReading(sheet.name, "dictionary", "下拉选项用的字典表，不导入。")
    if _looks_like_notes(sheet):
        return SheetReading(sheet.name, "notes", "说明文字，不导入。")
    return SheetReading(sheet.name, "skipped", "没有找到带“姓名”的表头，不导入。要导入它，请把表头行补上。")


def find_layout(sheet: Sheet, *, csv: bool = False) -> SheetLayout | None:
    """Find the header, one row or several merged ones; None when there is none that names persons."""
    best, best_score = 0, 0
    for number, row in enumerate(sheet.rows[:_HEADER_SEARCH_ROWS], 1):
        score = _header_score(row)
        if score > best_score:
            best, best_score = number, score
    if best_score < 3:
        return None
    header_rows = _whole_header(sheet, best)
    labels = _labels(sheet, header_rows)
    columns, ignored = _columns(labels)
    if not {"name", "head"} & set(columns.values()) or not _is_about_persons(columns):
        return None
    columns = _by_content(sheet, header_rows[-1], columns)
    if csv:
        columns = _empty_last_column(sheet, header_rows[-1], labels, columns)
    return SheetLayout(tuple(header_rows), columns, ignored)


def _is_about_persons(columns: Mapping[int, str]) -> bool:
    """A name alone is not enough (a list of staff or of winners has one)."""
    return (
        len(
            {"id", "relation", "sex", "birth", "phone", "address", "room", "building", "tags"}
            & set(columns.values())
        )
        >= 2
    )


def _header_score(row: Sequence[Cell]) -> int:
    """How many different fields the row's cells name; 0 for a row that names no person."""
    fields: set[str] = set()
    for cell in row:
        if isinstance(cell, str) and 0 < len(cell) <= 30 and (found := field_of(cell)):
            fields.add(found[0])
    return len(fields)


def _whole_header(sheet: Sheet, best: int) -> list[int]:
    """The header rows around the best one, upwards over group labels and downwards over sub-labels."""
    rows = [best]
    while rows[0] > 1 and len(rows) < 4 and _is_upper_header(sheet, rows[0] - 1):
        rows.insert(0, rows[0] - 1)
    while len(rows) < 4 and rows[-1] < len(sheet.rows) and _is_lower_header(sheet, rows[-1]):
        rows.append(rows[-1] + 1)
    return rows


def _is_upper_header(sheet: Sheet, number: int) -> bool:
    """Whether row `number` holds labels over the row below it, not a title or the unit line."""
    row, below = sheet.rows[number - 1], sheet.rows[number]
    texts = [str(cell).strip() for cell in row if str(cell).strip()]
    if not texts or any(re.search(r"[:：]", text) or len(text) > 20 for text in texts):
        return False
    joined = any(top == number and bottom > number for top, _, bottom, _ in sheet.merged)
    if joined and not _spans_all(sheet, number):
        return True
    for column, cell in enumerate(row):
        under = below[column] if column < len(below) else ""
        if (
            isinstance(cell, str)
            and under == ""
            and field_of(cell)
            and _header_score(row) >= 1
            and len(texts) > 1
        ):
            return True
    return len(texts) > 1 and any(
        top == bottom == number and right > left for top, left, bottom, right in sheet.merged
    )


def _spans_all(sheet: Sheet, number: int) -> bool:
    return any(
        top <= number <= bottom and right - left + 1 >= max(2, sheet.width * 2 // 3)
        for top, left, bottom, right in sheet.merged
    )


def _is_lower_header(sheet: Sheet, number: int) -> bool:
    """Whether the row after `number` continues the header: joined cells, or sub-labels and nothing else."""
    if any(top <= number < bottom for top, _, bottom, _ in sheet.merged if top >= number - 2):
        upper = sheet.rows[number - 1]
        joined = [c for top, c, bottom, _ in sheet.merged if top <= number < bottom and c <= len(upper)]
        if any(isinstance(upper[c - 1], str) and field_of(str(upper[c - 1])) for c in joined):
            return True
    row, above = sheet.rows[number], sheet.rows[number - 1]
    named = 0
    for column, cell in enumerate(row):
        if cell == "":
            continue
        if not isinstance(cell, str) or len(cell) > 12:
            return False
        over = above[column] if column < len(above) else ""
        if over != "" and field_of(str(over)) in (("name", True), ("id", True)):
            return False
        named += field_of(cell) is not None
    return named >= 2


def _labels(sheet: Sheet, header_rows: Sequence[int]) -> dict[int, list[str]]:
    """The texts over each column from top to bottom, joined cells filled, repeats dropped."""
    covered: dict[tuple[int, int], Cell] = {}
    for top, left, bottom, right in sheet.merged:
        if top in header_rows or bottom in header_rows:
            value = _at(sheet, top, left)
            covered.update({(r, c): value for r in range(top, bottom + 1) for c in range(left, right + 1)})
    labels: dict[int, list[str]] = {}
    for column in range(1, sheet.width + 1):
        texts: list[str] = []
        for number in header_rows:
            value = covered.get((number, column), _at(sheet, number, column))
            text = " ".join(str(value).split())
            if text and text not in texts:
                texts.append(text)
        labels[column] = texts
    return _spread(sheet, header_rows, labels)


def _spread(sheet: Sheet, header_rows: Sequence[int], labels: dict[int, list[str]]) -> dict[int, list[str]]:
    """Without joined cells (csv) a group label stands over its first column only: lend it to the next."""
    if len(header_rows) < 2 or sheet.merged:
        return labels
    group = ""
    for column in range(1, sheet.width + 1):
        top, low = _at(sheet, header_rows[0], column), _at(sheet, header_rows[-1], column)
        group = str(top) if top != "" else group
        if top == "" and low != "" and group:
            labels[column].insert(0, group)
    return labels


def _at(sheet: Sheet, row: int, column: int) -> Cell:
    cells = sheet.rows[row - 1] if row <= len(sheet.rows) else []
    return cells[column - 1] if column <= len(cells) else ""


def _columns(labels: Mapping[int, list[str]]) -> tuple[dict[int, str], tuple[tuple[int, str], ...]]:
    """Field by column; a field is given once (phones, tags, remarks more often), a sure name first."""
    guesses: list[tuple[bool, int, str]] = []
    ignored: dict[int, str] = {}
    for column, texts in labels.items():
        if not texts:
            continue
        parent = texts[-2] if len(texts) > 1 else ""
        found = field_of(texts[-1], parent) or (
            field_of(parent) if parent and not field_of(texts[-1]) else None
        )
        if found is None:
            ignored[column] = "".join(texts)
        else:
            guesses.append((not found[1], column, found[0]))
    columns: dict[int, str] = {}
    for _, column, field in sorted(guesses):
        if field in columns.values() and field not in _MULTIPLE:
            ignored[column] = "".join(labels[column])
        else:
            columns[column] = field
    columns = dict(sorted(columns.items()))
    if "name" not in columns.values() and "head" in columns.values():
        columns = {c: "name" if f == "head" else f for c, f in columns.items()}
    return columns, tuple(sorted(ignored.items()))


def _by_content(sheet: Sheet, last_header: int, columns: dict[int, str]) -> dict[int, str]:
    """A column named 楼号 or 房号 that holds whole doors is the address."""
    fields = set(columns.values())
    if "address" in fields:
        return columns
    for column, field in columns.items():
        if field not in ("building", "room"):
            continue
        texts = [str(_at(sheet, r, column)) for r in range(last_header + 1, last_header + 1 + _SAMPLE)]
        doors = [parse_door(text) for text in texts if text]
        whole = sum(1 for door in doors if door and door.building and door.room)
        if doors and whole * 2 > len(doors):
            return {c: "address" if c == column else f for c, f in columns.items()}
    return columns


def _empty_last_column(
    sheet: Sheet, last_header: int, labels: Mapping[int, list[str]], columns: dict[int, str]
) -> dict[int, str]:
    """An export that ends each record with a separator makes one empty column more: named `end`."""
    last = sheet.width
    if (
        last
        and not labels[last]
        and all(_at(sheet, r, last) == "" for r in range(last_header, len(sheet.rows) + 1))
    ):
        return {**columns, last: "end"}
    return columns


def _looks_like_dictionary(sheet: Sheet, found: SheetLayout | None) -> bool:
    """Columns of different short words under their headings."""
    if _DICTIONARY_NAME.search(fold_word(sheet.name)) is not None:
        return True
    if found is not None or not sheet.rows or len(sheet.rows) < 3:
        return False
    head = [column for column, cell in enumerate(sheet.rows[0]) if cell != ""]
    if not head or not any(
        isinstance(sheet.rows[0][c], str) and field_of(str(sheet.rows[0][c])) for c in head
    ):
        return False
    for column in head:
        values = [str(row[column]) for row in sheet.rows[1:] if column < len(row) and row[column] != ""]
        if len(values) != len(set(values)) or any(len(value) > 20 for value in values):
            return False
    return True


def _looks_like_notes(sheet: Sheet) -> bool:
    """Running text: nearly all in one column, sentences or numbered lines."""
    cells = [[c for c in row if c != ""] for row in sheet.rows]
    filled = [row for row in cells if row]
    single = sum(1 for row in filled if len(row) == 1 and isinstance(row[0], str))
    return single * 5 >= len(filled) * 4 or "说明" in fold_header(sheet.name)
