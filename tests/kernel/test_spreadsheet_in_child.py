"""What the child says, line by line, in this process: honest and refused files (no parser is at risk here)."""

from __future__ import annotations

import io
import json
import random
import sys
import types
import zipfile
from datetime import date, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from centerdesk.kernel import spreadsheet_in_child as child
from centerdesk.kernel import spreadsheet_in_csv, spreadsheet_in_limits, spreadsheet_in_zip
from centerdesk.kernel.spreadsheet_in_zip import Refused
from tests.faults.test_import_attack import REFUSED, external_link
from tests.kernel.spreadsheet_files import lying_sizes, plain, rows_xml, sheet_xml, xlsx

GOLDEN = Path(__file__).parents[1] / "golden" / "rosters"
NEEDS_THE_PIPE = {"many_shared_strings"}


def said(path: Path) -> list:
    lines: list = []
    child.serve(path, lines.append)
    return lines


def store(tmp_path: Path, data: bytes, name: str = "a.xlsx") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", sorted(set(REFUSED) - NEEDS_THE_PIPE))
def test_refused_before_the_parser(name, tmp_path):
    make, word = REFUSED[name]
    last = said(store(tmp_path, make()))[-1]
    assert word in last["error"]


def test_an_honest_package(tmp_path):
    lines = said(store(tmp_path, plain(3)))
    assert lines[0] == {"workbook": {"format": "xlsx", "notes": [], "date1904": False}}
    assert lines[1] == {"sheet": {"name": "台账", "visible": True, "width": 3, "merged": []}}
    assert lines[2][2] == ["r3c1", "r3c2", "r3c3"]
    assert lines[-1] == {"end": True}


def test_rows_come_in_lines_of_bounded_size(tmp_path):
    lines = said(store(tmp_path, plain(1201)))
    assert [len(line) for line in lines if isinstance(line, list)] == [500, 500, 201]
    noise = random.Random(1)  # what packs too well is refused
    wide = sheet_xml(
        "".join(
            f'<row r="{r}"><c r="B{r}" t="inlineStr"><is><t>{noise.randbytes(15000).hex()}</t></is></c></row>'
            for r in range(1, 300)
        )
    )
    lines = said(store(tmp_path, xlsx(wide)))
    assert [len(line) for line in lines if isinstance(line, list)] == [134, 134, 31]
    assert lines[2][0][0] == ""


def test_an_old_workbook_and_a_csv():
    assert said(GOLDEN / "qixiang_register_trad.xls")[0]["workbook"]["format"] == "xls"
    lines = said(GOLDEN / "songtao_export_gb18030.csv")
    assert lines[0] == {"workbook": {"format": "csv", "encoding": "gb18030"}}
    assert sum(len(line) for line in lines if isinstance(line, list)) == 801


def test_notes_about_what_was_not_done(tmp_path):
    assert len(said(store(tmp_path, external_link(9)))[0]["workbook"]["notes"]) == 2


def test_ole_files_that_are_no_readable_workbooks(tmp_path):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    bof = b"\x09\x08\x10\x00\x00\x06" + bytes(14)
    cases = {
        "密码": [ole + "EncryptedPackage".encode("utf-16-le"), ole + bof + b"\x2f\x00\x02\x00\x00\x00"],
        "文字或演示文档": [ole + "WordDocument".encode("utf-16-le")],
        "损坏": [ole, ole + bof, ole + bof + b"\x0a\x00\x00\x00" + "_VBA_PROJECT".encode("utf-16-le")],
    }
    for word, files in cases.items():
        for data in files:
            assert word in said(store(tmp_path, data, "a.xls"))[-1]["error"]


def test_limits_of_a_parsed_workbook(tmp_path, monkeypatch):
    book = openpyxl.Workbook()
    book.active["A9"] = "x"
    book.create_sheet("二")["A9"] = "y"
    path = tmp_path / "a.xlsx"
    book.save(path)
    monkeypatch.setattr(spreadsheet_in_limits, "MAX_SHEETS", 1)
    assert "2 张工作表" in said(path)[-1]["error"]
    monkeypatch.setattr(spreadsheet_in_limits, "MAX_SHEETS", 5)
    monkeypatch.setattr(spreadsheet_in_limits, "MAX_ROWS", 12)
    assert said(path)[-1]["sheet"] == "二"
    monkeypatch.setattr(spreadsheet_in_limits, "MAX_ROWS", 5)
    assert said(path)[-1]["cell"] == "A9"


def test_lost_rows_are_never_silent():
    sheet = types.SimpleNamespace(
        start=(0, 0), end=(4, 0), merged_cell_ranges=None, iter_rows=lambda: [["x"]]
    )
    with pytest.raises(Refused, match="应有 5 行，只读出 1 行"):
        child._emit_sheet("表", True, sheet, lambda _line: None)


def test_an_empty_sheet_is_told(tmp_path):
    assert said(store(tmp_path, xlsx(sheet_xml(""))))[1]["sheet"]["width"] == 0


def test_values_without_a_word_in_json():
    tagged = json.loads(child._ENCODER.encode([date(2026, 1, 2), time(7, 5), timedelta(hours=30), b"?"]))
    assert tagged == [{"d": "2026-01-02"}, {"t": "07:05:00"}, {"h": 108000.0}, "b'?'"]


class Pipe(io.StringIO):
    """A standard output with bytes below it."""

    def __init__(self) -> None:
        super().__init__()
        self.buffer = io.BytesIO()


