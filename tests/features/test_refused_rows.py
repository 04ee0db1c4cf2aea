"""G39 for the rows that go back to their sender: whatever stood in the file comes out as text, under any sheet name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.escape import unescape

from centerdesk.features.people.exporting import write_refused
from centerdesk.features.people.importing import read_roster
from centerdesk.kernel.reporting.plaintext import esc
from centerdesk.kernel.spreadsheet_in import Sheet, Workbook
from tests.golden.attacks import PAYLOADS

HEADER = ["姓名", "公民身份号码", "性别", "联系电话", "楼栋门牌", "备注"]


def given_back(path: Path, *sheets: tuple[str, tuple[str, ...]]):
    """Sheets of a name and remarks; each row is refused, for it has no name and a number that does not add up."""
    made = [
        Sheet(
            name, True, [[*HEADER], *(["", "230811196001010000", "男", "", "1-1-101", r] for r in remarks)], 6
        )
        for name, remarks in sheets
    ]
    book = Workbook("ods", tuple(made))
    reading = read_roster(book, known_grids=[], known_compounds=[], today=date(2026, 12, 3))
    assert write_refused(path, book, reading) == sum(len(remarks) for _name, remarks in sheets)
    return openpyxl.load_workbook(path)


def test_what_people_typed_goes_back_as_text(tmp_path: Path) -> None:
    sheet = given_back(tmp_path / "refused.xlsx", ("台账", tuple(PAYLOADS))).worksheets[0]
    cells = [row[5] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    assert not any(cell.hyperlink for cell in cells)
    pairs = zip(cells, PAYLOADS, strict=True)
    assert [n for n, (cell, text) in enumerate(pairs) if unescape(str(cell.value or "")) != esc(text)] == []


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("2026/3", "20263"),
        ("a[1]:*?\\", "a1"),
        ("'", "表"),
        ("", "表"),
        ("响\x07铃", "响□铃"),
        ("长" * 40, "长" * 31),
    ],
)
def test_a_sheet_name_that_excel_does_not_take_costs_no_row(tmp_path: Path, name: str, written: str) -> None:
    """Sheets of other formats, and of files that no program of this world has saved."""
    book = given_back(tmp_path / "refused.xlsx", (name, ("一",)), (name + "乙", ("二", "三")))
    assert book.sheetnames[0] == written
    assert len(book.sheetnames) == 2
    assert max(map(len, book.sheetnames)) <= 31
