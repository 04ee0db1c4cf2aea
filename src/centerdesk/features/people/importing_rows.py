"""From the rows of a sheet to person rows: totals, sections, signatures left out, 同上 and joins filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from centerdesk.features.people.importing_layout import SheetLayout
from centerdesk.features.people.importing_words import DITTO, field_of
from centerdesk.kernel.spreadsheet_in import Cell, Sheet

HOUSEHOLD_FIELDS = frozenset(
    ("hno", "head", "grid", "compound", "address", "building", "unit", "floor", "room")
)
"""Written once for a household: blank means as above."""
_OWN_DOOR = frozenset(("head", "address", "room", "floor"))
"""Not taken from another household when a household number tells them apart."""
_NO_DITTO = frozenset(("seq", "pno"))
_DITTO_LENGTH = max(map(len, DITTO))
_PERSON_FIELDS = ("relation", "sex", "birth", "phone")

_TOTAL = re.compile(
    r"^[【\[(（]?(合计|总计|小计|共计|累计|总数|总人数|总户数|本页|本户合计|全社区|合計|總計|小計|共計|累計)"
)
_SIGNATURE = re.compile(
    r"(负责人|填表人|审核人|制表人?|经办人|填报人|报送人|填表日期|填报日期|填表时间|报出日期|盖章|签字|签名|負責人|填表人|審核人|製表人?|經辦人|填報人|簽字|簽名)[^:：]{0,6}[:：]"
)
_END = re.compile(
    r"^[—\-*\s]*(以下空白|以下无正文|以下無正文|以下无内容|此页空白|完|结束|END)[—\-*。\s]*$", re.IGNORECASE
)
_SECTION = re.compile(r"^[—\-=*_·【\[（(<《].*[—\-=*_·】\]）)>》]$")
_REMARK = re.compile(r"^(注|备注|備註|说明|說明|填表说明|填表說明)\s*\d*[:：、.]")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person row with everything filled in. `cells` maps a field to its value ("" for nothing);
    `origin` tells for a household field in which row it was really written (None: nowhere). Rows that write
    nothing for their household share it, the very same one."""

    number: int
    cells: dict[str, Cell]
    origin: dict[str, int | None]
    phones: tuple[Cell, ...]


