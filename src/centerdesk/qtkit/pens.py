"""Pens from tokens, so that a painter reads `pen("line2", 1)` and no colour is written twice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from centerdesk.qtkit.look import theme


def pen(
    colour: str | QColor, width: float = 1.0, *, rounded: bool = False, dashes: Sequence[float] | None = None
) -> QPen:
    """A pen of a token or a colour; `width` in px as painted. `dashes` in multiples of the width."""
    made = QPen(theme().colour(colour) if isinstance(colour, str) else colour, width)
    made.setCapStyle(Qt.PenCapStyle.RoundCap if rounded else Qt.PenCapStyle.FlatCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin if rounded else Qt.PenJoinStyle.MiterJoin)
    if dashes:
        made.setDashPattern(list(dashes))
    return made
