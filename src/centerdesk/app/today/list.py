"""今天到期 as a list: headings with a way to their page, rows with time left and how far they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from centerdesk.app.today.due import DueGroup, DueRow
from centerdesk.kernel.manifest import Target, Tone
from centerdesk.kernel.record import record
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.badge import Tone as BadgeTone
from centerdesk.qtkit.painted.badge import badge_width, paint_badge
from centerdesk.qtkit.painted.base import RIGHT, draw_text, line_height, text_width
from centerdesk.qtkit.painted.ladder import paint_meter

ROW = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
INK = {Tone.PLAIN: "ink3", Tone.MUTED: "ink3", Tone.GOOD: "green", Tone.WARN: "dawn-ink", Tone.ALARM: "red"}
_FILL = {Tone.WARN: "dawn", Tone.ALARM: "redfill"}


@record
class Head:
    """A heading of the list."""

    title: str
    facts: str
    way: str
    page: str


Entry = Head | DueRow


def entries(groups: Iterable[DueGroup], *, mine: bool) -> Iterator[Entry]:
    """Headings and rows, only 我的 or all."""
    for group in groups:
        rows = [row for row in group.rows if row.mine or not mine]
        if rows or (not group.rows and group.count):
            yield Head(group.title, group.facts, f"{group.way} ›", group.page)
            yield from rows


class DueModel(QAbstractListModel):
    """The entries as they stand. GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[Entry, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self._entries

    def set_entries(self, found: tuple[Entry, ...]) -> None:
        """Nothing is done when they are the same: a refresh must not take the selection away."""
        if found != self._entries:
            self.beginResetModel()
            self._entries = found
            self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            more = (entry.facts,) if isinstance(entry, Head) else (entry.detail, entry.badge, entry.right)
            return "，".join(part for part in (entry.title, *more) if part)
        return entry if role == ROW else None

    def flags(self, _index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class DueDelegate(QStyledItemDelegate):
    """Paints headings and rows."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        look = theme()
        if isinstance(index.data(ROW), Head):
            return QSize(0, round(line_height(look.font("table")) + look.px(11)))
        return QSize(
            0, round(line_height(look.font("body")) + line_height(look.font("caption")) + look.px(14))
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look = theme()
        entry: Entry = index.data(ROW)
        rect = QRectF(getattr(option, "rect"))  # noqa: B009 - the stubs do not know the option's fields
        state = getattr(option, "state")  # noqa: B009
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = bool(state & QStyle.StateFlag.State_Selected) and bool(
            state & QStyle.StateFlag.State_HasFocus
        )
        ground = "wash" if chosen else "surface2" if isinstance(entry, Head) else "surface"
        painter.fillRect(rect, look.colour(ground))
        hair = look.edge("hair")
        painter.fillRect(QRectF(rect.left(), rect.bottom() - hair, rect.width(), hair), look.colour("line"))
        inner = rect.adjusted(look.size("card-padding"), 0, -look.size("card-padding"), -hair)
        if isinstance(entry, Head):
            _paint_head(painter, inner, entry)
        else:
            _paint_row(painter, inner, entry)
        painter.restore()


def _paint_head(painter: QPainter, rect: QRectF, head: Head) -> None:
    look = theme()
    bold, plain = look.font("table", bold=True), look.font("table")
    wide = text_width(bold, head.title)
    draw_text(painter, QRectF(rect.left(), rect.top(), wide + 2, rect.height()), head.title, bold, "ink2")
    way = text_width(plain, head.way)
    room = QRectF(
        rect.left() + wide + look.px(8), rect.top(), rect.width() - wide - way - look.px(20), rect.height()
    )
    draw_text(painter, room, head.facts, plain, "ink2", elide=True)
    draw_text(painter, rect, head.way, plain, "primary", RIGHT)


def _paint_row(painter: QPainter, rect: QRectF, row: DueRow) -> None:
    look = theme()
    side = look.size("icon")
    paint_icon(painter, QRectF(rect.left(), rect.center().y() - side / 2, side, side), row.icon, "ink2")
    left, end = rect.left() + side + look.px(11), _paint_right(painter, rect, row)
    if row.badge:
        tone = BadgeTone.SOON if row.tone is Tone.WARN else BadgeTone.PLAIN
        wide, high = badge_width(row.badge, tone), look.size("badge")
        badge = QRectF(end - wide, rect.center().y() - high / 2, wide, high)
        paint_badge(painter, badge, row.badge, tone)
        end = badge.left()
    body, small = look.font("body"), look.font("caption")
    top = rect.center().y() - (line_height(body) + line_height(small)) / 2
    wide = end - left - look.px(10)
    draw_text(painter, QRectF(left, top, wide, line_height(body)), row.title, body, "ink", elide=True)
    below = QRectF(left, top + line_height(body), wide, line_height(small))
    draw_text(painter, below, row.detail, small, "ink2", elide=True)


def _paint_right(painter: QPainter, rect: QRectF, row: DueRow) -> float:
    """Time left over its bar; answers where it begins."""
    look = theme()
    font = look.font("caption", bold=row.tone in (Tone.WARN, Tone.ALARM))
    ink = INK[row.tone]
    if row.part is None:
        wide = QFontMetricsF(font).horizontalAdvance(row.right)
        draw_text(painter, rect, row.right, font, ink, RIGHT)
        return rect.right() - wide - look.px(8)
    wide = look.px(92)
    high = line_height(font)
    top = rect.center().y() - (high + look.px(9)) / 2
    box = QRectF(rect.right() - wide, top, wide, high)
    draw_text(painter, box, row.right, font, ink, RIGHT)
    bar = QRectF(box.left(), box.bottom() + look.px(4), wide, look.scale(5))
    paint_meter(painter, bar, row.part, _FILL.get(row.tone, "c3"))
    return box.left() - look.px(10)


class DueList(QListView):
    """今天到期. `chosen` with where an entry leads; arrows walk, Enter opens."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("due_list")
        self.setAccessibleName(self.tr("今天到期"))
        self.model_ = DueModel()
        self.setModel(self.model_)
        self.setItemDelegate(DueDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        self._whole = False
        theme_hub().changed.connect(self.scheduleDelayedItemsLayout)
        theme_hub().changed.connect(self._measure)

    def show_groups(self, groups: Iterable[DueGroup], *, mine: bool) -> None:
        self.model_.set_entries(tuple(entries(groups, mine=mine)))
        self._measure()

    def set_whole(self, whole: bool) -> None:
        """As high as its entries, instead of scrolling by itself."""
        self._whole = whole
        self._measure()

    def _measure(self) -> None:
        high = sum(self.sizeHintForRow(n) for n in range(len(self.model_.entries))) if self._whole else 0
        self.setMinimumHeight(high)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            entry = self.model_.entries[index.row()]
            self.chosen.emit(Target(entry.page) if isinstance(entry, Head) else entry.target)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._open(self.indexAt(event.position().toPoint()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)
