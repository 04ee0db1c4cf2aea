"""The one gate that people's text passes on its way into a file: nothing unseen, nothing that acts (G39)."""

from __future__ import annotations

import re

MARK = "□"
"""Stands for a character that must not be written: control, bidi control, half a surrogate, non-character."""

_NEWLINES = re.compile("\r\n|[\n\r\v\f\x85\u2028\u2029]")
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
_SUSPECT = re.compile(f"{_NEWLINES.pattern}|\t|{_UNPRINTABLE.pattern}")


def esc(text: str) -> str:
    """The text as every exporter writes it: line ends become LF, TAB a space, what cannot be printed `□`.

    Everything else stays as it is, spaces, full-width signs and characters beyond U+FFFF included. No
    exporter of ours interprets markup or formulas, so nothing else needs escaping.
    """
    if not _SUSPECT.search(text):
        return text
    return _UNPRINTABLE.sub(MARK, _NEWLINES.sub("\n", text).replace("\t", " "))


def one_line(text: str) -> str:
    """`esc` for a place that has a single line: line ends become spaces."""
    return esc(text).replace("\n", " ")
