"""The line under the board: each state as it is drawn, its word, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import PaintedWidget, begin, draw_text, text_width
from centerdesk.qtkit.painted.window_glyph import WindowState, paint_window


@dataclass(frozen=True)
class LegendItem:
    """One state. `count` None: nothing to count (未登记)."""

    state: WindowState
    word: str
    count: int | None

    @property
    def red(self) -> bool:
        return self.state.troubled and bool(self.count)


class StateLegend(PaintedWidget):
    """图例. Leaves out what does not occur where there is no room for all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("state_legend")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._items: tuple[LegendItem, ...] = ()
        self._only_present = False

    @property
    def items(self) -> tuple[LegendItem, ...]:
        return self._items

    def set_items(self, items: Sequence[LegendItem], *, only_present: bool) -> None:
        """What to explain; `only_present` leaves out states nobody is in."""
        self._items, self._only_present = tuple(items), only_present
        counted = "，".join(f"{i.word} {i.count}" for i in items if i.count)
        self.describe(self.tr("图例"), counted)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(300), round(theme().scale(46)))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(120), round(theme().scale(46)))

    def _width(self, item: LegendItem) -> float:
        look = theme()
        words = text_width(look.font("table"), item.word)
        count = text_width(look.font("table", bold=True), _count(item))
        return look.scale(25) + words + (count + look.scale(5) if count else 0)

    def _shown(self) -> tuple[LegendItem, ...]:
        present = tuple(i for i in self._items if i.count)
        room = self.width() - theme().scale(20)
        gap = theme().scale(6)
        if not self._only_present and sum(map(self._width, self._items)) + gap * len(self._items) <= room:
            return self._items
        return present

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = theme(), begin(self)
        shown = self._shown()
        widths = [self._width(item) for item in shown]
        if sum(widths) + look.scale(26) > self.width():  # drawings and counts say it, the words are spoken
            shown = tuple(replace(item, word="") for item in shown)
            widths = [self._width(item) for item in shown]
        margin = look.scale(10)
        free = self.width() - 2 * margin - sum(widths)
        gap = min(look.scale(26), max(look.scale(6), free / max(1, len(shown) - 1)))
        left = margin
        if len(shown) > 1 and free > 0:
            left = max(margin, (self.width() - sum(widths) - gap * (len(shown) - 1)) / 2)
        for item, wide in zip(shown, widths, strict=True):
            self._paint_item(painter, left, item)
            left += wide + gap
        painter.end()

    def _paint_item(self, painter: QPainter, left: float, item: LegendItem) -> None:
        look, middle = theme(), self.height() / 2
        wide, high = look.scale(18), look.scale(16)
        paint_window(painter, QRectF(left, middle - high / 2, wide, high), item.state, sill=False)
        ink = "red" if item.red else "ink"
        start = left + look.scale(25)
        font, bold = look.font("table"), look.font("table", bold=True)
        words = text_width(font, item.word)
        draw_text(painter, QRectF(start, 0, words + 2, self.height()), item.word, font, ink)
        count = QRectF(start + words + look.scale(5), 0, look.scale(40), self.height())
        draw_text(painter, count, _count(item), bold, ink)


def _count(item: LegendItem) -> str:
    return "" if item.count is None else str(item.count)