@pytest.mark.parametrize(("room", "last"), [(1 << 20, {"end": True}), (50, None)])
def test_the_program_itself(tmp_path, monkeypatch, room, last):
    """With too little room for the rows the last line is the sentence, and it gets through."""
    pipe = Pipe()
    monkeypatch.setattr(spreadsheet_in_limits, "bind_this_process", lambda: None)
    monkeypatch.setattr(spreadsheet_in_limits, "MAX_OUTPUT_BYTES", room)
    monkeypatch.setattr(sys, "argv", ["child", str(store(tmp_path, plain(3)))])
    monkeypatch.setattr(sys, "stdout", pipe)
    child.main()
    answer = json.loads(pipe.buffer.getvalue().splitlines()[-1])
    assert answer == last or "文字太多" in answer["error"]


def test_a_broken_pipe_ends_the_child(tmp_path):
    def broken(_line: object) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        child.serve(store(tmp_path, plain()), broken)


def test_unpacked_size_is_counted_over_all_parts(monkeypatch):
    monkeypatch.setattr(spreadsheet_in_zip, "MAX_UNPACKED_BYTES", 3000)
    with pytest.raises(Refused, match="展开后超过"):
        spreadsheet_in_zip.inspect(io.BytesIO(plain(40)))


def test_a_directory_that_lies_hides_nothing():
    data = lying_sizes(plain(40), "xl/worksheets/sheet1.xml")
    assert spreadsheet_in_zip.inspect(io.BytesIO(data)).kind == "xlsx"


def test_cells_without_addresses_are_fine_in_number():
    data = xlsx(sheet_xml("<row>" + "<c><v>1</v></c>" * 150 + "</row>"))
    assert spreadsheet_in_zip.inspect(io.BytesIO(data)).kind == "xlsx"


def test_parts_nobody_reads_may_be_in_any_encoding():
    data = xlsx(sheet_xml(rows_xml(1)), {"customXml/item1.xml": '<?xml version="1.0"?><a/>'.encode("utf-16")})
    assert spreadsheet_in_zip.inspect(io.BytesIO(data)).kind == "xlsx"


def test_csv_limits(monkeypatch):
    monkeypatch.setattr(spreadsheet_in_csv, "MAX_ROWS", 2)
    with pytest.raises(Refused, match="超过 2 行"):
        spreadsheet_in_csv.read_rows("a\nb\nc\n")
    with pytest.raises(Refused, match="201 列"):
        spreadsheet_in_csv.read_rows(",".join("a" * 201))
    with pytest.raises(Refused, match="第 2 条记录"):
        spreadsheet_in_csv.read_rows('a\n"' + "x" * 40000)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"%PDF-1.4", "PDF"),
        (b"<table><tr>", "网页"),
        (b"a\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11b", "不是表格"),
        (b"\xff\xff\xfe\xfe" * 9, "编码"),
        ("姓名".encode("utf-16-be") + b"\0\0", "不是表格"),
    ],
)
def test_what_is_no_csv(data, word):
    with pytest.raises(Refused, match=word):
        spreadsheet_in_csv.read_text(data)


OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def ods(cell: str, manifest: str = "<manifest/>", packed: int = zipfile.ZIP_STORED) -> bytes:
    """A small ods package with one row; parts are stored unless told otherwise."""
    content = (
        f'<office:document-content xmlns:office="{OFFICE}" xmlns:table="{TABLE}" xmlns:text="{TEXT}"><office:body>'
        f'<office:spreadsheet><table:table table:name="表"><table:table-row>{cell}</table:table-row></table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def cell(repeated: int) -> str:
    repeat = f'table:number-columns-repeated="{repeated}"'
    return f'<table:table-cell {repeat} office:value-type="string"><text:p>姓名</text:p></table:table-cell>'


def test_open_documents(tmp_path):
    lines = said(store(tmp_path, ods(cell(3)), "a.ods"))
    assert lines[0]["workbook"]["format"] == "ods"
    assert lines[2] == [["姓名"] * 3]
    assert "16000 列" in said(store(tmp_path, ods(cell(16000)), "a.ods"))[-1]["error"]
    assert "密码" in said(store(tmp_path, ods("", "<manifest:encryption-data/>"), "a.ods"))[-1]["error"]


def test_packing_nobody_uses(tmp_path):
    assert "压缩方法" in said(store(tmp_path, ods(cell(1), packed=zipfile.ZIP_LZMA), "a.ods"))[-1]["error"]


def test_parts_that_are_not_where_the_directory_says(tmp_path):
    data = plain()
    for damaged in (data.replace(b"PK\x03\x04", b"PK\x09\x09", 2), data[:60] + data[400:]):
        assert "error" in said(store(tmp_path, damaged))[-1]


def test_an_endless_text_without_a_tag_is_found_anywhere():
    run = b"x" * (spreadsheet_in_zip._LONGEST_TEXT * 3)
    assert spreadsheet_in_zip._longest_gap(b"<a>" + run + b"</a>") > spreadsheet_in_zip._LONGEST_TEXT
    assert spreadsheet_in_zip._longest_gap(b"<a/>" * 500_000) == 0


def test_empty_and_oversized_files(tmp_path):
    assert "空的" in said(store(tmp_path, b"\0\0"))[-1]["error"]
    path = tmp_path / "big.bin"
    with path.open("wb") as file:
        file.truncate(spreadsheet_in_limits.MAX_FILE_BYTES + 1)
    assert "64 MB" in said(path)[-1]["error"]
