"""The letter measured on paper (GB/T 9704-2012): places are read back from the PDF by another library."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from centerdesk.kernel.errors import Cancelled
from centerdesk.kernel.reporting.document import Block, Level
from centerdesk.kernel.reporting.gbt9704 import write_report
from tests.golden import pdfprobe, samples

LEFT, TOP, WIDTH, HEIGHT = 28.0, 37.0, 156.0, 225.0
PITCH, LEADING = WIDTH / 28, HEIGHT / 22
SHARP = 0.15
"""mm that a place may be off."""

HANZI = "云和社区党群服务中心独居老人窗帘看护应看户次"


def _hanzi(count: int) -> str:
    return (HANZI * (count // len(HANZI) + 1))[:count]


def _write(path: Path, report=None, **options):
    return write_report(path, report or samples.report(), system_faces=False, **options)


@pytest.fixture(scope="module")
def letter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("letter") / "letter.pdf"
    _write(path)
    return path


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A letter whose second page is nothing but hanzi."""
    path = tmp_path_factory.mktemp("letter") / "full.pdf"
    _write(path, samples.report((Block(_hanzi(28 * 60)),), attachments=()))
    return path


def test_a_page_is_22_lines_of_28(full: Path) -> None:
    body = [glyph for glyph in pdfprobe.glyphs(full, 1) if glyph.y < TOP + HEIGHT]
    assert len(body) == 22 * 28
    first = body[0].y
    for at, glyph in enumerate(body):
        row, column = divmod(at, 28)
        assert glyph.x == pytest.approx(LEFT + PITCH * column, abs=SHARP)
        assert glyph.y == pytest.approx(first + LEADING * row, abs=SHARP)
    assert TOP < min(glyph.ink_top for glyph in body) < TOP + LEADING
    assert TOP + HEIGHT - LEADING < max(glyph.ink_bottom for glyph in body) < TOP + HEIGHT
    assert max(glyph.ink_right for glyph in body) <= LEFT + WIDTH + SHARP


def test_characters_are_3hao(full: Path) -> None:
    """Height of the em is 16 pt: a full-size hanzi's ink is some 5 mm high."""
    heights = [g.ink_bottom - g.ink_top for g in pdfprobe.glyphs(full, 1) if g.char in "群服务" and g.y < 260]
    assert 4.9 < max(heights) < 5.64


@pytest.mark.parametrize("page", [0, 1])
def test_nothing_leaves_the_text_area(letter: Path, page: int) -> None:
    for glyph in pdfprobe.glyphs(letter, page):
        if glyph.y < TOP + HEIGHT and not glyph.char.isspace():
            assert glyph.x >= LEFT - SHARP
            assert glyph.ink_right <= LEFT + WIDTH + SHARP
            assert glyph.ink_top >= TOP


@pytest.mark.parametrize(("page", "text"), [(0, "— 1 —"), (1, "— 2 —")])
def test_page_number_stands_7_mm_below(letter: Path, page: int, text: str) -> None:
    dash = pdfprobe.find(letter, page, text)
    assert dash.ink_top == pytest.approx(TOP + HEIGHT + 7, abs=SHARP)


def test_page_number_stands_outside_one_character_in(letter: Path) -> None:
    odd = [glyph for glyph in pdfprobe.glyphs(letter, 0) if glyph.char == "—"][-1]
    assert odd.ink_right == pytest.approx(LEFT + WIDTH - PITCH, abs=0.3)
    assert pdfprobe.find(letter, 1, "— 2 —").x == pytest.approx(LEFT + PITCH, abs=SHARP)


def test_office_name_begins_35_mm_below_the_top(letter: Path) -> None:
    name = pdfprobe.glyphs(letter, 0)[:10]
    assert "".join(glyph.char for glyph in name) == "云和社区党群服务中心"
    assert min(glyph.ink_top for glyph in name) == pytest.approx(TOP + 35, abs=SHARP)
    middle = (name[0].x + name[-1].ink_right) / 2
    assert middle == pytest.approx(LEFT + WIDTH / 2, abs=0.5)


def test_number_two_lines_below_title_two_below_the_rule(letter: Path) -> None:
    office = max(glyph.ink_bottom for glyph in pdfprobe.glyphs(letter, 0)[:10])
    number = pdfprobe.find(letter, 0, "云和党群〔2026〕14")
    assert 2 * LEADING - 1 <= number.ink_top - office <= 2 * LEADING + 1
    rule = number.ink_bottom + 4
    title = pdfprobe.find(letter, 0, "关于 2026")
    assert 3 * LEADING <= title.ink_top - rule <= 4.5 * LEADING


