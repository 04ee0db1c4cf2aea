"""The locked desk: blocks instead of content, the time, and the password of whoever was here (UI 4.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from centerdesk.app.pulse import Pulse
from centerdesk.features.staff.api import SignInRefused
from centerdesk.kernel.clock import local
from centerdesk.kernel.identity import Actor
from centerdesk.qtkit.controls import password_field
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.notify import announce
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import IconLabel
from centerdesk.qtkit.sheet import Scrim

if TYPE_CHECKING:
    from centerdesk.app.desk.window import DeskWindow

CARD = 420


class LockScreen(Scrim):
    """锁屏. Covers the whole window; holds no name of a resident, no door, no number. Esc does nothing here."""

    unlocked = Signal(object)
    sign_out_wanted = Signal()

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window, "lock_screen")
        self.setAccessibleName(self.tr("已锁屏"))
        self._desk = window.desk
        self._actor = window.actor()
        self._wait = 0
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)
        self._tick()

    def _build(self) -> None:
        look = theme()
        self._clock = text_label(role="figure", name="lock_clock")
        self._guarded = text_label(role="hint", name="lock_guarded", wrap=True)
        self._ask = text_label(self.tr("输密码继续"), role="card-title", name="lock_ask")
        self._password = password_field("lock_password", self.tr("密码"))
        self._password.setPlaceholderText(self.tr("密码"))
        self._password.returnPressed.connect(self._try)
        self._problem = text_label(role="warning", name="lock_problem", wrap=True)
        self._problem.hide()
        self._go = KeyButton(self.tr("继续"), "Return", kind=Kind.PRIMARY, tall=True)
        self._go.setObjectName("lock_continue")
        self._go.clicked.connect(self._try)
        self._other = QPushButton(self.tr("换人登录"))
        self._other.setObjectName("lock_sign_out")
        self._other.setProperty("kind", "link")
        self._other.clicked.connect(self.sign_out_wanted)
        card = QFrame()
        card.setProperty("card", "plain")
        card.setFixedWidth(look.px(CARD))
        inner = QVBoxLayout(card)
        inner.setContentsMargins(look.px(28), look.px(22), look.px(28), look.px(20))
        inner.setSpacing(look.px(10))
        top = QHBoxLayout()
        top.addWidget(IconLabel("lock", "ink2", filled=True))
        top.addWidget(text_label(self.tr("已锁屏"), role="secondary"))
        top.addStretch(1)
        top.addWidget(self._clock)
        inner.addLayout(top)
        inner.addWidget(text_label(self._actor.name, role="matter-title", name="lock_person"))
        inner.addWidget(self._ask)
        inner.addWidget(self._password)
        inner.addWidget(self._problem)
        inner.addWidget(self._go)
        foot = QHBoxLayout()
        foot.addWidget(self._guarded, 1)
        foot.addWidget(self._other)
        inner.addLayout(foot)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)

    def cover(self) -> None:
        """Lie over the whole window and take the keys."""
        self.rise(self._password)
        self._timer.start()

    def escape(self) -> None:
        """Only the password opens."""

    def leave(self) -> None:
        """Open again; the focus goes back to where somebody was."""
        self._timer.stop()
        super().leave()

    def ask(self, text: str) -> None:
        """Say why the password is wanted now."""
        self._ask.setText(text)
        announce(self, text, held=True)
        self._password.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_pulse(self, pulse: Pulse) -> None:
        """Whether somebody watches, in words; how many homes, never which."""
        if pulse.silent:
            text, role = self.tr("看护程序没在跑。请叫管理员。"), "warning"
        elif pulse.alarms:
            text, role = self.tr("{} 户待处置，有人在盯。").format(len(pulse.alarms)), "warning"
        else:
            text, role = self.tr("看护程序在看着，有事会响。"), "hint"
        self._guarded.setText(text)
        self._guarded.set_role(role)

    # --- the password ---------------------------------------------------------------------------------------

    def _try(self) -> None:
        password = self._password.text()
        if self._wait > 0 or not self._password.isEnabled():
            return
        if not password:
            self._say(self.tr("先输密码。"))
            return
        self._password.setEnabled(False)
        self._go.set_missing(self.tr("正在对密码"))
        self._desk.runner.run(self, self._check(password), self._right, self._wrong, label="")

    def _check(self, password: str) -> Callable[[object, object], Actor]:
        station, login = self._desk.station, self._actor.login

        def check(_progress: object, _cancelled: object) -> Actor:
            return station.authenticate(login, password)

        return check

    def _right(self, actor: Actor) -> None:
        self._password.clear()
        self.unlocked.emit(actor)

    def _wrong(self, exc: Exception) -> None:
        self._password.clear()
        if isinstance(exc, SignInRefused) and exc.wait is not None:
            self._wait = int(exc.wait.total_seconds()) + 1
        self._say(tell(exc, self._desk.report).text)
        self._settle()

    def _settle(self) -> None:
        """Ready for the next try, or counting down to it."""
        waiting = self._wait > 0
        self._password.setEnabled(not waiting)
        self._password.setPlaceholderText(
            self.tr("{} 秒后再输").format(self._wait) if waiting else self.tr("密码")
        )
        self._go.set_missing(self.tr("等 {} 秒").format(self._wait) if waiting else "")
        if not waiting:
            self._password.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.show()
        announce(self, text, held=True)

    def _tick(self) -> None:
        self._clock.setText(f"{local(self._desk.station.clock.now()):%H:%M}")
        if self._wait > 0:
            self._wait -= 1
            self._settle()

    # --- covering -------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Plain blocks where content stood: not blurred, so that nothing can be guessed."""
        look, painter = theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), look.colour("paper"))
        rail = look.size("rail")
        painter.fillRect(QRectF(0, 0, rail, self.height()), look.colour("surface2"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("sunken"))
        for box in self._blocks(float(rail)):
            painter.drawRoundedRect(box, look.size("radius-card"), look.size("radius-card"))
        painter.end()

    def _blocks(self, rail: float) -> list[QRectF]:
        """The same ones whatever page was open."""
        look = theme()
        gap, side = look.px(14), look.px(20)
        left, right = rail + side, self.width() - side
        wide, top = right - left, look.px(14)
        head = QRectF(left, top, wide * 0.3, look.px(36))
        band = QRectF(left, look.px(66), wide, look.px(180))
        low = band.bottom() + gap
        third = (wide - 2 * gap) / 3
        cards = [
            QRectF(left + n * (third + gap), low, third, self.height() - low - look.px(44)) for n in range(3)
        ]
        entry = look.px(46)
        icons = [QRectF(rail / 2 - entry / 2, look.px(14) + n * look.px(62), entry, entry) for n in range(6)]
        return [head, band, *cards, *icons]
