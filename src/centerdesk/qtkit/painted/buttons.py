"""Buttons that paint themselves: with a key cap, with a reason why not; chips; links."""

from __future__ import annotations

import enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QToolButton, QWidget

from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.labels import plain_tip
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import CENTRE, begin, draw_text, follow_look, text_width
from centerdesk.qtkit.painted.keycap import key_words, keycap_width, paint_keycap
from centerdesk.qtkit.pens import pen
from centerdesk.qtkit.style import paint_chevron


class Kind(enum.Enum):
    """What a button is for. One primary a page; urgent only while a person is needed now."""

    PRIMARY = "primary"
    PLAIN = "plain"
    URGENT = "urgent"
    DANGER = "danger"


_FILL = {Kind.PRIMARY: "primary", Kind.URGENT: "redfill"}
_PRESSED = {Kind.PRIMARY: "primary-d", Kind.URGENT: "red"}
_INK = {Kind.PRIMARY: "on-primary", Kind.URGENT: "on-red", Kind.PLAIN: "ink", Kind.DANGER: "red"}


class KeyButton(QPushButton):
    """A button with its key printed at the right (键帽按钮). `key` comes from the action registry, or "".

    `set_missing("还差 1 项")` makes it say why it cannot act yet; it stays focusable and readable.
    """

    def __init__(
        self,
        text: str,
        key: str = "",
        parent: QWidget | None = None,
        *,
        kind: Kind = Kind.PLAIN,
        icon_name: str = "",
        small: bool = False,
        tall: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self._key, self._kind, self._icon = key_words(key) if key else "", kind, icon_name
        self._small, self._tall = small, tall
        self._missing = ""
        self._only_icon = False
        if small or tall:  # not "size", which every widget has already
            self.setProperty("extent", "small" if small else "tall")
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._describe()
        follow_look(self)

    @property
    def missing(self) -> str:
        """Why the button cannot act, "" when it can."""
        return self._missing

    def set_missing(self, reason: str) -> None:
        """Say what is missing; the button shows 「完成（还差 1 项）」 and does nothing until it is ""."""
        self._missing = reason
        self._describe()
        self.updateGeometry()
        self.update()

    def set_only_icon(self, only: bool) -> None:
        """Secondary buttons shrink to their icon in narrow windows; the words become the tooltip."""
        self._only_icon = only and bool(self._icon)
        self.updateGeometry()
        self.update()

    def set_kind(self, kind: Kind) -> None:
        """Change what the button is for."""
        self._kind = kind
        self.update()

    def _describe(self) -> None:
        words = self._shown_text()
        self.setAccessibleName(words)
        self.setAccessibleDescription(f"快捷键 {self._key}" if self._key else "")
        self.setToolTip(plain_tip(f"{words}  {self._key}".rstrip()))

    def _shown_text(self) -> str:
        return f"{self.text()}（{self._missing}）" if self._missing else self.text()

    def setText(self, text: str) -> None:
        """Words on the button; its names for screen readers follow."""
        super().setText(text)
        self._describe()
        self.updateGeometry()

    def _can_act(self) -> bool:
        return self.isEnabled() and not self._missing

    def sizeHint(self) -> QSize:
        """Text, icon and cap with their gaps; height from the tokens."""
        look = theme()
        height = look.size("control-small" if self._small else "control-primary" if self._tall else "control")
        if self._only_icon:
            return QSize(height, height)
        font = look.font("body", bold=self._strong())
        width = text_width(font, self._shown_text()) + 2 * look.px(11 if self._small else 14)
        width += keycap_width(self._key) + look.px(8) if self._key and not self._missing else 0
        width += look.size("icon-button") + look.px(7) if self._icon else 0
        return QSize(round(width) + 2, height)

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def _strong(self) -> bool:
        return self._kind in (Kind.PRIMARY, Kind.URGENT) and self._can_act()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill, icon, words, cap."""
        painter = begin(self)
        ink, edge = self._paint_ground(painter)
        look = theme()
        font = look.font("body", bold=self._strong())
        text = "" if self._only_icon else self._shown_text()
        cap = keycap_width(self._key) if self._key and not self._missing and not self._only_icon else 0
        side = look.size("icon-button") if self._icon else 0
        parts = [p for p in (side, text_width(font, text) if text else 0, cap) if p]
        gap = look.px(8)
        x = (self.width() - sum(parts) - gap * (len(parts) - 1)) / 2
        middle = self.height() / 2
        if side:
            paint_icon(painter, QRectF(x, middle - side / 2, side, side), self._icon, ink)
            x += side + gap
        if text:
            wide = text_width(font, text)
            draw_text(painter, QRectF(x, 0, wide + 2, self.height()), text, font, ink)
            x += wide + gap
        if cap:
            high = look.size("keycap")
            paint_keycap(painter, QRectF(x, middle - high / 2, cap, high), self._key, ink=ink, edge=edge)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> tuple[str, str]:
        """Paint fill and edge; answers ink and the cap's edge."""
        look = theme()
        width = look.edge("control")
        body = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        radius = look.size("radius-control")
        filled = self._kind in _FILL and self._can_act()
        if filled:
            fill = _PRESSED[self._kind] if self.isDown() else _FILL[self._kind]
            if self.underMouse() and self._kind is Kind.PRIMARY:
                fill = "primary-d"
            painter.setPen(pen(fill, width))
            painter.setBrush(look.colour(fill))
        else:
            painter.setPen(pen("control" if self.underMouse() else "line2", width))
            painter.setBrush(look.colour("sunken" if self.isDown() else "surface"))
        painter.drawRoundedRect(body, radius, radius)
        if not self._can_act():
            return "ink3", "line2"
        return _INK[self._kind], _INK[self._kind] if filled else "line2"

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A button that says what is missing does not act."""
        if self._missing:
            self.setDown(False)
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The style sheet lets Enter act as Space does; neither acts while something is missing."""
        if self._missing and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return
        super().keyPressEvent(event)


class Chip(QToolButton):
    """A filter (筛选片): off = edge only, on = wash with ✕. `removed` comes on ✕ or Backspace.

    `menu_arrow` marks a chip that opens a list of values; `plain` one that only switches (no ✕).
    """

    removed = Signal()

    def __init__(
        self, text: str, parent: QWidget | None = None, *, menu_arrow: bool = False, plain: bool = False
    ) -> None:
        super().__init__(parent)
        self._arrow, self._plain = menu_arrow, plain
        self.setText(text)
        self.setCheckable(not menu_arrow)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._measure()
        self.toggled.connect(self._on_toggled)
        follow_look(self)

    def _measure(self) -> None:
        self.setProperty("ring_radius", theme().size("chip") / 2)

    def setText(self, text: str) -> None:
        """Words of the chip, with its count where it has one."""
        super().setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def _on_toggled(self, on: bool) -> None:
        self.setAccessibleDescription("已选" if on else "")
        self.updateGeometry()

    def _mark(self) -> bool:
        return self._arrow or (self.isChecked() and not self._plain)

    def sizeHint(self) -> QSize:
        """Text, padding and room for ✕ or arrow."""
        look = theme()
        self._measure()
        wide = text_width(look.font("table"), self.text()) + 2 * look.px(13)
        return QSize(round(wide + (look.px(20) if self._mark() else 0)) + 2, look.size("chip"))

    def minimumSizeHint(self) -> QSize:
        """Never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Pill, words, ✕ or arrow."""
        look, painter, on = theme(), begin(self), self.isChecked()
        width = look.edge("control")
        body = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.setPen(pen("primary" if on else "control" if self.underMouse() else "line2", width))
        painter.setBrush(look.colour("wash" if on else "surface"))
        painter.drawRoundedRect(body, body.height() / 2, body.height() / 2)
        ink = "primary-d" if on else "ink2"
        room = QRectF(self.rect()).adjusted(look.px(13), 0, -look.px(13), 0)
        if not self._mark():
            draw_text(painter, room, self.text(), look.font("table"), ink, CENTRE)
        else:
            draw_text(painter, room, self.text(), look.font("table"), ink)
            at = QPointF(self.width() - look.px(13) - look.scale(5), self.height() / 2)
            if self._arrow:
                paint_chevron(painter, at, look.scale(4.5), ink)
            else:
                _paint_cross(painter, at, look.scale(4.2), ink)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Backspace takes the filter away; Enter switches."""
        if event.key() == Qt.Key.Key_Backspace and self.isChecked() and not self._plain:
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The ✕ is part of the chip: a click on it removes."""
        on_cross = (
            self.isChecked() and not self._plain and event.position().x() > self.width() - theme().px(30)
        )
        super().mouseReleaseEvent(event)
        if on_cross:
            self.removed.emit()


def _paint_cross(painter: QPainter, at: QPointF, half: float, ink: str) -> None:
    painter.setPen(pen(ink, theme().scale(1.1), rounded=True))
    painter.drawLine(at + QPointF(-half, -half), at + QPointF(half, half))
    painter.drawLine(at + QPointF(-half, half), at + QPointF(half, -half))
