"""How one cell of a table is painted: text, badges, ticks, the current row (UI 4.2, 4.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from centerdesk.qtkit.columns import Badge, Column, Role, Tone, cell_text
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted import badge as painted
from centerdesk.qtkit.pens import pen

if TYPE_CHECKING:
    from centerdesk.qtkit.table import LedgerTable

PAD = 8  # px at 100 % between a cell's edge and its content
BOX = 16  # side of a tick box
GAP = 4  # between badges

_CARD_INKS = {Tone.YELLOW_CARD: "dawn-ink", Tone.RED_CARD: "red"}
"""Text in a table that has no card behind it: the card's own ink would not be read there."""


def tick_room() -> float:
    """What a tick box takes before the words of its cell, px."""
    return theme().scale(BOX + 12)


def tick_box(cell: QRectF) -> QRectF:
    """Where the tick box of the first cell of a row stands."""
    side = theme().scale(BOX)
    return QRectF(cell.left() + theme().scale(PAD + 2), cell.center().y() - side / 2, side, side)


def badge_width(badge: Badge) -> float:
    """Width of a badge as painted, px."""
    return painted.badge_width(badge.text, badge.tone, badge.icon)


def paint_badge(painter: QPainter, left: float, middle: float, badge: Badge) -> float:
    """Paint a badge at `left`, centred on the line `middle`; answers its right edge."""
    height = float(theme().size("badge"))
    box = QRectF(left, middle - height / 2, badge_width(badge), height)
    painted.paint_badge(painter, box, badge.text, badge.tone, badge.icon)
    return box.right()


