"""What ships beside the program: faces that embed and cover, icons with one meaning each, division codes."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont

from installers import from_source, vendor_fonts

RESOURCES = from_source.ROOT / "resources"
FACES = {
    "NotoSansSC-Regular": ("Noto Sans SC", 400),
    "NotoSansSC-Bold": ("Noto Sans SC", 700),
    "NotoSerifSC-Regular": ("Noto Serif SC", 400),
    "NotoSerifSC-SemiBold": ("Noto Serif SC SemiBold", 600),
    "LXGWWenKai-Regular": ("Chuangming Kai", 400),
}


@pytest.fixture(params=FACES, scope="module")
def face(request: pytest.FixtureRequest) -> Iterator[tuple[str, TTFont]]:
    with TTFont(RESOURCES / "fonts" / f"{request.param}.ttf", lazy=True) as font:
        yield request.param, font


def test_face_can_be_embedded(face: tuple[str, TTFont]) -> None:
    name, font = face
    assert "glyf" in font
    assert "fvar" not in font
    assert font["OS/2"].fsType == 0
    assert (font["name"].getDebugName(1), font["OS/2"].usWeightClass) == FACES[name]


def test_face_covers_gb2312_and_the_symbols_of_office_papers(face: tuple[str, TTFont]) -> None:
    characters = vendor_fonts.gb2312() | {ord(one) for one in "āáǎàōóǒòǖǘǚǜ①⑩㈠〔〕《》〇￥¥‰℃—…·※→□■○●△√"}
    missing = {chr(code) for code in characters - set(face[1].getBestCmap())}
    assert missing == set()


def test_face_holds_the_rare_characters_of_the_common_list(face: tuple[str, TTFont]) -> None:
    assert {one for one in "𫟼𬭎𬍛㛃䶮㑇" if ord(one) not in face[1].getBestCmap()} == set()


def test_digits_are_tabular(face: tuple[str, TTFont]) -> None:
    cmap, metrics = face[1].getBestCmap(), face[1]["hmtx"]
    assert len({metrics[cmap[ord(digit)]][0] for digit in "0123456789"}) == 1


def test_a_modified_face_bears_no_reserved_name() -> None:
    with TTFont(RESOURCES / "fonts" / "LXGWWenKai-Regular.ttf", lazy=True) as font:
        shown = {str(record) for record in font["name"].names if record.nameID in (1, 3, 4, 6, 16, 18)}
    assert not [name for name in shown if "LXGW" in name or "霞鹜" in name]


def test_fonts_stay_small_and_keep_their_licences() -> None:
    fonts = RESOURCES / "fonts"
    assert sum(path.stat().st_size for path in fonts.glob("*.ttf")) <= 45_000_000
    families = {path.name.split("-")[0] for path in fonts.glob("*.ttf")}
    assert all((fonts / f"{family}-LICENSE.txt").is_file() for family in families)


def icon_rows() -> list[dict[str, str]]:
    with (RESOURCES / "icons" / "sources.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_one_icon_has_one_meaning() -> None:
    rows = icon_rows()
    assert len(rows) >= 120
    for column in ("name", "upstream", "meaning"):
        assert len({row[column] for row in rows}) == len(rows), column


def test_icons_and_their_list_agree() -> None:
    files = {path.stem for path in (RESOURCES / "icons").glob("*.svg")} - {"mark"}
    assert files == {f"{row['name']}_{style}" for row in icon_rows() for style in ("regular", "filled")}


@pytest.mark.parametrize("style", ["regular", "filled"])
def test_icons_can_be_recoloured(style: str) -> None:
    for path in (RESOURCES / "icons").glob(f"*_{style}.svg"):
        root = ElementTree.parse(path).getroot()
        assert root.get("viewBox") == "0 0 20 20", path.name
        fills = {node.get("fill") for node in root.iter()}
        assert fills <= {None, "none", "currentColor"}, path.name


def divisions(name: str) -> list[dict[str, str]]:
    with (RESOURCES / "data" / "divisions" / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


@pytest.mark.parametrize(
    "row",
    [
        ("230811", "郊区", "2002", ""),  # Jiamusi: home of most residents
        ("140881", "永济市", "2002", ""),
        ("110103", "崇文区", "2002", "2009"),  # abolished
        ("110228", "密云县", "2002", "2014"),
        ("110118", "密云区", "2023", ""),  # its successor
        ("130502", "桥东区", "2002", "2014"),  # renamed under the same code
        ("130502", "襄都区", "2023", ""),
        ("710000", "台湾省", "2002", ""),
    ],
)
def test_division_history(row: tuple[str, str, str, str]) -> None:
    assert row in {tuple(line.values()) for line in divisions("gb2260.csv")}


def test_every_street_hangs_on_a_present_county() -> None:
    counties = {line["code"] for line in divisions("divisions.csv")}
    packed = RESOURCES / "data" / "divisions" / "streets.csv.gz"
    with gzip.open(packed, "rt", encoding="utf-8", newline="") as table:
        streets = list(csv.DictReader(table))
    assert ("230811008", "云环街道") in {(line["code"], line["name"]) for line in streets}
    assert {line["code"][:6] for line in streets} <= counties
