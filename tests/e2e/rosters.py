"""Small rosters of made-up people, as files."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import openpyxl

from tests.e2e.program import GRIDS
from tests.helpers.people import id_number

HEADER = ("姓名", "证件号码", "性别", "小区", "门牌", "网格", "电话")


def roster(path: Path, *persons: tuple[str, ...]) -> Path:
    """A small roster of made-up people."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    for person in persons:
        sheet.append(person)
    book.save(path)
    return path


def person(serial: int, grid: str = GRIDS[0], name: str = "李桂兰") -> tuple[str, ...]:
    """One row: an elder with a number that adds up, another one for each serial."""
    number = id_number(date(1950, 5, 6) + timedelta(days=serial), serial % 99)
    return name, number, "女", "云和小区", f"3-1-{serial:02d}1", grid, "19900001234"


def crowd(path: Path, size: int) -> Path:
    """So many different people, each behind a door of their own."""
    return roster(path, *(person(n, name="王" + chr(0x4E00 + 40 * n)) for n in range(1, size + 1)))
