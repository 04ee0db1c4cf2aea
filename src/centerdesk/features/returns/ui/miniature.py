"""The paper as one sees it: a drawing of the form, no picture of a page with its figures."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import PaintedWidget, begin
from centerdesk.qtkit.pens import pen

_WIDE, _HIGH = 112, 158


class Miniature(PaintedWidget):
    """纸样. White whatever the theme: paper is white."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("paper_preview")
        self._empty = True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_drawing(empty=True)

    def show_drawing(self, *, empty: bool) -> None:
        """A drawing of the form; `empty` while there is nothing to print."""
        self._empty = empty
        self.describe(self.tr("还没有纸样") if empty else self.tr("月报表的样子，示意"))
        self.update()

    def sizeHint(self) -> QSize:
        """A4 upright."""
        look = theme()
        return QSize(look.px(_WIDE), look.px(_HIGH))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The sheet with its edge."""
        painter = begin(self)
        sheet = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.fillRect(sheet, Qt.GlobalColor.white)
        if not self._empty:
            self._draw_form(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen("line2", 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(sheet)
        painter.end()

    def _draw_form(self, painter: QPainter) -> None:
        unit = self.width() / 100
        ink, grey = Qt.GlobalColor.black, Qt.GlobalColor.gray
        painter.fillRect(QRectF(32 * unit, 16 * unit, 36 * unit, 3 * unit), ink)
        painter.fillRect(QRectF(13 * unit, 25 * unit, 22 * unit, 1.2 * unit), grey)
        table = QRectF(13 * unit, 30 * unit, 74 * unit, 78 * unit)
        painter.setPen(grey)
        painter.drawRect(table)
        for row in range(1, 14):
            y = round(table.top() + table.height() * row / 14)
            painter.drawLine(round(table.left()), y, round(table.right()), y)
        for share in (0.3, 0.38, 0.48, 0.6, 0.72, 0.82):
            x = round(table.left() + table.width() * share)
            painter.drawLine(x, round(table.top()), x, round(table.bottom()))
        painter.setPen(pen("redfill", 1, dashes=(2, 2)))
        painter.drawEllipse(QRectF(68 * unit, 110 * unit, 16 * unit, 16 * unit))
