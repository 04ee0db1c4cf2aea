"""Another person at the same desk: name and password over the page, for acts that two must want (RELIABILITY 3.5)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from centerdesk.app.desk.session import DeskSession
from centerdesk.kernel.errors import UserError
from centerdesk.kernel.identity import Actor
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.notify import announce
from centerdesk.qtkit.painted.buttons import KeyButton, Kind


class SecondPerson(QWidget):
    """第二个人. Covers the window of `owner`; `done(actor)` when another account with the right typed its password.

    Nothing is called when they give up. The person at the desk stays who they were.
    """

    def __init__(
        self, owner: QWidget, desk: DeskSession, permission: str, why: str, done: Callable[[Actor], None]
    ) -> None:
        window = owner.window()
        super().__init__(window)
        self.setObjectName("second_person")
        self._window, self._desk, self._permission, self._done = window, desk, permission, done
        self._before = QApplication.focusWidget()
        self._busy = False
        self._build(why)
        window.installEventFilter(self)
        self.setGeometry(window.rect())

    def _build(self, why: str) -> None:
        look = theme()
        title = text_label(self.tr("请另一位同事也输一次密码"), role="card-title", name="second_title")
        reason = text_label(why, role="secondary", name="second_why", wrap=True)
        self.login, self.password = QLineEdit(), QLineEdit()
        self.login.setObjectName("second_login")
        self.password.setObjectName("second_password")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        for field, words in ((self.login, self.tr("账号")), (self.password, self.tr("密码"))):
            field.setAccessibleName(words)
            field.setPlaceholderText(words)
            field.returnPressed.connect(self._try)
        self._problem = text_label(role="warning", name="second_problem", wrap=True)
        self._problem.hide()
        self.go = KeyButton(self.tr("一起办"), "Return", kind=Kind.PRIMARY)
        self.go.setObjectName("second_go")
        self.go.clicked.connect(self._try)
        self.stop = QPushButton(self.tr("先不办"))
        self.stop.setObjectName("second_stop")
        self.stop.clicked.connect(self.leave)
        card = QFrame()
        card.setProperty("card", "plain")
        card.setFixedWidth(look.px(440))
        inner = QVBoxLayout(card)
        inner.setContentsMargins(look.px(20), look.px(18), look.px(20), look.px(16))
        inner.setSpacing(look.px(10))
        for widget in (title, reason, self.login, self.password, self._problem):
            inner.addWidget(widget)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.go)
        row.addWidget(self.stop)
        inner.addLayout(row)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch(3)

    def ask(self) -> None:
        """Show, and put the focus on the name."""
        self.show()
        self.raise_()
        self.login.setFocus(Qt.FocusReason.PopupFocusReason)
        announce(self, self.tr("请另一位同事也输一次密码"))

    def _try(self) -> None:
        if self._busy:
            return
        login, password = self.login.text(), self.password.text()
        if not login.strip() or not password:
            self._say(self.tr("账号和密码都要输。"))
            return
        self._busy = True
        self.go.set_missing(self.tr("正在对密码"))
        station = self._desk.station

        def check(_progress: object, _cancelled: object) -> Actor:
            return station.authenticate(login, password)

        self._desk.runner.run(self, check, self._right, self._wrong, label="")

    def _right(self, actor: Actor) -> None:
        self._busy = False
        self.go.set_missing("")
        self.password.clear()
        own = self._desk.actor
        if own is not None and actor.account_id == own.account_id:
            self._say(self.tr("这是您自己。要换一位同事来输。"))
        elif not actor.may(self._permission):
            self._say(self.tr("{}的身份办不了这件事。请找书记或管理员。").format(actor.name))
        else:
            self.leave()
            self._done(actor)

    def _wrong(self, exc: Exception) -> None:
        self._busy = False
        self.go.set_missing("")
        self.password.clear()
        self._say(str(exc) if isinstance(exc, UserError) else tell(exc, self._desk.report).text)

    def _say(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.show()
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Go, with nothing of what was typed."""
        self.password.clear()
        self._window.removeEventFilter(self)
        self.hide()
        if self._before is not None:
            try:
                self._before.setFocus(Qt.FocusReason.OtherFocusReason)
            except RuntimeError:
                self._before = None  # its page went meanwhile
        self.setParent(None)
        self.deleteLater()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round on the card."""
        ring: list[QWidget] = [self.login, self.password, self.go, self.stop]
        here = next((n for n, w in enumerate(ring) if w.hasFocus()), 0)
        ring[(here + (1 if forward else -1)) % len(ring)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and watched is self._window:
            self.setGeometry(self._window.rect())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().colour("ink", theme().opacity("scrim")))
        painter.end()
