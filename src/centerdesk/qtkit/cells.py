"""How one cell of a table is painted: text, badges, ticks, the current row (UI 4.2, 4.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from centerdesk.qtkit.columns import Badge, Role, Tone
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
    """Paints the cells of a `LedgerTable`. Everything comes from item roles and tokens."""

    def __init__(self, table: LedgerTable) -> None:
        super().__init__(table)
        self._table = table

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

    def tick_box(self, cell: QRectF) -> QRectF:
        """Where the tick box of the first cell of a row stands."""
        side = theme().scale(BOX)
        return QRectF(cell.left() + theme().scale(PAD + 2), cell.center().y() - side / 2, side, side)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look = theme()
        cell = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(cell)
        if self._table.dimmed:
            painter.setOpacity(0.5)
        self._paint_ground(painter, cell, option, index)
        if index.data(Role.TAIL) is not None:
            painter.setFont(look.font("table"))
            painter.setPen(look.colour("ink2"))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(index.data() or ""))
        else:
            self._paint_content(painter, cell, index)
        painter.restore()

    def _paint_ground(
        self,
        painter: QPainter,
        cell: QRectF,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        look = theme()
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.fillRect(cell, look.colour("wash" if selected else "surface"))
        edge = look.edge("line")
        painter.fillRect(QRectF(cell.left(), cell.bottom() - edge, cell.width(), edge), look.colour("line"))
        current = index.row() == self._table.currentIndex().row()
        if selected and self._table.is_first_visible(index.column()):
            painter.fillRect(
                QRectF(cell.left(), cell.top(), look.scale(3), cell.height()), look.colour("primary")
            )
        if current and self._table.hasFocus():
            ring = look.edge("focus")
            for y in (cell.top(), cell.bottom() - ring):
                painter.fillRect(QRectF(cell.left(), y, cell.width(), ring), look.colour("primary"))

    def _paint_content(
        self,
        painter: QPainter,
        cell: QRectF,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        look = theme()
        inner = cell.adjusted(look.scale(PAD), 0, -look.scale(PAD), 0)
        check = index.data(Qt.ItemDataRole.CheckStateRole)
        if check is not None:
            self._paint_tick(painter, cell, Qt.CheckState(check))
            inner.setLeft(inner.left() + tick_room())
        badges: Sequence[Badge] = index.data(Role.BADGES) or ()
        if badges:
            self._paint_badges(painter, inner, badges)
        else:
            self._paint_text(painter, inner, index)

    def _paint_tick(self, painter: QPainter, cell: QRectF, state: Qt.CheckState) -> None:
        look = theme()
        box = self.tick_box(cell)
        on = state is Qt.CheckState.Checked
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

    def _paint_badges(self, painter: QPainter, inner: QRectF, badges: Sequence[Badge]) -> None:
        """As many as fit; the rest are counted: +2."""
        left, room = inner.left(), inner.right()
        for number, badge in enumerate(badges):
            rest = len(badges) - number
            more = badge_width(Badge(f"+{rest}")) + GAP if rest > 1 else 0
            if left + badge_width(badge) + more > room + 1 and number:
                paint_badge(painter, left, inner.center().y(), Badge(f"+{rest}"))
                return
            left = paint_badge(painter, left, inner.center().y(), badge) + theme().scale(GAP)

    def _paint_text(
        self,
        painter: QPainter,
        inner: QRectF,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        look = theme()
        tone: Tone | None = index.data(Role.TONE)
        font = look.font("table", bold=bool(index.data(Role.BOLD)) or tone in (Tone.SOON, Tone.LATE))
        metrics = QFontMetricsF(font)
        text = metrics.elidedText(str(index.data() or ""), Qt.TextElideMode.ElideRight, inner.width())
        align = Qt.AlignmentFlag(index.data(Qt.ItemDataRole.TextAlignmentRole))
        ink = look.colour(_CARD_INKS.get(tone, tone.value[1]) if tone is not None else "ink")
        if index.data(Role.HIT) and text:
            width = metrics.horizontalAdvance(text)
            mark = QRectF(
                inner.left() - 2, inner.center().y() - metrics.height() / 2, width + 4, metrics.height()
            )
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("dawn2"))
            painter.drawRoundedRect(mark, 3, 3)
            ink = look.colour("on-hit")
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(inner, align, text)
