"""Where a line of Chinese may end: 禁则, words and figures kept whole (GB/T 15834, JIS X 4051 in spirit)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from centerdesk.kernel.record import record

NO_START = frozenset("、。，．·・；：？！…—～）》」』】〗〕〉｝”’％‰℃°,.;:?!)]}%”’々ー")
"""Never begin a line (避头)."""

NO_END = frozenset("（《「『【〖〔〈｛“‘([{￥＄№#$")
"""Never end a line (避尾)."""

_ATOM = re.compile(r"\n| +|[!-'*-Z^-z|~]+|—+|…+|.", re.DOTALL)
"""Words, figures and runs of one dash or of dots stay whole; ASCII brackets stand alone."""

_TOLERANCE = 1e-6


@record
class Line:
    """Characters [start, end) of the text. `ends` is true where the paragraph or a line break ended it.

    Spaces at the end belong to the line but take no room: they hang.
    """

    start: int
    end: int
    ends: bool


def break_lines(text: str, widths: Sequence[float], width: float, *, first_indent: float = 0.0) -> list[Line]:
    """Lines no wider than `width`, together every character of `text` but the line breaks.

    `widths` gives the advance of each character in the unit of `width`. What is wider than a line by
    itself is cut anywhere. An empty text is one empty line.
    """
    lines: list[Line] = []
    start, used, room = 0, 0.0, width - first_indent
    at = 0
    for cluster in _clusters(text):
        end = at + len(cluster)
        if cluster == "\n":
            lines.append(Line(start, at, True))
            start, used, room = end, 0.0, width
        elif cluster.isspace() and cluster.strip(" ") == "":
            used += sum(widths[at:end])
        else:
            size = sum(widths[at:end])
            if used + size > room + _TOLERANCE and used > 0 and at > start:
                lines.append(Line(start, at, False))
                start, used, room = at, 0.0, width
            if size > room + _TOLERANCE:
                start, used, room = _cut(lines, widths, (start, at, end), (used, room, width))
            else:
                used += size
        at = end
    lines.append(Line(start, len(text), True))
    return lines


def _cut(
    lines: list[Line], widths: Sequence[float], span: tuple[int, int, int], room: tuple[float, float, float]
) -> tuple[int, float, float]:
    """Cut a cluster that is wider than a line by itself, character by character."""
    start, at, end = span
    used, left, width = room
    for i in range(at, end):
        if used + widths[i] > left + _TOLERANCE and i > start:
            lines.append(Line(start, i, False))
            start, used, left = i, 0.0, width
        used += widths[i]
    return start, used, left


def _clusters(text: str) -> list[str]:
    """Pieces between which a line may end."""
    clusters: list[str] = []
    glue = False
    for atom in _ATOM.findall(text):
        if atom == "\n" or atom[0] == " ":
            clusters.append(atom)
            glue = False
            continue
        before = clusters[-1] if clusters else ""
        sticks = glue or (atom[0] in NO_START and before not in ("", "\n") and before[0] != " ")
        if sticks:
            clusters[-1] = before + atom
        else:
            clusters.append(atom)
        glue = atom[-1] in NO_END
    return clusters
