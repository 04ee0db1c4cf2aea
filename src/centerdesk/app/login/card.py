"""Parts of the login card: who, the field that counts down, what the keyboard does, the warning."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from centerdesk.app.login.facts import DeskUser
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import (
    RIGHT,
    PaintedWidget,
    begin,
    draw_in_middle,
    draw_text,
    follow_look,
    text_width,
)
from centerdesk.qtkit.painted.card import IconLabel
from centerdesk.qtkit.pens import pen
from centerdesk.qtkit.style import paint_chevron

_CAPS_KEY = 0x14
"""VK_CAPITAL of the Windows API."""


class WhoField(QComboBox):
    """是谁. Those who used this desk; the last entry lets another name be typed."""

    other_wanted = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("who")
        self.setAccessibleName(self.tr("是谁"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._users: tuple[DeskUser, ...] = ()
        self.currentIndexChanged.connect(self._on_chosen)
        follow_look(self)

    def set_users(self, users: Sequence[DeskUser]) -> None:
        """Offer these; whoever was chosen stays chosen, another name too, else the newest."""
        chosen, other = self.user, self.count() > 1 and self.user is None
        self._users = tuple(users)
        self.blockSignals(True)
        self.clear()
        for user in self._users:
            self.addItem(f"{user.name}  {user.role}")
        self.addItem(self.tr("别的账号…"))
        logins = [user.login for user in self._users]
        stays = logins.index(chosen.login) if chosen and chosen.login in logins else 0
        self.setCurrentIndex(len(logins) if other else stays)
        self.blockSignals(False)
        self._on_chosen(self.currentIndex())

    @property
    def user(self) -> DeskUser | None:
        """Who is chosen; None for another name."""
        index = self.currentIndex()
        return self._users[index] if 0 <= index < len(self._users) else None

    def _on_chosen(self, _index: int) -> None:
        self.other_wanted.emit(self.user is None)

    def sizeHint(self) -> QSize:
        """As high as a primary button."""
        return QSize(theme().px(300), theme().size("control-primary"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Field, first character in a tile, name and role, how many used this desk, arrow."""
        look, painter = theme(), begin(self)
        _paint_box(painter, QRectF(self.rect()), focused=self.hasFocus())
        user, middle, left = self.user, self.height() / 2, float(look.px(11))
        arrow = self.width() - look.px(18)
        paint_chevron(painter, QRectF(arrow, 0, 1, self.height()).center(), look.scale(5))
        if user is None:
            room = QRectF(left, 0, arrow - left, self.height())
            draw_text(painter, room, self.tr("别的账号…"), look.font("body"), "ink")
            painter.end()
            return
        side = look.scale(26)
        tile = QRectF(left, middle - side / 2, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("wash"))
        painter.drawRoundedRect(tile, look.scale(6), look.scale(6))
        draw_in_middle(painter, tile, user.name[:1], look.font("body", bold=True), "primary-d")
        left += side + look.px(9)
        count = self.tr("这台机器用过 {} 人").format(len(self._users)) if len(self._users) > 1 else ""
        tail = text_width(look.font("caption"), count)
        name = look.font("body")
        wide = text_width(name, user.name)
        draw_text(painter, QRectF(left, 0, wide + 2, self.height()), user.name, name, "ink")
        room = QRectF(left + wide + look.px(6), 0, arrow - tail - look.px(26) - left - wide, self.height())
        draw_text(painter, room, user.role, look.font("table"), "ink3", elide=True)
        if room.width() > look.px(20):
            at_right = QRectF(arrow - tail - look.px(18), 0, tail + 2, self.height())
            draw_text(painter, at_right, count, look.font("caption"), "ink3", RIGHT)
        painter.end()


def _paint_box(painter: QPainter, rect: QRectF, *, focused: bool) -> None:
    look = theme()
    width = look.edge("focus" if focused else "field")
    half = width / 2
    painter.setPen(pen("primary" if focused else "control", width))
    painter.setBrush(look.colour("surface"))
    radius = look.size("radius-control")
    painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)


