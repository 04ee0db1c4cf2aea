"""The navigation rail: mark, entries with badges, 导入 and 设置 at the foot.

It never scrolls: an alarm badge out of sight would be a fault. Where the entries do not fit they get lower, and at
last lose their words (the tooltip and a screen reader keep them).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QLayout, QSizePolicy, QVBoxLayout, QWidget

from centerdesk.kernel.record import record
from centerdesk.qtkit.icons import paint_icon, paint_mark
from centerdesk.qtkit.labels import plain_tip
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.accessible import Role, give_role
from centerdesk.qtkit.painted.base import (
    CENTRE,
    PaintedWidget,
    begin,
    draw_in_middle,
    draw_text,
    follow_look,
    line_height,
    text_width,
)
from centerdesk.qtkit.pens import pen

LOW_BELOW = 800
"""Window height in px at 100 % under which entries get lower."""


@record
class RailItem:
    """One page in the rail; `key` as in `Ctrl 1`."""

    id: str
    title: str
    icon: str
    key: str = ""


class RailEntry(QAbstractButton):
    """Icon over two characters (导航项), with a count of what is mine and open."""

    def __init__(self, item: RailItem, parent: QWidget) -> None:
        super().__init__(parent)
        give_role(self, Role.PageTab)
        self.item = item
        self._count, self._alarm = 0, False
        self._high, self._low, self._words = theme().size("rail-entry"), False, True
        self.setText(item.title)
        self.setObjectName(f"rail_{item.id}")
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(plain_tip(f"{item.title}  {item.key}".rstrip()))
        self._describe()
        follow_look(self)

    @property
    def count(self) -> int:
        """Number on the badge; 0: none."""
        return self._count

    def set_badge(self, count: int, *, alarm: bool) -> None:
        """Show a count; red only while an alarm lives."""
        self._count, self._alarm = count, alarm
        self._describe()
        self.update()

    def set_room(self, high: int, *, low: bool, words: bool) -> None:
        """How high it may be, px; `low` sets icon and word tight, without `words` the icon stands alone."""
        self._high, self._low, self._words = high, low, words
        self.updateGeometry()
        self.update()

    def _describe(self) -> None:
        self.setAccessibleName(self.item.title)
        what = "户待处置" if self._alarm else "件待办"
        self.setAccessibleDescription(f"{self._count} {what}" if self._count else "")

    def sizeHint(self) -> QSize:
        """As wide as the token says, as high as the rail has room."""
        return QSize(theme().size("rail-entry-width"), self._high)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground when current, icon, word, badge."""
        look, painter, on = theme(), begin(self), self.isChecked()
        if on or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("wash" if on else "sunken"))
            radius = look.size("radius-control")
            painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        side = min(look.size("icon" if self._low else "icon-rail"), self.height())
        word_high = line_height(look.font("caption")) if self._words else 0
        gap = 0 if not self._words else look.px(1 if self._low else 4)
        top = (self.height() - side - gap - word_high) / 2
        box = QRectF((self.width() - side) / 2, top, side, side)
        ink = "primary" if on else "ink2"
        paint_icon(painter, box, self.item.icon, ink, filled=on)
        if self._words:
            word = QRectF(0, box.bottom() + gap, self.width(), word_high)
            draw_text(painter, word, self.item.title, look.font("caption", bold=on), ink, CENTRE)
        if self._count:
            self._paint_badge(painter, QPointF(box.right() + look.scale(3), box.top() + look.scale(3)))
        painter.end()

    def _paint_badge(self, painter: QPainter, centre: QPointF) -> None:
        look = theme()
        text = str(self._count) if self._count < 100 else "99+"
        font = look.font("small-mark")
        font.setBold(True)
        half_high = look.scale(8.5)
        half_wide = max(half_high, text_width(font, text) / 2 + look.scale(5))
        pill = QRectF(centre.x() - half_wide, centre.y() - half_high, 2 * half_wide, 2 * half_high)
        pill.moveRight(min(pill.right(), self.width() - 1.0))
        pill.moveTop(max(pill.top(), 0.5))
        painter.setPen(pen("wash" if self.isChecked() else "surface2", look.scale(1.5)))
        painter.setBrush(look.colour("redfill" if self._alarm else "ink2"))
        painter.drawRoundedRect(pill, half_high, half_high)
        draw_in_middle(painter, pill, text, font, "on-red" if self._alarm else "surface")


