"""The list of the route: a model of lines, a delegate that paints them, a view that leaves acts to the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from centerdesk.features.checkins.ui.route import RouteEntry
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import RIGHT, draw_text, text_width
from centerdesk.qtkit.painted.window_glyph import paint_window
from centerdesk.qtkit.pens import pen
from centerdesk.qtkit.style import paint_chevron

Index = QModelIndex | QPersistentModelIndex
ENTRY = Qt.ItemDataRole.UserRole + 1
_ROOT = QModelIndex()


class RouteModel(QAbstractListModel):
    """路线的行. Replaced as a whole; only what differs is repainted when the lines stay the same."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[RouteEntry] = []

    def set_entries(self, entries: Sequence[RouteEntry]) -> None:
        """Show these lines."""
        same = [e.key for e in entries] == [e.key for e in self._entries]
        if not same:
            self.beginResetModel()
            self._entries = list(entries)
            self.endResetModel()
            return
        old, self._entries = self._entries, list(entries)
        for number, (before, after) in enumerate(zip(old, self._entries, strict=True)):
            if before != after:
                at = self.index(number)
                self.dataChanged.emit(at, at)

    @property
    def entries(self) -> Sequence[RouteEntry]:
        return self._entries

    def entry(self, number: int) -> RouteEntry | None:
        """The line at `number`, None outside."""
        return self._entries[number] if 0 <= number < len(self._entries) else None

    def row_of(self, home: UUID | None) -> int:
        """Line of a home, -1 when it is folded away or not here."""
        if home is None:
            return -1
        return next((n for n, e in enumerate(self._entries) if e.home == home), -1)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index.row())
        if entry is None:
            return None
        if role == ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.spoken
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        entry = self.entry(index.row())
        if entry is None or entry.home is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def line_height_of(entry: RouteEntry) -> int:
    """Height of a line as drawn where there is room for all."""
    look = theme()
    if entry.home is None:
        return look.size("route-row") + look.px(8 if entry.folded is not None else 2)
    return look.size("route-current" if entry.current else "route-row")


class RouteDelegate(QStyledItemDelegate):
    """Paints stations and homes; the current home is enlarged. `squeeze` lets a few lines too many still fit."""

    LEAST = 0.89

    squeeze = 1.0

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        entry: RouteEntry | None = index.data(ENTRY)
        if entry is None:
            return QSize(0, 0)
        return QSize(theme().px(200), int(line_height_of(entry) * self.squeeze))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: RouteEntry | None = index.data(ENTRY)
        if entry is None:
            return
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if entry.home is None:
            _paint_station(painter, rect, entry)
        else:
            _paint_home(painter, rect, entry)
        painter.restore()


def _paint_station(painter: QPainter, rect: QRectF, entry: RouteEntry) -> None:
    look = theme()
    painter.fillRect(rect, look.colour("surface2" if not entry.folded else "surface"))
    painter.setPen(pen("line", look.edge("hair")))
    for y in (rect.top() - 0.5, rect.bottom() - 0.5):
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
    middle = rect.center().y()
    left = rect.left() + look.scale(13)
    if entry.folded is None:
        side = look.scale(14)
        paint_icon(painter, QRectF(left, middle - side / 2, side, side), "location", "ink3")
    elif entry.folded:
        painter.save()
        painter.translate(left + look.scale(6), middle)
        painter.rotate(-90)
        paint_chevron(painter, QPointF(0, 0), look.scale(3.5))
        painter.restore()
    else:
        paint_chevron(painter, QPointF(left + look.scale(6), middle), look.scale(3.5))
    right = rect.right() - look.scale(12)
    title_font = look.font("table", bold=True)
    start = left + look.scale(20)
    for words, ink, bold in _station_notes(entry, right - start - text_width(title_font, entry.title)):
        font = look.font("caption", bold=bold)
        wide = text_width(font, words) + 1
        draw_text(painter, QRectF(right - wide, rect.top(), wide, rect.height()), words, font, ink, RIGHT)
        right -= wide + look.scale(8)
    room = QRectF(start, rect.top(), right - start, rect.height())
    draw_text(painter, room, entry.title, title_font, "ink2", elide=True)