class Filler:
    """Walks a sheet once and yields its person rows."""

    def __init__(self, sheet: Sheet, layout: SheetLayout) -> None:
        self._sheet = sheet
        self._layout = layout
        self._columns = [(c - 1, field) for c, field in layout.columns.items() if field != "end"]
        first: dict[str, int] = {}
        for column, field in self._columns:
            first.setdefault(field, column)
        self._first = first
        self._plan = [
            (column, field, field in HOUSEHOLD_FIELDS, field in _OWN_DOOR) for column, field in self._columns
        ]
        self._width = max((c for c, _ in self._columns), default=0) + 1
        self._phone_columns = [c for c, field in self._columns if field == "phone"]
        self._numbered = "hno" in first
        self._joined = self._joined_cells()
        self._wide = {
            top
            for top, left, bottom, right in sheet.merged
            if top == bottom and (right - left + 1) * 2 >= sheet.width > 2
        }

    def rows(self) -> Iterator[PersonRow]:
        """Person rows in file order."""
        above: list[Cell] = [""] * self._width
        origin: dict[str, int | None] = dict.fromkeys(HOUSEHOLD_FIELDS & self._first.keys())
        for number in range(self._layout.header_rows[-1] + 1, len(self._sheet.rows) + 1):
            row = self._sheet.rows[number - 1]
            if len(row) < self._width:
                row = row + [""] * (self._width - len(row))
            if not self._is_person(number, row):
                continue
            above, written = self._fill(number, row, above)
            if written:
                origin = origin | written
            phones = tuple([above[c] for c in self._phone_columns])
            yield PersonRow(number, self._by_field(above), origin, phones)

    def _fill(
        self, number: int, row: list[Cell], above: list[Cell]
    ) -> tuple[list[Cell], dict[str, int | None]]:
        """The row's values by column, and which household fields it writes itself: here, or (None) as nothing."""
        here = row[:]
        written: dict[str, int | None] = {}
        own = not self._same_household(row, above)
        for column, field, shared, own_door in self._plan:
            value = row[column]
            if value == "" and self._joined:
                value = here[column] = self._joined.get((number, column), "")
            if value.__class__ is str:
                bare = value.strip()
                if not bare:
                    if shared and not (own and own_door):
                        here[column] = above[column]
                        continue
                    value = here[column] = ""
                elif len(bare) <= _DITTO_LENGTH and bare in DITTO and field not in _NO_DITTO:
                    here[column] = above[column]
                    continue
            if shared:
                written[field] = number if value != "" else None
        return here, written

    def _by_field(self, here: list[Cell]) -> dict[str, Cell]:
        """Of several columns of one field the first that says something."""
        cells = {field: here[column] for column, field in self._columns}
        if len(cells) < len(self._columns):
            for column, field in reversed(self._columns):
                if here[column] != "":
                    cells[field] = here[column]
        return cells

    def _same_household(self, row: list[Cell], above: list[Cell]) -> bool:
        """Whether the household number, where there is one, is that of the row above."""
        if not self._numbered:
            return True
        column = self._first["hno"]
        value = row[column]
        return value in ("", above[column]) or (isinstance(value, str) and value.strip() in DITTO)

    def _joined_cells(self) -> dict[tuple[int, int], Cell]:
        """Cells covered by a vertical join in a column that is not filled down anyway."""
        covered: dict[tuple[int, int], Cell] = {}
        fields = dict(self._columns)
        last_header = self._layout.header_rows[-1]
        for top, left, bottom, right in self._sheet.merged:
            if top <= last_header or left != right or left - 1 not in fields:
                continue
            if fields[left - 1] in HOUSEHOLD_FIELDS or top > len(self._sheet.rows):
                continue
            row = self._sheet.rows[top - 1]
            value = row[left - 1] if left <= len(row) else ""
            covered.update(
                {(r, left - 1): value for r in range(top + 1, min(bottom, len(self._sheet.rows)) + 1)}
            )
        return covered

    def _value(self, row: list[Cell], field: str) -> Cell:
        column = self._first.get(field)
        value = "" if column is None else row[column]
        return value.strip() if isinstance(value, str) else value

    def _is_person(self, number: int, row: list[Cell]) -> bool:
        name, identity = self._value(row, "name"), self._value(row, "id")
        if name != "" and isinstance(identity, str) and len(identity) >= 15 and identity[:6].isdigit():
            return True  # most rows
        texts = [cell.strip() for cell in row if isinstance(cell, str) and cell.strip()]
        if self._is_special(number, texts):
            return False
        if (name != "" and not isinstance(name, int | float)) or identity != "":
            return not self._repeats_header(name, identity)
        return sum(self._value(row, field) not in DITTO | {""} for field in _PERSON_FIELDS) >= 2

    def _is_special(self, number: int, texts: list[str]) -> bool:
        """A total, a section, a signature, an end mark, a remark or nothing."""
        if not texts:
            return False  # numbers only; judged by what they are
        bare = ["".join(text.split()) for text in texts[:3]]
        if any(_TOTAL.match(text) or _END.match(text) for text in bare) or _REMARK.match(bare[0]):
            return True
        if any(_SIGNATURE.search(text) for text in texts):
            return True
        return len(set(texts)) == 1 and (number in self._wide or _SECTION.match(bare[0]) is not None)

    def _repeats_header(self, name: Cell, identity: Cell) -> bool:
        if not isinstance(name, str) or not isinstance(identity, str):
            return False
        words = [word for word in (name, identity) if word]
        return all((field_of(word) or ("",))[0] in ("name", "id", "head") for word in words)