@pytest.mark.parametrize(
    ("page", "text", "indent"),
    [
        (0, "望河街道党工委：", 0),
        (0, "现将我站", 2),
        (0, "一、窗帘看护", 2),
        (0, "（1169/1176）", 0),
        (1, "（一）响应。", 2),
        (1, "附件：1.", 2),
        (1, "2. 点亮心愿清单", 5),
        (1, "抄送：", 1),
    ],
)
def test_indents(letter: Path, page: int, text: str, indent: int) -> None:
    assert pdfprobe.find(letter, page, text).x == pytest.approx(LEFT + PITCH * indent, abs=SHARP)


def test_date_ends_four_characters_from_the_right_name_above_its_middle(letter: Path) -> None:
    glyphs = pdfprobe.glyphs(letter, 1)
    text = "".join(glyph.char for glyph in glyphs)
    date_at, name_at = text.index("2026年12月4日"), text.index("云和社区党群服务中心")
    day = glyphs[date_at : date_at + 10]
    name = glyphs[name_at : name_at + 10]
    assert day[-1].x + 16 / 72 * 25.4 == pytest.approx(LEFT + WIDTH - 4 * PITCH, abs=0.3)
    assert (name[0].x + name[-1].x) / 2 == pytest.approx((day[0].x + day[-1].x) / 2, abs=1.5)
    assert day[0].y - name[0].y == pytest.approx(LEADING, abs=SHARP)


