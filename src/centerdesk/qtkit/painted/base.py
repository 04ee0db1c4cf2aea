"""What every painted widget shares: a repaint when the look changes, sharp edges, text in a box."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from centerdesk.qtkit.look import theme, theme_hub

CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def follow_look(widget: QWidget) -> None:
    """Measure and paint again whenever theme or zoom change. The connection ends with the widget."""
    theme_hub().changed.connect(widget.updateGeometry)
    theme_hub().changed.connect(widget.update)


class PaintedWidget(QWidget):
    """A widget that draws itself from tokens."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        follow_look(self)

    def describe(self, name: str, description: str = "") -> None:
        """Say in Chinese what is drawn, with state and number (UI.md 8.1)."""
        if name != self.accessibleName():
            self.setAccessibleName(name)
        if description != self.accessibleDescription():
            self.setAccessibleDescription(description)


def begin(widget: QWidget) -> QPainter:
    """A painter with smooth edges. End it before returning from paintEvent."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    return painter


def snapped(rect: QRectF, width: float, ratio: float = 1.0) -> QRectF:
    """`rect` moved so that a line of `width` around its inside falls on whole device pixels."""

    def snap(value: float) -> float:
        return round(value * ratio) / ratio

    left, top = snap(rect.left()), snap(rect.top())
    right, bottom = snap(rect.right()), snap(rect.bottom())
    half = width / 2
    return QRectF(QPointF(left + half, top + half), QPointF(right - half, bottom - half))


def text_width(font: QFont, text: str) -> float:
    """Advance of `text` in px."""
    return QFontMetricsF(font).horizontalAdvance(text)


def line_height(font: QFont) -> float:
    """Height of one line in px: what a row needs, without the large leading of Chinese faces."""
    metrics = QFontMetricsF(font)
    return metrics.ascent() + metrics.descent()


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    font: QFont,
    colour: str | QColor,
    align: Qt.AlignmentFlag = LEFT,
    *,
    elide: bool = False,
) -> None:
    """One line of text. With `elide` it ends in … when it does not fit."""
    painter.setFont(font)
    painter.setPen(theme().colour(colour) if isinstance(colour, str) else colour)
    if elide:
        text = QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, int(align | Qt.TextFlag.TextSingleLine), text)


def draw_in_middle(painter: QPainter, rect: QRectF, text: str, font: QFont, colour: str | QColor) -> None:
    """Text whose ink, not whose line, is centred: for single characters and numbers in small shapes."""
    ink = QFontMetricsF(font).tightBoundingRect(text)
    painter.setFont(font)
    painter.setPen(theme().colour(colour) if isinstance(colour, str) else colour)
    advance = text_width(font, text)
    painter.drawText(QPointF(rect.center().x() - advance / 2, rect.center().y() - ink.center().y()), text)
