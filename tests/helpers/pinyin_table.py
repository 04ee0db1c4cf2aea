"""How `resources/data/pinyin/characters.txt` and `private_use.txt` are made of their sources; tests compare.

Run as `python -m tests.helpers.pinyin_table SOURCE_DIR` after an update of the sources.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

RESOURCES = Path(__file__).resolve().parents[2] / "resources" / "data" / "pinyin"
TONES = {"\u0304": "1", "\u0301": "2", "\u030c": "3", "\u0300": "4"}
SHARE, TIMES = 0.02, 2
"""A reading that phrases use counts when it makes up this share of the character's uses, and so many at least."""


def numbered(marked: str) -> str:
    """`lǜ` → `lv4`; a neutral syllable gets no digit."""
    tone, letters = "", ""
    for char in unicodedata.normalize("NFD", marked.strip()):
        if char in TONES:
            tone = TONES[char]
        elif char == "\u0308":
            letters = letters[:-1] + "v"
        elif char.isascii() and char.isalpha():
            letters += char
    return letters + tone


def code_lines(path: Path) -> dict[str, list[str]]:
    """`U+4E2D: zhōng,zhòng  # 中` as character → numbered readings."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        match = re.match(r"U\+([0-9A-F]+):\s*([^#]*)", line)
        if match:
            found[chr(int(match[1], 16))] = [numbered(r) for r in re.split(r"[,\s]+", match[2].strip()) if r]
    return found


def used_readings(paths: list[Path]) -> dict[str, Counter[str]]:
    """How often phrases read a character this way."""
    uses: dict[str, Counter[str]] = defaultdict(Counter)
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            phrase, _, tail = line.partition(":")
            phrase, readings = phrase.split("_")[0].strip(), tail.split("#")[0].split()
            if not line.startswith("#") and len(phrase) == len(readings):
                for char, reading in zip(phrase, readings, strict=True):
                    uses[char][numbered(reading)] += 1
    return uses


def characters(source: Path) -> str:
    """One line a character: the character, a space, its readings by rank, syllables told apart without tone."""
    readings = code_lines(source / "kMandarin_8105.txt")
    for char, corrected in code_lines(source / "char_overwrite.txt").items():
        if not 0xE000 <= ord(char) < 0xF900:
            readings[char] = corrected
    uses = used_readings([source / "phrase_pinyin.txt", source / "phrase_overwrite.txt"])
    lines = ["# character readings; made by tests/helpers/pinyin_table.py, see README.md"]
    for char in sorted(readings):
        total = sum(uses[char].values())
        ranked = [r for r, n in uses[char].most_common() if n >= TIMES and n >= SHARE * total]
        distinct: dict[str, str] = {}
        for reading in readings[char] + ranked:
            if reading:
                distinct.setdefault(reading.rstrip("1234"), reading)
        lines.append(f"{char} {','.join(list(distinct.values())[:4])}")
    return "\n".join(lines) + "\n"


def private_use(source: Path) -> str:
    """Private-use characters of old GBK fonts and the standard character each stands for, one pair a line."""
    lines = ["# private-use characters of GBK and their standard forms; see README.md"]
    for line in (source / "gbk_pua.txt").read_text(encoding="utf-8").splitlines():
        match = re.match(r"#?\s*U\+(E[0-9A-F]{3}|F8[0-9A-F]{2}):.*(?:Unihan:|=>)\s*U\+([0-9A-F]+)", line)
        if match:
            lines.append(f"U+{match[1]} {chr(int(match[2], 16))}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    (RESOURCES / "characters.txt").write_text(characters(folder), encoding="utf-8")
    (RESOURCES / "private_use.txt").write_text(private_use(folder), encoding="utf-8")