class WaitField(PaintedWidget):
    """Stands where the password goes while a name must wait: 先歇一下 00:42."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("wait_field")
        self._left = timedelta()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_left(self, left: timedelta) -> None:
        """Say how long it still takes."""
        self._left = left
        self.describe(self.tr("还要等 {}").format(wait_words(left)))
        self.update()

    @property
    def text(self) -> str:
        """`00:42`, or `1 天` for a whole day."""
        if self._left >= timedelta(days=1):
            return self.tr("明天")
        seconds = max(0, -(-int(self._left.total_seconds() * 1000) // 1000))
        return f"{seconds // 60:02}:{seconds % 60:02}"

    def sizeHint(self) -> QSize:
        """As high as a field."""
        return QSize(theme().px(300), theme().size("control-primary"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dashed frame, clock, words, time left."""
        look, painter = theme(), begin(self)
        body = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(pen("control", look.edge("field"), dashes=(3, 2)))
        painter.setBrush(look.colour("surface2"))
        painter.drawRoundedRect(body, look.size("radius-control"), look.size("radius-control"))
        side, left = look.size("icon-button"), look.px(11)
        paint_icon(painter, QRectF(left, self.height() / 2 - side / 2, side, side), "clock", "ink2")
        left += side + look.px(9)
        time_font = look.font("record_name")
        tail = text_width(time_font, self.text)
        room = QRectF(left, 0, self.width() - left - tail - look.px(20), self.height())
        draw_text(painter, room, self.tr("先歇一下，到点自动能输"), look.font("body"), "ink2", elide=True)
        right = QRectF(0, 0, self.width() - look.px(11), self.height())
        draw_text(painter, right, self.text, time_font, "dawn-ink", RIGHT)
        painter.end()


def wait_words(left: timedelta) -> str:
    """42 秒, 1 分钟, 3 分 5 秒, 到明天."""
    if left >= timedelta(days=1):
        return "到明天"
    seconds = max(1, -(-int(left.total_seconds() * 1000) // 1000))
    minutes, seconds = divmod(seconds, 60)
    if not seconds:
        return f"{minutes} 分钟"
    return f"{minutes} 分 {seconds} 秒" if minutes else f"{seconds} 秒"


class KeyboardHint(QWidget):
    """What the keyboard does that a password will not survive: 大写锁定, 输入法, 数字锁定 (UI 17).

    Qt does not tell the state of Caps Lock, so it is read from Windows, elsewhere from what a letter became.
    """

    def __init__(self, field: QLineEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.caps = False
        self._icon = IconLabel("keyboard", "dawn-ink", size="icon-small")
        self._words = text_label(role="warning", name="keyboard_hint")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(5))
        row.addWidget(self._icon)
        row.addWidget(self._words)
        field.installEventFilter(self)
        self._field = field
        field.textEdited.connect(self._on_edited)
        self._say("")

    @property
    def text(self) -> str:
        """What it says now, "" for nothing."""
        return self._words.text()

    def _say(self, text: str) -> None:
        self._words.setText(text)
        self._icon.setVisible(bool(text))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._look_at(event)
        elif event.type() == QEvent.Type.FocusIn and (known := caps_lock_now()) is not None:
            self.caps = known
            self._say(self.tr("大写锁定开着") if known else "")
        return super().eventFilter(watched, event)

    def _look_at(self, event: QKeyEvent) -> None:
        text, mods = event.text(), event.modifiers()
        if event.key() == Qt.Key.Key_CapsLock:
            self.caps = not self.caps
        elif len(text) == 1 and text.isascii() and text.isalpha():
            self.caps = text.isupper() != bool(mods & Qt.KeyboardModifier.ShiftModifier)
        elif bool(mods & Qt.KeyboardModifier.KeypadModifier) and not text and event.key() in _KEYPAD_MOVES:
            self._say(self.tr("数字锁定没开"))
            return
        self._say(self.tr("大写锁定开着") if self.caps else "")

    def _on_edited(self, text: str) -> None:
        if text and not text.isascii():
            self._say(self.tr("输入法开着，打进了中文或全角"))


_KEYPAD_MOVES = frozenset(
    {
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Insert,
        Qt.Key.Key_Clear,
    }
)


def caps_lock_now() -> bool | None:
    """Whether Caps Lock is on, where the system can be asked; None elsewhere."""
    if sys.platform != "win32":
        return None
    import ctypes  # pragma: no cover - Windows only

    return bool(ctypes.windll.user32.GetKeyState(_CAPS_KEY) & 1)  # pragma: no cover
