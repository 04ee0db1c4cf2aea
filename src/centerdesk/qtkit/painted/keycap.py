"""The cap of a key, as it is printed on buttons, legends and the search field."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import CENTRE, PaintedWidget, begin, draw_text, text_width
from centerdesk.qtkit.pens import pen

_WORDS = {
    "Space": "空格",
    "Return": "Enter",
    "Del": "Del",
    "PgUp": "PgUp",
    "PgDown": "PgDn",
    "Up": "↑",
    "Down": "↓",
    "Left": "←",
    "Right": "→",
}


def key_words(keys: str | QKeySequence) -> str:
    """A shortcut as printed: `Ctrl+Return` → `Ctrl Enter`, `Space` → 空格."""
    text = keys.toString(QKeySequence.SequenceFormat.PortableText) if isinstance(keys, QKeySequence) else keys
    first = text.split(", ")[0]
    if first.endswith("++"):
        return " ".join((*(_WORDS.get(part, part) for part in first[:-2].split("+")), "+"))
    return " ".join(_WORDS.get(part, part) for part in first.split("+"))


def keycap_width(text: str) -> float:
    """Width of a cap with its padding, px."""
    return text_width(theme().font("caption"), text) + theme().scale(12)


def paint_keycap(
    painter: QPainter, rect: QRectF, text: str, *, ink: str = "ink2", edge: str = "line2"
) -> None:
    """A cap: thin edge, a thicker one below. On a filled button `ink` and `edge` are the text's colour."""
    look = theme()
    width = look.edge("hair")
    radius = look.size("radius-keycap")
    body = rect.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    on_fill = edge.startswith("on-")
    painter.setPen(pen(look.colour(edge, 0.85) if on_fill else edge, width))
    painter.setBrush(Qt.BrushStyle.NoBrush if on_fill else look.colour("surface"))
    painter.drawRoundedRect(body, radius, radius)
    if not on_fill:
        painter.setPen(pen(edge, width))
        foot = body.bottom() - width
        painter.drawLine(int(body.left() + radius), int(foot), int(body.right() - radius), int(foot))
    draw_text(painter, rect, text, look.font("caption"), ink, CENTRE)


class KeyCap(PaintedWidget):
    """A key in a legend (键帽)."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = key_words(keys)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.describe(f"按键 {self._text}")

    def sizeHint(self) -> QSize:
        """As wide as the text needs."""
        return QSize(round(keycap_width(self._text)), theme().size("keycap"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The cap."""
        painter = begin(self)
        paint_keycap(painter, QRectF(self.rect()), self._text)
        painter.end()