def test_unsealed_name_and_date(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    _write(path, samples.report(seal=False))
    glyphs = pdfprobe.glyphs(path, 1)
    text = "".join(glyph.char for glyph in glyphs)
    name_at = text.index("云和社区党群服务中心")
    day = glyphs[text.index("2026年12月4日")]
    assert glyphs[name_at + 9].x + PITCH == pytest.approx(LEFT + WIDTH - 2 * PITCH, abs=0.3)
    assert day.x == pytest.approx(glyphs[name_at].x + 2 * PITCH, abs=SHARP)
    assert "盖章处" not in text


def test_colophon_closes_the_page(letter: Path) -> None:
    copy = pdfprobe.find(letter, 1, "抄送：")
    issued = [glyph for glyph in pdfprobe.glyphs(letter, 1) if glyph.char == "发"][-1]
    assert TOP + HEIGHT - 12 < issued.y < TOP + HEIGHT - 2
    assert issued.y - copy.y == pytest.approx(10.9, abs=SHARP)
    assert issued.ink_right == pytest.approx(LEFT + WIDTH - PITCH, abs=0.5)


@pytest.mark.parametrize("length", range(100, 2100, 118))
def test_signature_is_never_alone_and_colophon_on_an_even_page(tmp_path: Path, length: int) -> None:
    path = tmp_path / "letter.pdf"
    outcome = _write(path, samples.report((Block(_hanzi(length)),), attachments=()))
    assert outcome.pages % 2 == 0
    assert outcome.pages == pdfprobe.page_count(path)
    assert "抄送" in "".join(glyph.char for glyph in pdfprobe.glyphs(path, outcome.pages - 1))
    signed = [page for page in range(outcome.pages) if "盖章处" in _text(path, page)]
    assert len(signed) == 1
    beside = [line for line in pdfprobe.lines(path, signed[0]) if TOP < line[2] < TOP + HEIGHT]
    body = [text for text, _x, _y in beside if "云和社区党群服务中心独" in text or text[:1] in HANZI]
    assert len(body) >= 2
    assert 20 <= outcome.lines_per_page <= 24
    assert _text(path, 0).count("云和社区党群服务中心") >= 1


@pytest.mark.parametrize("copied", ["", "街道党群办"], ids=["no-copies", "copied"])
@pytest.mark.parametrize("lines", range(10, 34))
def test_no_page_is_empty_and_nothing_covers_the_colophon(tmp_path: Path, lines: int, copied: str) -> None:
    """A letter whose text just fills an even page: it gets other lines or more pages, never a blank sheet."""
    path = tmp_path / "letter.pdf"
    body = (Block(_hanzi(28 * lines - 5)),)
    report = replace(samples.report(body, copy_to=copied), issued_by="云和社区党群服务中心")
    pages = _write(path, report).pages
    for page in range(pages):
        inside = [line for line in pdfprobe.lines(path, page) if TOP < line[2] < TOP + HEIGHT]
        assert inside, f"page {page + 1} of {pages} is empty"
    closing = [line for line in pdfprobe.lines(path, pages - 1) if line[2] > TOP + HEIGHT - 24]
    assert any("印发" in text for text, _x, _y in closing)
    top = min(y for text, _x, y in closing if "印发" in text or "抄送" in text)
    assert not [text for text, _x, y in pdfprobe.lines(path, pages - 1) if top - 4 < y < top - 0.5]


def test_pages_added_for_the_colophon_have_no_number(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    outcome = _write(path, samples.report((Block("短。"), Block("也短。")), attachments=()))
    assert outcome.pages == 2
    assert "— 1 —" in _text(path, 0)
    assert "— 2 —" not in _text(path, 1)
    assert "抄送" in _text(path, 1)


def test_no_heading_at_the_foot_of_a_page(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    for lines in range(5, 9):
        body = (Block(_hanzi(28 * lines - 2)), Block("后面的字。" * 30, "二、微心愿", Level.FIRST))
        _write(path, samples.report(body, attachments=(), copy_to=""))
        last = [line for line in pdfprobe.lines(path, 0) if line[2] < TOP + HEIGHT][-1]
        assert last[0] != "二、微心愿"


def test_text_comes_back(letter: Path) -> None:
    area = [
        glyph.char for page in (0, 1) for glyph in pdfprobe.glyphs(letter, page) if glyph.y < TOP + HEIGHT
    ]
    drawn = "".join(area).replace(" ", "")
    for block in samples.BODY:
        assert (block.head + block.text).replace(" ", "") in drawn


def test_every_face_is_embedded_and_nothing_acts(letter: Path) -> None:
    names, bare = pdfprobe.faces(letter)
    assert len(names) >= 5
    assert bare == []
    assert pdfprobe.active(letter) == []


def test_faces_used_are_told(tmp_path: Path) -> None:
    assert _write(tmp_path / "letter.pdf").faces == {
        "仿宋": "Noto Serif SC",
        "楷体": "Chuangming Kai",
        "黑体": "Noto Sans SC Bold",
        "小标宋": "Noto Serif SC SemiBold",
        "宋体": "Noto Serif SC",
    }


def test_clean_paper_has_no_foot(tmp_path: Path, letter: Path) -> None:
    path = tmp_path / "clean.pdf"
    _write(path, clean=True)
    assert "校验 7F3A-91C2" in pdfprobe.drawn(letter)
    assert "校验" not in pdfprobe.drawn(path)


def test_a_draft_says_so_and_has_no_code(tmp_path: Path) -> None:
    path = tmp_path / "draft.pdf"
    _write(path, samples.report(draft=True))
    assert pdfprobe.drawn(path).startswith("草稿")
    assert "7F3A" not in pdfprobe.drawn(path)


def test_the_same_letter_is_the_same_file(tmp_path: Path, letter: Path) -> None:
    path = tmp_path / "again.pdf"
    _write(path)
    assert path.read_bytes() == letter.read_bytes()


def test_properties_are_blank(letter: Path) -> None:
    with pdfprobe.opened(letter) as document:
        told = document.get_metadata_dict()
    assert {key: value for key, value in told.items() if "Date" not in key and value} == {}


def test_long_title_breaks_into_even_lines(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"
    title = "云和社区党群服务中心关于二〇二六年十一月独居老人窗帘看护和微心愿工作情况的报告"
    _write(path, replace(samples.report(), title=title))
    shown = [text for text, _x, y in pdfprobe.lines(path, 0) if 120 < y < 185]
    assert shown[0] == "云和社区党群服务中心"
    assert "".join(shown[:3]).startswith(title)
    assert abs(len(shown[1]) - len(shown[2])) <= 4


def test_stopping_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "letter.pdf"

    def stop(done: int, _total: int) -> None:
        if done == 1:
            raise Cancelled("停下了。")

    with pytest.raises(Cancelled):
        _write(path, progress=stop)
    assert list(tmp_path.iterdir()) == []


def _text(path: Path, page: int) -> str:
    return "".join(glyph.char for glyph in pdfprobe.glyphs(path, page))