class NavRail(PaintedWidget):
    """导航栏. `opened` with the id of an entry; arrow keys move, Enter opens."""

    opened = Signal(str)

    def __init__(
        self, items: Sequence[RailItem], foot: Sequence[RailItem] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        give_role(self, Role.PageTabList)
        self.setObjectName("nav_rail")
        self.describe("导航")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._low = self._tight = False
        self._entries: dict[str, RailEntry] = {}
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        for item in items:
            self._add(item)
        self._column.addStretch(1)
        for item in foot:
            self._add(item)
        self._measure()
        theme_hub().changed.connect(self._measure)

    def _add(self, item: RailItem) -> None:
        entry = RailEntry(item, self)
        entry.clicked.connect(self._on_clicked)
        self._entries[item.id] = entry
        self._column.addWidget(entry, 0, Qt.AlignmentFlag.AlignHCenter)

    def entry(self, item_id: str) -> RailEntry:
        """The button of an entry; raises KeyError."""
        return self._entries[item_id]

    def set_current(self, item_id: str) -> None:
        """Mark the page on show; an id that is not in the rail marks none."""
        for key, entry in self._entries.items():
            entry.setChecked(key == item_id)
        self.update()

    def set_badge(self, item_id: str, count: int, *, alarm: bool = False) -> None:
        """Count what is mine and open on a page; an id that is not in the rail is ignored."""
        if item_id in self._entries:
            self._entries[item_id].set_badge(count, alarm=alarm)

    def set_allowed(self, ids: Collection[str]) -> None:
        """Hide the entries the role may not open."""
        for key, entry in self._entries.items():
            entry.setVisible(key in ids)
        self._fit()

    def set_low(self, low: bool) -> None:
        """Lower entries and a smaller mark below 800 px of window height."""
        if low != self._low:
            self._low = low
            self._measure()

    def _mark_side(self) -> int:
        return theme().size("mark-low" if self._tight else "mark")

    def _measure(self) -> None:
        self.setFixedWidth(theme().size("rail"))
        self._fit()
        self.updateGeometry()
        self.update()

    def _fit(self) -> None:
        """The highest entries of which all have room, words under the icons as long as they can be read."""
        look, count = theme(), max(1, sum(not e.isHidden() for e in self._entries.values()))
        self._tight = self._low
        high = look.size("rail-entry")
        if self._tight or count * high > self._room():
            self._tight = True
            high = min(look.size("rail-entry-low"), self._room() // count)
        word = look.size("icon") + look.px(1) + line_height(look.font("caption"))
        for entry in self._entries.values():
            entry.set_room(max(1, high), low=self._tight, words=high >= word)
        top = look.px(8 if self._tight else 12) + self._mark_side() + look.px(6 if self._tight else 8)
        self._column.setContentsMargins(0, top, 0, self._foot())
        self.update()

    def _room(self) -> int:
        """What the entries may share, px; the usual low window before the rail was laid out."""
        look = theme()
        high = self.height() if self.testAttribute(Qt.WidgetAttribute.WA_Resized) else look.px(LOW_BELOW)
        tight = self._tight
        top = look.px(8 if tight else 12) + self._mark_side() + look.px(6 if tight else 8)
        return high - top - self._foot()

    @staticmethod
    def _foot() -> int:
        return theme().px(8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Any height: the entries follow."""
        return QSize(theme().size("rail"), theme().px(60))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, edge, mark, bar at the current entry."""
        look, painter = theme(), begin(self)
        painter.fillRect(self.rect(), look.colour("surface2"))
        width = look.edge("line")
        painter.fillRect(QRectF(self.width() - width, 0, width, self.height()), look.colour("line"))
        side = self._mark_side()
        paint_mark(painter, QRectF((self.width() - side) / 2, look.px(8 if self._tight else 12), side, side))
        for entry in self._entries.values():
            if entry.isChecked() and entry.isVisible():
                high = look.scale(32)
                bar = QRectF(-look.scale(2), entry.geometry().center().y() - high / 2, look.scale(5), high)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.colour("primary"))
                painter.drawRoundedRect(bar, look.scale(2), look.scale(2))
        painter.end()

    def _on_clicked(self) -> None:
        entry = self.sender()
        if isinstance(entry, RailEntry):
            # The page decides whether it can be left, so the mark moves only when it says so.
            entry.setChecked(not entry.isChecked())
            self.opened.emit(entry.item.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the focus, Enter opens."""
        shown = [entry for entry in self._entries.values() if entry.isVisible()]
        here = next((i for i, entry in enumerate(shown) if entry.hasFocus()), None)
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
        if here is not None and step:
            shown[(here + step) % len(shown)].setFocus(Qt.FocusReason.TabFocusReason)
        elif here is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            shown[here].click()
        else:
            super().keyPressEvent(event)