class LedgerDelegate(QStyledItemDelegate):
    """How large the cells of a `LedgerTable` want to be; it paints them itself, by `CellPainter`."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        look = theme()
        metrics = QFontMetricsF(look.font("table", bold=bool(index.data(Role.BOLD))))
        badges: Sequence[Badge] = index.data(Role.BADGES) or ()
        width = sum(badge_width(b) + GAP for b in badges) or metrics.horizontalAdvance(
            str(index.data() or "")
        )
        return QSize(round(width + look.scale(2 * PAD + 2)) + self._box_width(index), look.size("row"))

    def _box_width(self, index: QModelIndex | QPersistentModelIndex) -> int:
        return 0 if index.data(Qt.ItemDataRole.CheckStateRole) is None else round(tick_room())


class CellPainter:
    """Paints cells of one table, for one painting: what they share is looked up once.

    A delegate, which Qt calls for each cell, costs three times as much.
    """

    def __init__(self, table: LedgerTable, painter: QPainter) -> None:
        look = theme()
        self._table, self._model, self._painter, self._look = table, table.ledger, painter, look
        self._ticked = table.ledger.ticked() if table.ledger.tickable else frozenset()
        self._current = table.currentIndex().row() if table.hasFocus() else -1
        self._fonts = {bold: look.font("table", bold=bold) for bold in (False, True)}
        self._metrics = {bold: QFontMetricsF(font) for bold, font in self._fonts.items()}
        self._surface, self._wash, self._line = map(look.colour, ("surface", "wash", "line"))
        self._ink, self._edge, self._pad = look.colour("ink"), look.edge("line"), look.scale(PAD)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if table.dimmed:
            painter.setOpacity(0.5)

    def paint_rows(self, area: QRect) -> None:
        """Every cell that reaches into `area` of the viewport."""
        table, model = self._table, self._model
        first, last = max(0, table.rowAt(area.top())), table.rowAt(area.bottom())
        columns = [n for n in range(len(model.columns)) if not table.isColumnHidden(n)]
        places = [(n, table.columnViewportPosition(n), table.columnWidth(n)) for n in columns]
        places = [at for at in places if at[1] <= area.right() and at[1] + at[2] > area.left()]
        selection = table.selectionModel()
        for number in range(first, model.rowCount() if last < 0 else last + 1):
            if model.row(number) is None:
                self.paint(number, 0, QRectF(table.visualRect(model.index(number, 0))), selected=False)
                continue
            top, high = table.rowViewportPosition(number), table.rowHeight(number)
            selected = selection.isRowSelected(number)
            for column, left, wide in places:
                self.paint(number, column, QRectF(left, top, wide, high), selected=selected)

    def paint(self, number: int, place: int, cell: QRectF, selected: bool) -> None:
        """One cell; of the tail row the sentence, over all columns."""
        self._paint_ground(cell, number, place, selected)
        row = self._model.row(number)
        if row is None:
            self._painter.setFont(self._fonts[False])
            self._painter.setPen(self._look.colour("ink2"))
            words = str(self._model.index(number, place).data() or "")
            self._painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, words)
            return
        column = self._model.columns[place]
        inner = cell.adjusted(self._pad, 0, -self._pad, 0)
        if self._model.tickable and not place:
            self._paint_tick(cell, self._model.id_of(row) in self._ticked)
            inner.setLeft(inner.left() + tick_room())
        badges = column.badges(row) if column.badges else ()
        if badges:
            self._painter.setClipRect(cell)
            self._paint_badges(inner, badges)
            self._painter.setClipping(False)
        elif text := cell_text(column, row):
            hit = column.hit and bool(self._model.index(number, place).data(Role.HIT))
            self._paint_text(cell, inner, text, column, row, hit)

    def _paint_ground(self, cell: QRectF, number: int, place: int, selected: bool) -> None:
        look, painter = self._look, self._painter
        painter.fillRect(cell, self._wash if selected else self._surface)
        painter.fillRect(
            QRectF(cell.left(), cell.bottom() - self._edge, cell.width(), self._edge), self._line
        )
        if selected and self._table.is_first_visible(place):
            painter.fillRect(
                QRectF(cell.left(), cell.top(), look.scale(3), cell.height()), look.colour("primary")
            )
        if number == self._current:
            ring = look.edge("focus")
            for y in (cell.top(), cell.bottom() - ring):
                painter.fillRect(QRectF(cell.left(), y, cell.width(), ring), look.colour("primary"))

    def _paint_tick(self, cell: QRectF, on: bool) -> None:
        look, painter = self._look, self._painter
        box = tick_box(cell)
        painter.setPen(pen("primary" if on else "control", look.edge("control")))
        painter.setBrush(look.colour("primary" if on else "surface"))
        painter.drawRoundedRect(box, look.scale(3), look.scale(3))
        if on:
            painter.setPen(pen("on-primary", look.scale(1.6), rounded=True))
            x, y, side = box.left(), box.top(), box.width()
            painter.drawPolyline(
                [
                    QPointF(x + 0.24 * side, y + 0.52 * side),
                    QPointF(x + 0.44 * side, y + 0.72 * side),
                    QPointF(x + 0.78 * side, y + 0.3 * side),
                ]
            )

    def _paint_badges(self, inner: QRectF, badges: Sequence[Badge]) -> None:
        """As many as fit; the rest are counted: +2."""
        left, room = inner.left(), inner.right()
        for number, badge in enumerate(badges):
            rest = len(badges) - number
            more = badge_width(Badge(f"+{rest}")) + GAP if rest > 1 else 0
            if left + badge_width(badge) + more > room + 1 and number:
                paint_badge(self._painter, left, inner.center().y(), Badge(f"+{rest}"))
                return
            left = paint_badge(self._painter, left, inner.center().y(), badge) + theme().scale(GAP)

    def _paint_text(
        self, cell: QRectF, inner: QRectF, text: str, column: Column[Any], row: Any, hit: bool
    ) -> None:
        painter, tone = self._painter, column.tone(row) if column.tone else None
        bold = column.bold or tone in (Tone.SOON, Tone.LATE)
        metrics = self._metrics[bold]
        text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, inner.width())
        ink = self._ink if tone is None else self._look.colour(_CARD_INKS.get(tone, tone.value[1]))
        if hit:
            width = metrics.horizontalAdvance(text)
            mark = QRectF(
                inner.left() - 2, inner.center().y() - metrics.height() / 2, width + 4, metrics.height()
            )
            painter.setClipRect(cell)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour("dawn2"))
            painter.drawRoundedRect(mark, 3, 3)
            painter.setClipping(False)
            ink = self._look.colour("on-hit")
        painter.setFont(self._fonts[bold])
        painter.setPen(ink)
        painter.drawText(inner, column.align.value, text)