def _station_notes(entry: RouteEntry, room: float) -> list[tuple[str, str, bool]]:
    """Words, colour and weight from the right; what is good gives way first."""
    notes = [(entry.quiet, "ink3", False), (entry.note, entry.tone, True)]
    notes = [note for note in notes if note[0]]
    look = theme()
    needed = sum(text_width(look.font("caption", bold=b), w) + look.scale(9) for w, _ink, b in notes)
    if needed <= room:
        return notes
    if len(notes) > 1:
        return notes[1:]
    return [(words.split(" · ")[0], ink, bold) for words, ink, bold in notes]


def _paint_home(painter: QPainter, rect: QRectF, entry: RouteEntry) -> None:
    look = theme()
    if entry.current:
        painter.fillRect(rect, look.colour("wash"))
        bar = QRectF(rect.left(), rect.top(), look.scale(3), rect.height())
        painter.fillRect(bar, look.colour("primary"))
    middle = rect.center().y()
    number = QRectF(rect.left(), rect.top(), look.scale(32), rect.height())
    draw_text(painter, number, entry.number, look.font("caption"), "ink3", RIGHT)
    if entry.state is not None:
        wide, high = look.scale(16), look.scale(14)
        pane = QRectF(rect.left() + look.scale(42), middle - high / 2, wide, high)
        paint_window(painter, pane, entry.state, sill=False)
    right = rect.right() - look.scale(12)
    start = rect.left() + look.scale(68)
    door_font = look.font("card_title") if entry.current else look.font("table")
    door_wide = min(text_width(door_font, entry.title) + 1, right - start)
    door = QRectF(start, rect.top(), door_wide, rect.height())
    paused = entry.number == "–"
    draw_text(painter, door, entry.title, door_font, "ink3" if paused else "ink", elide=True)
    left = door.right() + look.scale(6)
    note = QRectF(left, rect.top(), max(0.0, right - left), rect.height())
    font = look.font("caption", bold=entry.strong)
    words = entry.note if text_width(font, entry.note) <= note.width() else entry.note.split(" ")[0]
    if (
        text_width(font, words) <= note.width()
    ):  # half a word says nothing; ground and bar tell the current one
        draw_text(painter, note, words, font, entry.tone, RIGHT)


class RouteList(QListView):
    """路线. Arrow keys and clicks choose a home; every other key goes on to the page."""

    home_picked = Signal(object)
    station_toggled = Signal(object)
    walked = Signal(int)
    """Up or down by so many homes; a large number means the end."""
    menu_wanted = Signal(object, object)  # home, global QPoint

    FAR = 10_000

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("route_list")
        self.setAccessibleName(self.tr("路线"))
        self.lines = RouteModel(self)
        self.setModel(self.lines)
        self._delegate = RouteDelegate(self)
        self.setItemDelegate(self._delegate)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumHeight(theme().px(80))
        theme_hub().changed.connect(self.doItemsLayout)

    def show_entries(self, entries: Sequence[RouteEntry], current: UUID | None) -> None:
        """Show these lines and put the cursor on the current home."""
        self.lines.set_entries(entries)
        self._squeeze()
        self.doItemsLayout()
        row = self.lines.row_of(current)
        if row < 0:
            return
        at = self.lines.index(row)
        if self.currentIndex() != at:
            self.setCurrentIndex(at)
        self.scrollTo(at)

    def _squeeze(self) -> None:
        """Lines a little lower where that spares the scroll bar; as drawn where it would not."""
        needed = sum(map(line_height_of, self.lines.entries))
        part = self.viewport().height() / max(1, needed)
        self._delegate.squeeze = part if RouteDelegate.LEAST <= part < 1 else 1.0

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._squeeze()
        super().resizeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8,
            Qt.Key.Key_Home: -self.FAR, Qt.Key.Key_End: self.FAR,
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
            return
        self.walked.emit(step)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        entry = self.lines.entry(self.indexAt(event.position().toPoint()).row())
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if entry is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        if entry.home is not None:
            self.home_picked.emit(entry.home)
        elif isinstance(entry.key, tuple):
            self.station_toggled.emit(entry.key[1:])

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Right click, or the menu key on the current home."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        entry = self.lines.entry(index.row())
        if entry is None or entry.home is None:
            return
        where = (
            self.viewport().mapToGlobal(self.visualRect(index).bottomLeft()) if by_key else event.globalPos()
        )
        self.menu_wanted.emit(entry.home, where)
