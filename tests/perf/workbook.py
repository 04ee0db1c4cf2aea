"""The roster of the import figure: written as office programs write one (shared strings), in a few seconds."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from centerdesk.kernel.spreadsheet_in_limits import MAX_ROWS
from tests.perf.people import Made, people

HEADER = (
    "序号", "所属网格", "户主姓名", "小区", "楼栋门牌", "姓名", "与户主关系", "性别", "民族", "出生日期",
    "公民身份号码", "联系电话", "政治面貌", "居住情况", "人员标签", "迁入日期", "备注",
)  # fmt: skip
"""The columns of the sample ledger of 云和社区."""

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACK = "http://schemas.openxmlformats.org/package/2006"
_SHEET_ML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACK}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_ML}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_ML}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_ML}.styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_SHEET_ML}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACK}/relationships">'
    f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>'
    '<sheet name="居民台账" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACK}/relationships">'
    f'<Relationship Id="rId1" Type="{_REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_REL}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{_REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf/></cellXfs></styleSheet>',
}


def write_rosters(path: Path, count: int) -> list[Path]:
    """A ledger of `count` people, in as many files beside `path` as the reader's limit of rows asks for."""
    written = []
    for n, part in enumerate(_parts(count, MAX_ROWS - 10)):
        written.append(path.with_stem(f"{path.stem}-{n + 1}"))
        write_roster(written[-1], part)
    return written


def _parts(count: int, most: int) -> Iterator[list[Made]]:
    """The people in runs of at most about `most`; no household is cut in two."""
    part: list[Made] = []
    for one in people(count):
        if len(part) >= most - 10 and one.first:
            yield part
            part = []
        part.append(one)
    yield part


def write_roster(path: Path, made: Iterable[Made]) -> None:
    """A ledger of these people, household cells written once for a household, as the sample has them."""
    strings: dict[str, int] = {}
    rows = [_row(1, list(HEADER), strings)]
    rows += [_row(n + 1, _cells(n, one), strings) for n, one in enumerate(made, 1)]
    body = "".join(rows)
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in _PARTS.items():
            package.writestr(name, _HEAD + text)
        package.writestr(
            "xl/worksheets/sheet1.xml",
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><dimension ref="A1:Q{len(rows)}"/>'
            f"<sheetData>{body}</sheetData></worksheet>",
        )
        package.writestr(
            "xl/sharedStrings.xml",
            f'{_HEAD}<sst xmlns="{_MAIN}" count="{len(strings)}" uniqueCount="{len(strings)}">{shared}</sst>',
        )


def _cells(number: int, one: Made) -> list[str | int]:
    home = [one.grid, one.head, one.compound, one.door] if one.first else ["", "", "", ""]
    moved = f"{one.move_in.year}/{one.move_in.month}/{one.move_in.day}"
    return [
        number, *home, one.name, one.relation, one.sex, "汉族", one.birth.isoformat(), one.id_no, one.phone,
        one.political, one.residence, one.tags, moved, "",
    ]  # fmt: skip


def _row(number: int, cells: list[str | int], strings: dict[str, int]) -> str:
    found = []
    for column, value in enumerate(cells):
        at = f"{chr(65 + column)}{number}"
        if isinstance(value, int):
            found.append(f'<c r="{at}"><v>{value}</v></c>')
        elif value:
            found.append(f'<c r="{at}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>')
    return f'<row r="{number}">{"".join(found)}</row>'
