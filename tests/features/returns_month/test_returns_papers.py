"""The papers of a real month, read back: header rows, annexes, numbers as numbers, the letter, a stop."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import openpyxl
import pytest

from centerdesk.features.returns import api
from centerdesk.features.returns.queries_records import all_records
from centerdesk.features.returns.rules import line_numbers, station_only
from centerdesk.kernel.errors import Cancelled, EnvironmentFault
from tests.golden import pdfprobe

pytestmark = [pytest.mark.db, pytest.mark.slow, pytest.mark.databases]


@pytest.fixture(scope="module")
def how(station, edition_id):
    with station.read() as session:
        edition, _ = api.get_edition(session, station.actor, edition_id)
        return api.printing(session, station.actor, station.clock, "云和社区", edition)


def numbers(built):
    return {f.indicator: f for f in station_only(built.figures)}


# --- papers -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def papers(station, built, how, tmp_path_factory):
    folder = tmp_path_factory.mktemp("papers")
    return api.write_papers(folder, built.figures, how, station.clock, system_faces=False)


def test_three_papers_and_their_digests(papers):
    assert [p.name for p in papers.files] == [
        "云和社区_2026-09_月报表.xlsx",
        "云和社区_2026-09_月报表.pdf",
        "云和社区_2026-09_报告.pdf",
    ]
    assert dict(papers.sha256) == {
        name: hashlib.sha256(path.read_bytes()).digest()
        for name, path in zip(api.PAPERS, papers.files, strict=True)
    }


def test_a_station_whose_name_no_file_may_bear(built, how, station, tmp_path):
    odd = replace(how, station='云和/松涛里："新区"')
    written = api.write_papers(tmp_path, built.figures, odd, station.clock, papers=[api.FORM_XLSX])
    assert [p.relative_to(tmp_path).as_posix() for p in written.files] == [
        "云和_松涛里：_新区__2026-09_月报表.xlsx"
    ]


def test_the_excel_form_and_its_annexes(papers):
    book = openpyxl.load_workbook(papers.files[0])
    form, grids, words = book.worksheets
    assert form.print_title_rows == "$5:$5"
    assert [c.value for c in form[5]] == [
        "指标名称",
        "行号",
        "单位",
        "本月",
        "上月",
        "环比%",
        "本年累计",
        "备注",
    ]
    headings = [
        r[0].value for r in form.iter_rows(min_row=6) if r[1].value is None and "、" in str(r[0].value)[:2]
    ]
    assert headings == ["一、窗帘暗号", "二、居民", "三、特殊群体", "四、人口变动"]
    lines = {r[1].value: [c.value for c in r] for r in form.iter_rows(min_row=6) if r[1].value}
    assert lines["02"][0] == "应看"
    assert lines["03"][0] == "其中：看过"
    assert lines["07"] == ["看护率", "07", "%", 95.4, "—", "—", 95.4, "2619/2744"]
    assert grids.print_title_rows == "$3:$3"
    assert [c.value for c in grids[3]][3:] == [*(f"云和{n}网格" for n in "一二三四五六七八"), "全站"]
    due = next(r for r in grids.iter_rows(min_row=4, values_only=True) if r[0] == "应看")
    assert due[3:] == (420, 480, 529, 360, 0, 295, 660, 0, 2744)
    assert sum(due[3:-1]) == due[-1], "numbers, so that Excel can add them"
    assert words.title == "指标口径"
    assert words.max_row == 3 + 42
    for sheet in book:
        assert not [c for row in sheet.iter_rows() for c in row if c.data_type == "f"]


def _text(path, page):
    return "".join(text for text, _x, _y in pdfprobe.lines(path, page))


def test_the_pdf_form_repeats_its_header_and_carries_the_annexes(papers):
    path = papers.files[1]
    pages = pdfprobe.page_count(path)
    texts = ["".join(g.char for g in pdfprobe.glyphs(path, page) if g.char.strip()) for page in range(pages)]
    assert all("指标名称" in text for text in texts)
    assert all(f"第{n}页共{pages}页" in text for n, text in enumerate(texts, 1))
    assert "一、窗帘暗号" in texts[0]
    assert "四、人口变动" in texts[1]
    assert "单位负责人" in texts[1]
    assert any("分网格情况" in text for text in texts[2:])
    assert "指标口径" in texts[-2] + texts[-1]


def test_the_letter_has_no_empty_page(papers):
    path = papers.files[2]
    pages = pdfprobe.page_count(path)
    texts = [_text(path, page) for page in range(pages)]
    assert pages == 2
    assert "望河街道党工委：" in texts[0]
    assert "一、窗帘暗号" in texts[0]
    assert "看护率95.4%（2619/2744）" in "".join(texts)
    assert "云和社区党群服务中心2026年10月2日印发" in texts[-1]
    assert f"第{pages}页共{pages}页" in texts[-1]


def test_the_annex_lists_the_records(station, built, edition_id, how, tmp_path):
    figure = numbers(built)["curtain.missed"]
    with station.read() as session:
        rows = all_records(session, station.actor, edition_id, figure.key)
    line = line_numbers(built.figures)[figure.indicator]
    annex = api.write_annex(tmp_path, figure, line, rows, how, system_faces=False)
    path = annex.files[0]
    assert path.name == f"云和社区_2026-09_{line}行_明细.pdf"
    text = "".join(_text(path, page) for page in range(pdfprobe.page_count(path)))
    assert text.count("未看") == 125
    assert rows[-1].door in text


def test_a_stop_leaves_no_half_file(station, built, how, tmp_path):
    asked = []

    def stopped() -> bool:
        asked.append(1)
        return len(asked) > 2  # the Excel is through, the PDF is under way

    with pytest.raises(Cancelled):
        api.write_papers(tmp_path, built.figures, how, station.clock, system_faces=False, stopped=stopped)
    assert [p.name for p in tmp_path.iterdir()] == ["云和社区_2026-09_月报表.xlsx"]


def test_a_folder_that_cannot_be_made_is_told(station, built, how, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentFault, match="换一个能写的文件夹"):
        api.write_papers(tmp_path / "file" / "in", built.figures, how, station.clock)
