"""Rebuilds resources/fonts from the unpacked upstream packages (see resources/fonts/README.md).

A maintainer's tool, never run on a user's machine:

    python installers/vendor_fonts.py --sans DIR --serif DIR --wenkai FILE --hanzi kMandarin_8105.txt
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "resources" / "fonts"

# What a heading can hold beside hanzi: Latin with every pinyin tone, punctuation, currency, arrows, maths,
# enclosed numbers, box drawing, shapes, kana, bopomofo, vertical and full-width forms.
SYMBOL_BLOCKS = (
    (0x0020, 0x007E), (0x00A0, 0x024F), (0x0250, 0x02FF), (0x0370, 0x03FF), (0x0400, 0x045F),
    (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x20A0, 0x20CF), (0x2100, 0x214F),
    (0x2150, 0x218F), (0x2190, 0x21FF), (0x2200, 0x22FF), (0x2300, 0x23FF), (0x2460, 0x24FF),
    (0x2500, 0x25FF), (0x2600, 0x27BF), (0x2E80, 0x2FDF), (0x3000, 0x30FF), (0x3100, 0x312F),
    (0x31A0, 0x31EF), (0x3200, 0x33FF), (0xFE10, 0xFE1F), (0xFE30, 0xFE6F), (0xFF00, 0xFFEF),
)  # fmt: skip

# The reserved names "LXGW" and "霞鹜" may not be used by a modified copy, and a subset is one (OFL 1.1, 3).
KAI_NAMES = {
    1: "Chuangming Kai",
    3: "ChuangmingKai-Regular;subset",
    4: "Chuangming Kai",
    6: "ChuangmingKai-Regular",
}
KAI_CHINESE = "窗明楷体"


def gb2312() -> set[int]:
    """Every code point GB 2312-80 encodes, hanzi and symbols."""
    found: set[int] = set()
    for lead in range(0xA1, 0xF8):
        for trail in range(0xA1, 0xFF):
            try:
                found.add(ord(bytes((lead, trail)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return found


def wanted(hanzi_list: Path) -> set[int]:
    """通用规范汉字表 + GB 2312 + the symbol blocks."""
    text = hanzi_list.read_text(encoding="utf-8")
    common = {int(code, 16) for code in re.findall(r"^U\+([0-9A-F]+):", text, re.MULTILINE)}
    symbols = {code for first, last in SYMBOL_BLOCKS for code in range(first, last + 1)}
    return common | gb2312() | symbols


def cut(source: Path, target: Path, codes: set[int]) -> None:
    """Write the subset of `source` that covers `codes`; outlines, metrics and features stay as they are."""
    options = subset.Options(
        layout_features=["*"], name_IDs=["*"], name_languages=["*"], notdef_outline=True, glyph_names=False
    )
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes)
    cutter.subset(font)
    subset.save_font(font, str(target), options)


def make_digits_tabular(path: Path) -> None:
    """Give 0-9 one advance (the widest) and centre each in it: columns of figures must line up."""
    font = TTFont(path)
    cmap, metrics, outlines = font.getBestCmap(), font["hmtx"], font["glyf"]
    names = [cmap[ord(digit)] for digit in "0123456789"]
    width = max(metrics[name][0] for name in names)
    for name in names:
        advance, bearing = metrics[name]
        shift = (width - advance) // 2
        outlines[name].coordinates.translate((shift, 0))
        outlines[name].recalcBounds(outlines)
        metrics[name] = (width, bearing + shift)
    font.save(path)


def rename_kai(path: Path) -> None:
    """Replace every presented name that carries a reserved word; the copyright line stays."""
    font = TTFont(path)
    for record in list(font["name"].names):
        if record.nameID in KAI_NAMES:
            chinese = record.platformID == 3 and record.langID != 0x409 and record.nameID in (1, 4)
            record.string = KAI_CHINESE if chinese else KAI_NAMES[record.nameID]
        elif record.nameID not in (0, 2, 5, 13, 14):
            font["name"].removeNames(record.nameID, record.platformID, record.platEncID, record.langID)
    font.save(path)


RARE_NAMES = {1: "Chuangming Rare Han", 4: "Chuangming Rare Han", 6: "ChuangmingRareHan-Regular", 3: "1"}
RARE_NOTICE = (
    "Cut to Extension C, D and a few characters of names out of BabelStone Han 15.0.5; renamed. 2026-11-22."
)
NAMES_BEYOND = (0x23415, 0x24236, 0x2620E)
"""Characters of Extension B that the sample ledger has and no Noto face."""


def cut_rare(source: Path, target: Path) -> None:
    """Han beyond the Noto faces that GB 18030-2022 asks for first: Extension C and D (rare given names)."""
    cut(source, target, {*range(0x2A700, 0x2B81E), *NAMES_BEYOND, 0x20, 0x3000})
    font = TTFont(target)
    for record in list(font["name"].names):
        if record.nameID in RARE_NAMES:
            record.string = RARE_NAMES[record.nameID]
        elif record.nameID not in (0, 2, 5, 13, 14):
            font["name"].removeNames(record.nameID, record.platformID, record.platEncID, record.langID)
    font["name"].setName(RARE_NOTICE, 10, 3, 1, 0x409)
    font.save(target)


def main() -> None:
    """Build the six faces into resources/fonts."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("sans", "serif", "wenkai", "rare", "hanzi"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    codes = wanted(given.hanzi)
    shutil.copyfile(given.sans / "400Regular/NotoSansSC_400Regular.ttf", FONTS / "NotoSansSC-Regular.ttf")
    cut(given.sans / "700Bold/NotoSansSC_700Bold.ttf", FONTS / "NotoSansSC-Bold.ttf", codes)
    shutil.copyfile(given.serif / "400Regular/NotoSerifSC_400Regular.ttf", FONTS / "NotoSerifSC-Regular.ttf")
    cut(given.serif / "600SemiBold/NotoSerifSC_600SemiBold.ttf", FONTS / "NotoSerifSC-SemiBold.ttf", codes)
    make_digits_tabular(FONTS / "NotoSerifSC-Regular.ttf")
    make_digits_tabular(FONTS / "NotoSerifSC-SemiBold.ttf")
    cut(given.wenkai, FONTS / "LXGWWenKai-Regular.ttf", codes)
    rename_kai(FONTS / "LXGWWenKai-Regular.ttf")
    cut_rare(given.rare, FONTS / "BabelStoneHan-Rare.ttf")


if __name__ == "__main__":
    main()
