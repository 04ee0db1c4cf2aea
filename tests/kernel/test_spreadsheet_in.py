"""Reading spreadsheets through the child: formats, types, encodings, limits, cancelling."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from datetime import date, datetime, time, timedelta

import openpyxl
import pytest

from centerdesk.kernel import spreadsheet_in, spreadsheet_in_child, spreadsheet_in_limits
from centerdesk.kernel.errors import Cancelled
from centerdesk.kernel.spreadsheet_in import SpreadsheetError, address, read_workbook
from centerdesk.kernel.spreadsheet_in_csv import detect, read_rows, separator
from centerdesk.kernel.spreadsheet_in_xlsb import furthest_cell
from centerdesk.kernel.spreadsheet_in_zip import Refused
from tests.kernel.spreadsheet_files import plain, rows_xml, sheet_xml, xlsb_sheet, xlsx


def write(tmp_path, data, name="文件 一.xlsx"):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def test_types_stay_apart(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "类型"
    sheet.append(["230811197805151656", 230811197805151656, 7, 1.5, True, date(2026, 9, 30)])
    sheet.append([datetime(2026, 9, 30, 7, 5), time(7, 5), None, "", " 空 ", timedelta(hours=30)])  # noqa: DTZ001
    path = tmp_path / "a.xlsx"
    book.save(path)
    found = read_workbook(path)
    first, second = found.sheets[0].rows
    assert found.format == "xlsx"
    assert first[0] == "230811197805151656"
    assert first[1] != int(first[0])  # F17: the number cell has lost its last digits
    assert first[2:] == [7.0, 1.5, True, date(2026, 9, 30)]
    assert [type(value) for value in first] == [str, float, float, float, bool, date]
    assert second[0] == datetime(2026, 9, 30, 7, 5)  # noqa: DTZ001
    assert second[1] == time(7, 5)
    assert second[2:5] == ["", "", " 空 "]
    assert second[5] == timedelta(hours=30)


def test_joins_hidden_sheets_and_offsets(tmp_path):
    book = openpyxl.Workbook()
    book.active["C3"] = "左上"
    book.active.merge_cells("C3:D5")
    book.create_sheet("字典").sheet_state = "hidden"
    book.create_sheet("很隐").sheet_state = "veryHidden"
    path = tmp_path / "a.xlsx"
    book.save(path)
    sheets = read_workbook(path).sheets
    assert [sheet.visible for sheet in sheets] == [True, False, False]
    assert sheets[0].merged == ((3, 3, 5, 4),)
    assert sheets[0].rows[2][2] == "左上"
    assert address(3, 3) == "C3"


def test_a_1904_workbook_says_so(tmp_path):
    data = xlsx(sheet_xml(rows_xml(1)), workbook='<workbookPr date1904="1"/>')
    assert read_workbook(write(tmp_path, data)).date1904
    assert not read_workbook(write(tmp_path, plain())).date1904


ROWS = [["姓名", "备注"], ["张三", "一,二\n三"], ["\U00020087", '"引"']]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_csv_in_every_encoding(tmp_path, encoding, sign):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=sign).writerows(ROWS)
    found = read_workbook(write(tmp_path, text.getvalue().encode(encoding), "导出.csv"))
    assert found.format == "csv"
    assert found.encoding == {"utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be"}.get(encoding, encoding)
    assert found.sheets[0].name == "(csv)"
    assert found.sheets[0].rows == ROWS


def test_blank_records_keep_their_number():
    assert read_rows("a,b\n\n1,2\n") == [["a", "b"], [], ["1", "2"]]


def test_separators():
    assert separator("a;b;c\n1;2,5;3\n") == ";"
    assert separator("a|b\n1|2") == "|"
    assert separator("") == ","
    assert separator("sep=;\na;b,c,d,e\n") == ";"


def test_encodings():
    assert detect("姓名".encode("gb18030")) == "gb18030"
    assert detect("姓名".encode()) == "utf-8"
    with pytest.raises(Refused):
        detect(bytes(range(256)) * 20)


REFUSED = {
    "empty.xlsx": (b"", "空的"),
    "blank.csv": (b"\r\n \r\n", "空的"),
    "text.csv": (b"\x00\x01\x02\x03" * 50, "不是表格"),
    "a.pdf": (b"%PDF-1.7 ...", "PDF"),
    "a.rar": (b"Rar!\x1a\x07", "压缩包"),
    "page.xls": ("<html><table><tr><td>姓名</td></tr></table></html>".encode(), "网页"),
    "broken.csv": ("姓名\n".encode("gb18030") + b"\xff\xff\xff\n", "第 2 行"),
    "quote.csv": (('a,"' + "x" * 40000).encode(), "引号"),
    "cut.xlsx": (plain()[:700], "损坏"),
    "wide.csv": (",".join(["a"] * 300).encode(), "300 列"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_one_sentence_for_each_foreign_or_damaged_file(tmp_path, name):
    data, word = REFUSED[name]
    with pytest.raises(SpreadsheetError, match=word) as caught:
        read_workbook(write(tmp_path, data, name))
    assert str(caught.value).endswith("。")
    assert "请" in str(caught.value)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(SpreadsheetError, match="找不到"):
        read_workbook(tmp_path / "没有.xlsx")
    with pytest.raises(SpreadsheetError, match="文件夹"):
        read_workbook(tmp_path)


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="root reads everything, Windows has no modes"
)
def test_a_file_without_permission(tmp_path):
    path = write(tmp_path, plain())
    path.chmod(0)
    with pytest.raises(SpreadsheetError, match="权限"):
        read_workbook(path)


def test_too_big_a_file_is_not_opened(tmp_path, monkeypatch):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(spreadsheet_in_limits.MAX_FILE_BYTES + 1)
    with pytest.raises(SpreadsheetError, match="64 MB"):
        read_workbook(path)


def test_stopping_kills_the_child_and_says_so(tmp_path):
    with pytest.raises(Cancelled):
        read_workbook(write(tmp_path, plain()), cancel=lambda: True)


def test_a_child_that_takes_too_long_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(
        spreadsheet_in, "child_command", lambda _path: [sys.executable, "-c", "import time; time.sleep(600)"]
    )
    with pytest.raises(SpreadsheetError, match="超过 0 秒"):
        read_workbook(write(tmp_path, plain()), wall_seconds=0.4)


@pytest.mark.parametrize(
    "program",
    [
        "",
        "import os; os.abort()",
        "print('[[1]]')",
        "print('no json')",
        'print(\'{"sheet": {"name": 1}}\')',
        'print(\'{"workbook": {"format": "xlsx"}}\')',
        "print('[' * 100000)",
    ],
)
def test_whatever_the_child_does_the_parent_has_one_sentence(tmp_path, monkeypatch, program):
    monkeypatch.setattr(spreadsheet_in, "child_command", lambda _path: [sys.executable, "-c", program])
    with pytest.raises(SpreadsheetError, match=r"。$"):
        read_workbook(write(tmp_path, plain()))


def test_nothing_of_ours_reaches_the_child(tmp_path, monkeypatch):
    monkeypatch.setenv("CENTERDESK_PASSWORD", "secret")
    monkeypatch.setattr(
        spreadsheet_in,
        "child_command",
        lambda _path: [
            sys.executable,
            "-c",
            "import os, json; print(json.dumps({'error': str('CENTERDESK_PASSWORD' in os.environ), 'sheet': None}))",
        ],
    )
    with pytest.raises(SpreadsheetError, match="False"):
        read_workbook(write(tmp_path, plain()))


@pytest.mark.skipif(os.name == "nt", reason="Windows uses a Job Object")
def test_the_child_binds_itself(tmp_path):
    program = (
        "import resource as r, json; from centerdesk.kernel import spreadsheet_in_limits as l; l.bind_this_process();"
        "print(json.dumps([r.getrlimit(n) for n in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_CORE)]))"
    )
    source = str(spreadsheet_in_limits.__file__).split("centerdesk")[0]
    out = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": source},
        capture_output=True,
        check=True,
        text=True,
    )
    memory, cpu, core = json.loads(out.stdout)
    assert memory[0] <= 1 << 30
    assert cpu[0] <= 90
    assert core == [0, 0]


def test_the_childs_imports_stay_few():
    """It starts once for each file: nothing of Qt, SQLAlchemy, openpyxl or the parser before it is needed."""
    program = (
        "import sys; from centerdesk.kernel import spreadsheet_in_child;"
        "print([m for m in ('PySide6', 'sqlalchemy', 'openpyxl', 'python_calamine', 'tomllib') if m in sys.modules])"
    )
    source = str(spreadsheet_in_limits.__file__).split("centerdesk")[0]
    out = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": source},
        capture_output=True,
        check=True,
        text=True,
    )
    assert out.stdout.strip() == "[]"


def test_serve_tells_a_panic_like_anything_else(tmp_path, monkeypatch):
    class Panic(BaseException):
        """As PyO3 raises it."""

    def burst(path, emit):
        raise Panic("index out of bounds: 张三")

    monkeypatch.setattr(spreadsheet_in_child, "read", burst)
    said: list[object] = []
    spreadsheet_in_child.serve(tmp_path, said.append)
    assert len(said) == 1
    assert "张三" not in str(said)


@pytest.mark.parametrize(
    ("exc", "word"),
    [
        (MemoryError(), "内存"),
        (PermissionError(), "占用"),
        (OSError(5, "io"), "磁盘"),
        (RuntimeError("password"), "密码"),
        (RuntimeError("x"), "损坏"),
    ],
)
def test_sentences_of_failures(exc, word):
    assert word in spreadsheet_in_child.sentence(exc)


def test_furthest_cell_of_a_binary_sheet():
    assert furthest_cell(xlsb_sheet(3, 5)) == (4, 6)
    assert furthest_cell(xlsb_sheet(1048575, 16383)) == (1048576, 16384)
    assert furthest_cell(b"") == (0, 0)
    assert furthest_cell(b"\xff\xff\xff\xff\xff")[0] == 0


def test_styled_blank_cells_far_out_do_no_harm(tmp_path):
    far = '<row r="1048576"><c r="XFD1048576" s="1"/></row>'
    found = read_workbook(write(tmp_path, xlsx(sheet_xml(rows_xml(5) + far))))
    assert len(found.sheets[0].rows) == 5
