"""G39: whatever people typed leaves every exporter as text, unchanged but for what `esc` documents."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from openpyxl.utils.escape import unescape
from reportlab import rl_config

from centerdesk.kernel.reporting import csvfile, gbt9704, pdf, xlsx
from centerdesk.kernel.reporting.build import Heading
from centerdesk.kernel.reporting.document import Block, Cell, Col, Level, SignField, Table
from centerdesk.kernel.reporting.plaintext import MARK, esc
from tests.golden import pdfprobe, samples
from tests.golden.attacks import PAYLOADS

LIST = Table(
    PAYLOADS[0],
    (Col("no", "号", width_mm=30), Col("text", "=1+1")),
    [(f"R{at:04}", text) for at, text in enumerate(PAYLOADS)],
    PAYLOADS[1],
)


def _return(payload: str):
    """A return that has the payload wherever text may stand."""
    rows = (
        Heading(payload),
        {
            "name": Cell(payload, note=payload),
            "unit": Cell(payload),
            "month": Cell(payload),
            "note": Cell(payload),
        },
    )
    return replace(
        samples.document(rows),
        title=payload,
        period=payload,
        office=payload,
        form=payload,
        issuer=payload,
        unit_note=payload,
        explanations=(payload, payload),
        signatures=(SignField(payload, payload),),
        footing=replace(samples.FOOTING, printed_by=payload, definition=payload),
    )


def test_there_are_five_hundred() -> None:
    assert len(PAYLOADS) >= 500


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("王\x00五", f"王{MARK}五"),
        ("王\x1b[31m五", f"王{MARK}[31m五"),
        ("\u202e五王", f"{MARK}五王"),
        ("半\ud800个", f"半{MARK}个"),
        ("\uffff", MARK),
        ("a\tb", "a b"),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("＝cmd", "＝cmd"),
        ("𫟼𬭎𬍛𠅤", "𫟼𬭎𬍛𠅤"),
        ("  两端 ", "  两端 "),
        ("a<b & c", "a<b & c"),
    ],
)
def test_what_the_gate_writes(given: str, written: str) -> None:
    assert esc(given) == written
    assert esc(written) == written


def _sheets(path: Path) -> str:
    with zipfile.ZipFile(path) as package:
        assert not [name for name in package.namelist() if "externalLink" in name or "vba" in name]
        parts = [
            package.read(name).decode() for name in package.namelist() if name.endswith((".xml", ".rels"))
        ]
    return "".join(parts)


def _assert_no_formula_no_link(path: Path) -> None:
    text = _sheets(path)
    assert not re.search(r"<f[ >/]", text)
    assert "<hyperlink" not in text.lower()
    assert "TargetMode=" not in text


def test_excel_list(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    xlsx.write_table(path, LIST)
    _assert_no_formula_no_link(path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    cells = [row[1] for row in sheet.iter_rows(min_row=4, max_row=3 + len(PAYLOADS))]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert all(cell.quotePrefix for cell in cells)
    assert not any(cell.hyperlink for cell in cells)
    assert [unescape(str(cell.value or "")) for cell in cells] == [esc(text) for text in PAYLOADS]
    book.close()


def test_excel_list_as_another_reader_sees_it(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    xlsx.write_table(path, LIST)
    rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    read = [str(row[1]) for row in rows[3:]]
    assert read == [esc(text) for text in PAYLOADS]


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 51))
def test_excel_return(tmp_path: Path, start: int) -> None:
    path = tmp_path / "return.xlsx"
    for payload in PAYLOADS[start : start + 51]:
        xlsx.write_document(
            path, _return(payload), annexes=(Table(payload, (Col("a", payload),), [(payload,)]),)
        )
        _assert_no_formula_no_link(path)
    book = openpyxl.load_workbook(path)
    assert unescape(str(book.worksheets[1]["A4"].value or "")) == esc(payload)
    book.close()


def test_csv(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    csvfile.write_table(path, LIST)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    fields = [row[1] for row in rows]
    assert not [field for field in fields if re.match(r"\s*[=+\-@＝＋－＠|%]", field)]
    assert [csvfile.unfield(field) for field in fields] == ["=1+1", *(esc(text) for text in PAYLOADS)]


def _flat(text: str) -> str:
    """Without blanks and what has no shape; pdfium takes the ligature apart while reading."""
    return re.sub("[\\s\u00ad\u200b-\u200d\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]", "", text).replace(
        "ﬁ", "fi"
    )


def _as_drawn(text: str, missing: set[str]) -> str:
    """A character nobody can draw copies out followed by its code point."""
    return "".join(f"{char}{ord(char):04X}" if char in missing else char for char in text)


def _between(path: Path, top: float, first_top: float) -> str:
    """What stands in the text area of all pages, above the page number and below the heads."""
    text = ""
    for page in range(pdfprobe.page_count(path)):
        least = first_top if page == 0 else top
        text += "".join(glyph.char for glyph in pdfprobe.glyphs(path, page) if least < glyph.y < 262.5)
    return text


RIGHT_TO_LEFT = [text for text in PAYLOADS if re.search("[\u0590-\u08ff]", text)]
"""pdfium turns these round while reading, and their neighbours with them: compared apart, in any order."""

IN_ORDER = [text for text in PAYLOADS if text not in RIGHT_TO_LEFT]


def _assert_told_apart(text: str, missing: set[str]) -> None:
    pieces = [_flat(piece) for piece in re.split(r"R\d{4}", text)[1:]]
    assert pieces == [_flat(_as_drawn(esc(payload), missing)) for payload in IN_ORDER]


def test_pdf_right_to_left(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    table = Table("清单", (Col("text", "内容"),), [(text,) for text in RIGHT_TO_LEFT])
    outcome = pdf.write_table(path, table, system_faces=False)
    missing = {glyph.char for glyph in outcome.missing_glyphs}
    expected = "".join(_as_drawn(esc(text), missing) for text in RIGHT_TO_LEFT)
    assert sorted(_flat(_between(path, 52, 55))) == sorted(_flat(expected))


def test_pdf_list(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    table = replace(
        LIST, title="清单", subtitle="", rows=[(f"R{at:04}", text) for at, text in enumerate(IN_ORDER)]
    )
    outcome = pdf.write_table(path, table, system_faces=False)
    assert pdfprobe.active(path) == []
    missing = {glyph.char for glyph in outcome.missing_glyphs}
    _assert_told_apart(_between(path, 52, 55), missing)


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 51))
def test_pdf_return(tmp_path: Path, start: int) -> None:
    path = tmp_path / "return.pdf"
    for payload in PAYLOADS[start : start + 51]:
        pdf.write_document(path, _return(payload), system_faces=False)
        assert pdfprobe.active(path) == []
    assert "盖章处" in pdfprobe.drawn(path)


def test_nothing_is_fetched_for_a_pdf_even_by_the_library() -> None:
    """F19: our renderers draw no markup; whoever lets reportlab read some finds the door shut."""
    assert rl_config.trustedSchemes == ["data"]


def test_letter_body(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    body = tuple(Block(f"R{at:04}{text}") for at, text in enumerate(IN_ORDER))
    letter = samples.report(body, attachments=(), copy_to="")
    outcome = gbt9704.write_report(path, letter, system_faces=False, clean=True)
    assert pdfprobe.active(path) == []
    missing = {glyph.char for glyph in outcome.missing_glyphs}
    _assert_told_apart(_between(path, 0, 150).split("云和社区党群服务中心")[0], missing)


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 51))
def test_letter_everywhere_else(tmp_path: Path, start: int) -> None:
    path = tmp_path / "letter.pdf"
    for payload in PAYLOADS[start : start + 51]:
        letter = replace(
            samples.report((Block(payload, payload, Level.FIRST), Block(payload, payload, Level.SECOND))),
            office=payload,
            number=payload,
            title=payload,
            addressee=payload,
            attachments=(payload, payload),
            signatory=payload,
            copy_to=payload,
            issued_by=payload,
        )
        gbt9704.write_report(path, letter, system_faces=False)
        assert pdfprobe.active(path) == []
        assert "2026年12月4日" in pdfprobe.drawn(path)
