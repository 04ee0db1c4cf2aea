"""Small spreadsheets built byte by byte, honest and dishonest, for the tests of the reader."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def rows_xml(rows: int, columns: int = 3) -> str:
    """`<row>` elements with inline strings r{row}c{column}."""
    return "".join(
        f'<row r="{r}">'
        + "".join(
            f'<c r="{chr(64 + c)}{r}" t="inlineStr"><is><t>r{r}c{c}</t></is></c>'
            for c in range(1, columns + 1)
        )
        + "</row>"
        for r in range(1, rows + 1)
    )


def sheet_xml(data: str, before: str = "") -> str:
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData></worksheet>'


def xlsx(
    sheet: str | bytes,
    extra: Mapping[str, str | bytes] | None = None,
    *,
    name: str = "台账",
    workbook: str = "",
) -> bytes:
    """A minimal package with one worksheet part and any extra parts (which replace the usual ones)."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{BOOK_TYPE}"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SHEET_TYPE}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}'
        f'<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
        f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
        **(extra or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return out.getvalue()


def plain(rows: int = 20) -> bytes:
    """An honest workbook."""
    return xlsx(sheet_xml(rows_xml(rows)))


def one_cell(address: str, row: int) -> bytes:
    """A workbook whose only value stands far out (RELIABILITY F15)."""
    return xlsx(sheet_xml(f'<row r="{row}"><c r="{address}"><v>1</v></c></row>'))


def lying_sizes(data: bytes, part: str) -> bytes:
    """The same package, whose directory claims that the part unpacks to ten bytes."""
    changed = bytearray(data)
    position = 0
    while (position := data.find(b"PK\x01\x02", position)) >= 0:
        length = struct.unpack_from("<H", data, position + 28)[0]
        if data[position + 46 : position + 46 + length].decode() == part:
            struct.pack_into("<I", changed, position + 24, 10)
        position += 46
    return bytes(changed)


def zeros(megabytes: int) -> bytes:
    """A sheet followed by empty elements that pack a thousandfold."""
    return sheet_xml(rows_xml(2)).encode() + b"<a/>" * (megabytes << 18)


def xlsb_sheet(row: int, column: int) -> bytes:
    """A binary worksheet part with one number at a 0-based row and column."""

    def record(kind: int, body: bytes) -> bytes:
        return bytes((kind,)) + bytes((len(body),)) + body

    return record(0, struct.pack("<I", row) + bytes(13)) + record(5, struct.pack("<IId", column, 0, 1.0))
