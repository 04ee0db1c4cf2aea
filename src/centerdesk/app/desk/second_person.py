"""Another person at the same desk: name and password over the page, for acts that two must want (RELIABILITY 3.5)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from centerdesk.app.desk.session import DeskSession
from centerdesk.kernel.identity import Actor
from centerdesk.qtkit.controls import password_field
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.notify import announce
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.runner import Ticket
from centerdesk.qtkit.sheet import Sheet


class SecondPerson(Sheet):
    """第二个人. Covers the window of `owner`; `done(actor)` when another account with the right typed its password.

    Nothing is called when they give up. The person at the desk stays who they were.
    """

    def __init__(
        self, owner: QWidget, desk: DeskSession, permission: str, why: str, done: Callable[[Actor], None]
    ) -> None:
        super().__init__(owner.window(), "second_person", wide=440)
        self._desk, self._permission, self._done = desk, permission, done
        self._busy = False
        self._ticket: Ticket | None = None
        self._build(why)

    def _build(self, why: str) -> None:
        title = text_label(
            self.tr("请另一位同事也输一次密码"), role="card-title", name="second_title", wrap=True
        )
        reason = text_label(why, role="secondary", name="second_why", wrap=True)
        self.setAccessibleName(f"{title.text()} {why}")
        self.login, self.password = QLineEdit(), password_field("second_password", self.tr("密码"))
        self.login.setObjectName("second_login")
        self.login.setAccessibleName(self.tr("账号"))
        for field in (self.login, self.password):
            field.setPlaceholderText(field.accessibleName())
            field.returnPressed.connect(self._try)
        self._problem = text_label(role="warning", name="second_problem", wrap=True)
        self._problem.hide()
        for widget in (title, reason, self.login, self.password, self._problem):
            self.body.addWidget(widget)
        self.go = KeyButton(self.tr("一起办"), "Return", kind=Kind.PRIMARY)
        self.go.setObjectName("second_go")
        self.go.clicked.connect(self._try)
        self.stop = QPushButton(self.tr("先不办"))
        self.stop.setObjectName("second_stop")
        self.stop.clicked.connect(self.leave)
        for button in (self.go, self.stop):
            self.add_button(button)

    def ask(self) -> None:
        """Show, and put the focus on the name."""
        self.rise(self.login)
        announce(self, self.accessibleName())

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

        self._ticket = self._desk.runner.run(self, check, self._right, self._wrong, label="")

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
        self._say(tell(exc, self._desk.report).text)

    def _say(self, text: str) -> None:
        self._problem.setText(text)
        self._problem.show()
        announce(self, text)
        self.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        """Locked before the password was given: whoever unlocks must not act with it."""
        self.password.clear()
        super().hideEvent(event)

    def leave(self) -> None:
        """Go, with nothing of what was typed; an answer on its way is no consent any more."""
        if self._ticket is not None:
            self._ticket.cancel()
        self.password.clear()
        super().leave()
