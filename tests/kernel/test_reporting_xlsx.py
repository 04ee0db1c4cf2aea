"""Our Excel files: figures as figures, the page set up, and LibreOffice can print them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.reporting import csvfile
from centerdesk.kernel.reporting.document import Col, Kind, Table
from centerdesk.kernel.reporting.xlsx import CUT, MAX_TEXT, write_document, write_table
from tests.golden import samples


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory):
    path = tmp_path_factory.mktemp("xlsx") / "return.xlsx"
    write_document(path, samples.document(), annexes=(samples.annex(60), samples.annex(3)))
    loaded = openpyxl.load_workbook(path)
    yield loaded
    loaded.close()


def test_the_form(book) -> None:
    sheet = book.worksheets[0]
    assert sheet["A1"].value == "望河街道社区党群工作月报表"
    assert sheet["A2"].value == "2026 年 11 月"
    assert sheet["A3"].value == "填报单位（盖章）：云和社区党群服务中心"
    assert sheet["F3"].value == "表　　号：党群表 03"
    assert [cell.value for cell in sheet[5]] == [column.title for column in samples.COLUMNS]
    merged = {str(one) for one in sheet.merged_cells.ranges}
    assert {"A1:J1", "A2:J2", "A3:E3", "F3:J3", "A6:J6"} <= merged


@pytest.mark.parametrize(
    ("cell", "value", "pattern"),
    [
        ("D7", 1176, '#,##0;"−"#,##0'),
        ("F7", -2.2, '+#,##0.0;"−"#,##0.0;#,##0.0'),
        ("D10", 99.4, '#,##0.0;"−"#,##0.0'),
        ("F10", "—", "@"),
        ("B7", "01", "@"),
        ("J10", "1169/1176", "@"),
    ],
)
def test_figures_are_figures(book, cell: str, value: object, pattern: str) -> None:
    found = book.worksheets[0][cell]
    assert (found.value, found.number_format) == (value, pattern)


def test_page_set_up(book) -> None:
    for sheet, header in ((book.worksheets[0], 5), (book.worksheets[1], 3)):
        assert sheet.print_title_rows == f"${header}:${header}"
        assert sheet.freeze_panes == f"B{header + 1}"
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页"


def test_signatures_and_foot_close_the_form(book) -> None:
    column = [cell.value for cell in book.worksheets[0]["A"] if cell.value]
    assert column[-2].startswith("单位负责人：")
    assert "报出日期：2026年12月4日" in column[-2]
    assert column[-1].startswith("校验 7F3A-91C2 · 留痕到第 151,931 条")
    assert column[-5] == "说明　1. 处置 21 件，多为降温后晚起；中位 24 分。"


def test_annexes_have_sheets_of_their_own(book) -> None:
    assert book.sheetnames == ["望河街道社区党群工作月报表", "附表 1　处置明细", "附表 1　处置明细（2）"]
    sheet = book.worksheets[1]
    assert sheet.auto_filter.ref == "A3:F63"
    assert [cell.value for cell in sheet[4]][:4] == [1, "第一网格", "王某某", "幸福路3号院2栋1室"]
    assert sheet["E4"].value == datetime(2026, 11, 2)  # noqa: DTZ001  a day of the sheet has no zone


def test_wide_lists_lie_sideways(tmp_path: Path) -> None:
    path = tmp_path / "wide.xlsx"
    write_table(path, Table("横表", tuple(Col(f"c{at}", f"第{at}栏", width_mm=24) for at in range(10)), []))
    loaded = openpyxl.load_workbook(path)
    assert loaded.worksheets[0].page_setup.orientation == "landscape"
    loaded.close()


@pytest.mark.parametrize(
    ("value", "kind", "read", "pattern"),
    [
        ("230811194001011234", Kind.TEXT, "230811194001011234", "@"),
        (230811194001011234, Kind.INT, "230,811,194,001,011,234", "@"),
        (5, Kind.TEXT, "5", "@"),
        (Decimal("97.3"), Kind.PERCENT, 0.973, '0.0%;"−"0.0%'),
        (None, Kind.INT, "—", "@"),
        (None, Kind.TEXT, None, "@"),
        (date(1899, 1, 1), Kind.DATE, "1899-01-01", "@"),
        (datetime(2026, 12, 4, 1, 12, tzinfo=UTC), Kind.DATE, "2026-12-04 09:12", "@"),
        ("长" * 40_000, Kind.TEXT, "长" * (MAX_TEXT - len(CUT)) + CUT, "@"),
        ("𠀀" * 20_000, Kind.TEXT, "𠀀" * ((MAX_TEXT - len(CUT)) // 2) + CUT, "@"),
    ],
)
def test_values(tmp_path: Path, value, kind: Kind, read: object, pattern: str) -> None:
    path = tmp_path / "list.xlsx"
    write_table(path, Table("清单", (Col("v", "值", kind),), [(value,)]))
    loaded = openpyxl.load_workbook(path)
    cell = loaded.worksheets[0]["A4"]
    assert (cell.value, cell.number_format) == (read, pattern)
    loaded.close()


@pytest.mark.parametrize("title", ["", "a/b:c*[d]?\\'", "长" * 60, "History\x00", "　"])
def test_any_title_gives_sheets(tmp_path: Path, title: str) -> None:
    path = tmp_path / "list.xlsx"
    table = Table(title, (Col("v", "值"),), [("甲",)])
    write_document(path, samples.document(), annexes=(table, table, table))
    loaded = openpyxl.load_workbook(path)
    assert len(loaded.sheetnames) == 4
    assert all(0 < len(name) <= 31 for name in loaded.sheetnames)
    loaded.close()


def test_properties_are_blank(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_table(path, samples.annex(1))
    with zipfile.ZipFile(path) as package:
        core = package.read("docProps/core.xml").decode()
    for name in ("creator", "lastModifiedBy", "title", "subject", "description", "keywords"):
        assert f":{name}" not in core


def test_a_draft_has_no_code(tmp_path: Path) -> None:
    path = tmp_path / "draft.xlsx"
    write_document(path, samples.document(draft=True))
    loaded = openpyxl.load_workbook(path)
    values = [str(cell.value) for row in loaded.worksheets[0].iter_rows() for cell in row]
    assert values[0].startswith("（草稿）")
    assert not [value for value in values if "7F3A" in value]
    loaded.close()


@pytest.mark.parametrize("write", [write_table, csvfile.write_table])
def test_a_missing_folder_is_told(tmp_path: Path, write) -> None:
    with pytest.raises(EnvironmentFault, match="请"):
        write(tmp_path / "没有" / "list", samples.annex(1))


def test_csv_keeps_long_numbers_and_leading_zeros(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    table = Table(
        "清单",
        (Col("id", "证件号"), Col("no", "楼号"), Col("n", "户次", Kind.INT), Col("day", "日期", Kind.DATE)),
        [("230811194001011234", "01", 1176, date(2026, 12, 4))],
    )
    csvfile.write_table(path, table)
    assert path.read_bytes().decode("utf-8-sig") == (
        '"证件号","楼号","户次","日期"\r\n"\'230811194001011234","\'01","1,176","2026-12-04"\r\n'
    )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_libreoffice_prints_the_header_on_every_page(tmp_path: Path) -> None:
    path = tmp_path / "return.xlsx"
    write_document(path, samples.document(), annexes=(samples.annex(120),))
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir"]
    subprocess.run([*command, str(tmp_path), str(path)], check=True, capture_output=True, timeout=180)
    printed = pypdfium2.PdfDocument(tmp_path / "return.pdf")
    try:
        texts = [
            "".join(printed[page].get_textpage().get_text_range().split()) for page in range(len(printed))
        ]
    finally:
        printed.close()
    assert len(texts) >= 4
    assert "指标名称行号单位本月上月" in texts[0]
    for at, text in enumerate(texts):
        assert f"第{at + 1}页共{len(texts)}页" in text
    for text in texts[1:]:
        assert "序号网格姓名" in text


def test_no_sheet_ever_lies_in_the_shared_folder_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
    path = tmp_path / "out.xlsx"
    write_table(path, Table("名单", (Col("name", "姓名"), Col("door", "住处")), [("甲一", "3-2-501")] * 3))
    loaded = openpyxl.load_workbook(path)
    assert [row[0].value for row in loaded.active.iter_rows(min_row=4)] == ["甲一"] * 3
    loaded.close()
    assert [each.name for each in tmp_path.iterdir()] == ["out.xlsx"]
