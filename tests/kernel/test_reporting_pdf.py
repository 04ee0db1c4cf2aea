"""The table form on paper, measured, and lists behind it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from centerdesk.kernel.errors import Cancelled
from centerdesk.kernel.reporting.build import Heading
from centerdesk.kernel.reporting.document import Cell, Col, Kind, Table
from centerdesk.kernel.reporting.pdf import write_document, write_table
from tests.golden import pdfprobe, samples

LEFT, TOP, WIDTH, HEIGHT = 28.0, 37.0, 156.0, 225.0


def _write(path: Path, document=None, **options):
    return write_document(path, document or samples.document(), system_faces=False, **options)


def _text(path: Path, page: int) -> str:
    return "".join(glyph.char for glyph in pdfprobe.glyphs(path, page))


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("form") / "form.pdf"
    _write(path, annexes=(samples.annex(60),))
    return path


def test_the_street_form_is_one_page(form: Path) -> None:
    first = [text for text, _x, _y in pdfprobe.lines(form, 0)]
    assert first[0] == "望河街道社区党群工作月报表"
    assert first[1] == "2026年11月"
    assert first[2] == "填报单位（盖章）：云和社区党群服务中心表\u3000\u3000号：党群表03".replace(
        "\u3000", ""
    )
    assert "看护率04%99.499.8—99.599.0—1169/1176" in first
    assert "其中：公共类15件21+100.02417+41.2注2" in first
    assert "减少33户42+100.04244−4.5注3" in first
    assert "单位负责人" in _text(form, 0)


def test_nothing_leaves_the_text_area(form: Path) -> None:
    for page in range(pdfprobe.page_count(form)):
        for glyph in pdfprobe.glyphs(form, page):
            if glyph.y < TOP + HEIGHT and not glyph.char.isspace():
                assert glyph.x >= LEFT - 0.2
                assert glyph.ink_right <= LEFT + WIDTH + 0.2
                assert glyph.ink_top >= TOP - 0.2


def test_figures_end_below_one_another(form: Path) -> None:
    """本年累计 ends 1.5 mm before its right rule, whatever the number of digits."""
    widths = [column.width_mm for column in samples.COLUMNS]
    rule = LEFT + sum(widths[:7]) * WIDTH / sum(widths)
    ends = []
    for figure in ("13,482", "188", "164", "402"):
        glyphs = pdfprobe.glyphs(form, 0)
        joined = "".join(glyph.char for glyph in glyphs)
        ends.append(glyphs[joined.index(figure) + len(figure) - 1].ink_right)
    assert max(ends) - min(ends) < 0.4
    assert rule - 2.2 < ends[0] < rule - 1.2


def test_page_numbers_and_pages(form: Path) -> None:
    pages = pdfprobe.page_count(form)
    assert pages >= 3
    for page in range(pages):
        dash = pdfprobe.find(form, page, f"— {page + 1} —")
        assert dash.ink_top == pytest.approx(TOP + HEIGHT + 7, abs=0.15)
        assert f"第 {page + 1} 页 共 {pages} 页" in _text(form, page)
        assert "校验 7F3A-91C2 · 留痕到第 151,931 条 · 口径 v3" in _text(form, page)


def test_the_header_row_is_on_every_page_of_the_annex(form: Path) -> None:
    for page in range(1, pdfprobe.page_count(form)):
        assert _text(form, page).count("序号网格姓名地址日期情况") == 1
    assert "附表 1　处置明细（续）" in _text(form, 2)
    rows = [f"幸福路3号院2栋{at}室" for at in range(1, 61)]
    everything = pdfprobe.drawn(form)
    assert [row for row in rows if everything.count(row) != 1] == []


def test_signatures_stand_at_the_foot(form: Path) -> None:
    labels = [
        pdfprobe.find(form, 0, text) for text in ("单位负责人", "统计负责人", "填表人", "报出日期", "盖章")
    ]
    assert all(229 < label.y < 240 for label in labels[:4])
    assert pdfprobe.find(form, 0, "2026年12月4日").x == pytest.approx(labels[3].x, abs=0.2)
    seal = pdfprobe.find(form, 0, "盖章处")
    assert seal.x > labels[3].x + 30


def _rows(count: int):
    return tuple(
        {"name": Cell(f"指标{at}"), "no": Cell(f"{at:02}"), "unit": Cell("户"), "month": Cell(at)}
        for at in range(1, count + 1)
    )


@pytest.mark.parametrize("count", range(14, 64, 3))
def test_signatures_are_never_alone(tmp_path: Path, count: int) -> None:
    path = tmp_path / "form.pdf"
    outcome = _write(path, samples.document(_rows(count)))
    last = _text(path, outcome.pages - 1)
    assert "单位负责人" in last
    assert last.count("指标") > last.count("指标名称")
    everything = pdfprobe.drawn(path)
    assert [at for at in range(1, count + 1) if everything.count(f"指标{at}{at:02}户") != 1] == []
    for page in range(outcome.pages):
        text_area = [glyph for glyph in pdfprobe.glyphs(path, page) if glyph.y < 255 and glyph.char.strip()]
        assert max(glyph.ink_bottom for glyph in text_area) <= TOP + HEIGHT


@pytest.mark.parametrize("before", range(24, 34))
def test_no_heading_ends_a_page(tmp_path: Path, before: int) -> None:
    path = tmp_path / "form.pdf"
    rows = (*_rows(before), Heading("二、微心愿"), *_rows(30))
    outcome = _write(path, replace(samples.document(rows), explanations=(), signatures=()))
    for page in range(outcome.pages):
        table = [text for text, _x, y in pdfprobe.lines(path, page) if y < TOP + HEIGHT]
        assert table[-1] != "二、微心愿"


def test_a_cell_longer_than_a_page_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    text = "".join(chr(0x4E00 + at % 3000) for at in range(6000))
    table = Table("清单", (Col("no", "号", Kind.INT, 10), Col("text", "内容")), [(1, text), (2, "后一行")])
    outcome = write_table(path, table, system_faces=False)
    assert outcome.pages >= 2
    inside = [g.char for page in range(outcome.pages) for g in pdfprobe.glyphs(path, page) if 54 < g.y < 262]
    assert "后一行" in "".join(inside)
    assert len([char for char in inside if char in text]) >= 6000


def test_wide_lists_lie_sideways_and_their_number_does_not(tmp_path: Path) -> None:
    path = tmp_path / "wide.pdf"
    columns = tuple(Col(f"c{at}", f"第{at}栏", width_mm=24) for at in range(10))
    table = Table("横表", columns, [tuple(f"值{row}-{at}" for at in range(10)) for row in range(30)])
    write_document(path, samples.document(), annexes=(table,), system_faces=False)
    with pdfprobe.opened(path) as document:
        assert [document[page].get_rotation() for page in range(3)] == [0, 90, 90]
        assert [round(side) for side in document[1].get_mediabox()] == [0, 0, 595, 842]
    assert pdfprobe.find(path, 0, "— 1 —").y == pytest.approx(pdfprobe.find(path, 2, "— 3 —").y, abs=0.2)
    heads = [pdfprobe.find(path, 1, f"第{at}栏") for at in range(10)]
    assert all(after.y < before.y for before, after in pairwise(heads))
    assert max(head.x for head in heads) - min(head.x for head in heads) < 0.2


def test_a_draft_says_so_and_has_no_code(tmp_path: Path) -> None:
    path = tmp_path / "draft.pdf"
    _write(path, samples.document(draft=True))
    assert _text(path, 0).startswith("草稿")
    assert "7F3A" not in pdfprobe.drawn(path)
    assert "没有校验码" in pdfprobe.drawn(path)


def test_clean_paper_has_no_foot(tmp_path: Path) -> None:
    path = tmp_path / "clean.pdf"
    _write(path, clean=True)
    assert "校验" not in pdfprobe.drawn(path)
    assert "— 1 —" in pdfprobe.drawn(path)


def test_every_face_is_embedded_and_nothing_acts(form: Path) -> None:
    names, bare = pdfprobe.faces(form)
    assert len(names) >= 4
    assert bare == []
    assert pdfprobe.active(form) == []


def test_properties_are_blank(form: Path) -> None:
    with pdfprobe.opened(form) as document:
        told = document.get_metadata_dict()
    assert {key: value for key, value in told.items() if "Date" not in key and value} == {}


def test_progress_counts_every_page_and_can_stop(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    told: list[tuple[int, int]] = []
    outcome = write_table(path, samples.annex(200), system_faces=False, progress=lambda *at: told.append(at))
    assert told == [(page, outcome.pages) for page in range(1, outcome.pages + 1)]
    path.unlink()

    def stop(done: int, _total: int) -> None:
        if done == 2:
            raise Cancelled("停下了。")

    with pytest.raises(Cancelled):
        write_table(path, samples.annex(200), system_faces=False, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_a_month_without_rows_still_prints(tmp_path: Path) -> None:
    path = tmp_path / "empty.pdf"
    outcome = _write(path, samples.document(()))
    assert outcome.pages == 1
    assert "指标名称" in _text(path, 0)


@pytest.mark.parametrize(
    ("modules", "unwanted"),
    [
        (("pdf", "gbt9704"), ("reportlab.platypus", "openpyxl")),  # no markup parser: text cannot act
        (("document", "build", "figures", "plaintext"), ("reportlab", "openpyxl", "segno")),
    ],
)
def test_what_importing_loads(modules: tuple[str, ...], unwanted: tuple[str, ...]) -> None:
    wanted = ", ".join(f"centerdesk.kernel.reporting.{name}" for name in modules)
    code = f"import sys, {wanted}; sys.exit(', '.join({set(unwanted)!r} & set(sys.modules)))"
    paths = os.pathsep.join(path for path in sys.path if path)
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        check=False,
    )
    assert run.stderr.strip() == b""
