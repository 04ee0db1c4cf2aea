"""Faces: embedded, readable again, replaced per character; the machine's own only where that is allowed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from centerdesk.kernel.paths import resource
from centerdesk.kernel.reporting import fonts, pdf, sysfaces
from centerdesk.kernel.reporting.document import Col, Table
from centerdesk.kernel.reporting.fonts import Face, FontBook
from tests.golden import pdfprobe

RARE = "𫟼𬭎𬍛𠅤㛃䶮㜏㑇㐱㝵䇹䮄𫖯𬀩𬸚𪣻𫘧龘鿍鿫堃喆玥镕珺昇彧頔祎"


def _list(path: Path, *texts: str):
    table = Table("清单", (Col("text", "内容"),), [(text,) for text in texts])
    return pdf.write_table(path, table, system_faces=False)


def test_rare_characters_copy_out_as_they_were_put_in(tmp_path: Path) -> None:
    path = tmp_path / "rare.pdf"
    outcome = _list(path, RARE)
    assert outcome.missing_glyphs == ()
    assert RARE in pdfprobe.drawn(path)


def test_every_character_of_every_face_copies_out(tmp_path: Path) -> None:
    """More than 256 characters of one face: several subsets, several blocks of the map."""
    path = tmp_path / "many.pdf"
    text = "".join(chr(code) for code in range(0x4E00, 0x4E00 + 700))
    _list(path, text)
    assert text in re.sub(r"\s", "", pdfprobe.drawn(path))


def test_the_map_has_utf16_pairs_and_short_blocks() -> None:
    made = fonts._to_unicode("X", [0, 0x4E00, 0x2B7FC, *range(0x5000, 0x5000 + 150)])
    assert "<02> <D86DDFFC>" in made
    assert [int(count) for count in re.findall(r"(\d+) beginbfchar", made)] == [100, 52]
    assert "<00> <" not in made.split("endcodespacerange")[1]


def test_what_no_face_has_is_marked_listed_and_copies_out(tmp_path: Path) -> None:
    path = tmp_path / "missing.pdf"
    outcome = _list(path, "张𬎆明", "李\ue000")
    assert [(glyph.char, glyph.code_point, glyph.context) for glyph in outcome.missing_glyphs] == [
        ("𬎆", "U+2C386", "张𬎆明"),
        ("\ue000", "U+E000", "李\ue000"),
    ]
    assert "张𬎆2C386明" in pdfprobe.drawn(path)


def test_what_has_no_shape_takes_no_room(tmp_path: Path) -> None:
    book = FontBook(system=False)
    assert book.measure(Face.SONG, "王\u200b五\ufe0f") == book.measure(Face.SONG, "王五")
    assert _list(tmp_path / "unseen.pdf", "王\u200b五\ufe0f").missing_glyphs == ()


def test_a_run_changes_face_only_where_it_must() -> None:
    book = FontBook(system=False)
    assert [(run.font, run.text) for run in book.runs(Face.KAI, "响应㜏好")] == [
        ("LXGWWenKai-Regular", "响应"),
        ("NotoSerifSC-Regular", "㜏"),
        ("LXGWWenKai-Regular", "好"),
    ]


@pytest.mark.parametrize("face", list(Face))
def test_text_is_as_wide_as_its_runs(face: Face) -> None:
    book = FontBook(system=False)
    assert book.measure(face, "国") == pytest.approx(1.0)
    assert book.measure(face, "1") == book.measure(face, "8")  # figures stand below one another


def test_all_faces_are_embedded(tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    _list(path, "张𬎆明㜏")
    names, bare = pdfprobe.faces(path)
    assert names
    assert bare == []


# --- the machine's own ---


def _system(folder: Path, family: str, rights: int = 0, file: str = "face.ttf") -> Path:
    """A face of ours under another name, as a machine might have it."""
    path = folder / file
    with TTFont(resource("fonts", "LXGWWenKai-Regular.ttf")) as font:
        font["OS/2"].fsType = rights
        for record in font["name"].names:
            if record.nameID in (1, 4):
                record.string = family
        font["name"].setName("FangSongTest", 6, 3, 1, 0x409)
        font.save(path)
    return path


@pytest.fixture(scope="module")
def wenkai_as_fangsong(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _system(tmp_path_factory.mktemp("faces"), "仿宋")


def test_a_face_is_found_by_its_name(wenkai_as_fangsong: Path) -> None:
    found = sysfaces.find(("仿宋_GB2312", "仿宋"), (wenkai_as_fangsong.parent,))
    assert found == sysfaces.SystemFace(wenkai_as_fangsong, 0, "仿宋")
    assert sysfaces.find(("楷体",), (wenkai_as_fangsong.parent,)) is None


@pytest.mark.parametrize(
    ("rights", "usable"), [(0x0, True), (0x4, True), (0x8, True), (0x2, False), (0x100, False)]
)
def test_rights_to_embed_are_kept(
    tmp_path: Path, wenkai_as_fangsong: Path, rights: int, usable: bool
) -> None:
    data = bytearray(wenkai_as_fangsong.read_bytes())
    tables = {bytes(data[at : at + 4]): at for at in range(12, 12 + 16 * data[5], 16)}
    offset = int.from_bytes(data[tables[b"OS/2"] + 8 : tables[b"OS/2"] + 12], "big")
    data[offset + 8 : offset + 10] = rights.to_bytes(2, "big")
    path = tmp_path / "face.ttf"
    path.write_bytes(data)
    assert bool(sysfaces.faces_of(path)) is usable


@pytest.mark.parametrize(
    "content", [b"", b"\0\1\0\0", b"ttcf\0\1\0\0\xff\xff\xff\xff", b"OTTO" + b"\xff" * 40]
)
def test_a_broken_file_is_no_face(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.ttf"
    path.write_bytes(content)
    assert sysfaces.faces_of(path) == []
    assert sysfaces.find(("仿宋",), (tmp_path, tmp_path / "gone")) is None


def test_the_machines_own_face_is_used_and_named(
    tmp_path: Path, wenkai_as_fangsong: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".fonts"
    folder.mkdir()
    shutil.copy(wenkai_as_fangsong, folder / "fs.ttf")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("CENTERDESK_BUNDLED_FONTS", raising=False)
    fonts._system_font.cache_clear()
    try:
        book = FontBook()
        assert book.font(Face.BODY) == "仿宋"
        assert book.faces == {"仿宋": "仿宋"}
        assert FontBook(system=False).font(Face.BODY) == "NotoSerifSC-Regular"
    finally:
        fonts._system_font.cache_clear()
