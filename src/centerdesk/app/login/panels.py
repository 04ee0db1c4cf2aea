"""Faces of the login card: signing in, and a password of one's own. The third is in `recovery`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from centerdesk.app.login.card import KeyboardHint, WaitField, WhoField, wait_words
from centerdesk.app.login.facts import DeskUser
from centerdesk.kernel.errors import ValidationError
from centerdesk.qtkit.controls import link, password_field
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.labels import TextLabel, text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Rule
from centerdesk.qtkit.warning_band import WarningBand


class CardPanel(QWidget):
    """One face of the card (卡面): title, line below, then what the subclass adds to `column`."""

    def __init__(self, title: str, below: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self._title = text_label(title, role="page-title", name=f"{name}_title")
        self._below = text_label(below, role="facts", name=f"{name}_below", wrap=True)
        self.column.addWidget(self._title)
        self.column.addWidget(self._below)
        self.measure()
        theme_hub().changed.connect(self.measure)

    def measure(self) -> None:
        """Gaps of the present zoom."""
        self.column.setSpacing(theme().px(8))

    def clear(self) -> None:
        """Nothing of what was typed stays."""

    def field(self, label: str, widget: QWidget, beside: QWidget | None = None) -> TextLabel:
        """A label over its field; `beside` stands at the label's right."""
        words = text_label(label, role="table-strong", buddy=widget)
        row = QHBoxLayout()
        row.addWidget(words)
        row.addStretch(1)
        if beside is not None:
            row.addWidget(beside)
        self.column.addLayout(row)
        self.column.addWidget(widget)
        return words


class SignInPanel(CardPanel):
    """请登录. `submitted(login, password)`; what is wrong is told by `refuse` and `wait_until`."""

    submitted = Signal(str, str)
    recovery_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("请登录"), self.tr("换了人就换账号，谁办的事记谁的名"), "sign_in")
        self._heads: tuple[DeskUser, ...] = ()
        self._until: datetime | None = None
        self._busy = False
        self.who = WhoField()
        self.other = QLineEdit()
        self.other.setObjectName("other_login")
        self.other.setAccessibleName(self.tr("账号名"))
        self.other.setPlaceholderText(self.tr("账号名，一般就是姓名"))
        self.password = password_field("password", self.tr("密码"))
        self.hint = KeyboardHint(self.password)
        self.wait = WaitField()
        self.band = WarningBand("sign_in_warning")
        self.enter = KeyButton(self.tr("登录"), "Return", kind=Kind.PRIMARY, tall=True)
        self.enter.setObjectName("sign_in_button")
        self.column.addSpacing(theme().px(6))
        self.field(self.tr("是谁"), self.who)
        self.column.addWidget(self.other)
        self.field(self.tr("密码"), self.password, self.hint)
        self.column.addWidget(self.wait)
        self.column.addWidget(self.band)
        self.column.addSpacing(theme().px(6))
        self.column.addWidget(self.enter)
        self._add_links()
        self.wait.hide()
        self.other.hide()
        self.password.setFixedHeight(theme().size("control-primary"))
        self.other.setFixedHeight(theme().size("control-primary"))
        self.who.other_wanted.connect(self.other.setVisible)
        self.who.currentIndexChanged.connect(self._on_who)
        self.password.returnPressed.connect(self._submit)
        self.other.returnPressed.connect(self.password.setFocus)
        self.other.textEdited.connect(self._on_who)
        self.enter.clicked.connect(self._submit)

    def _add_links(self) -> None:
        links = QWidget()
        box = QVBoxLayout(links)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(8))
        row = QHBoxLayout()
        row.addWidget(link(self.tr("忘了密码"), "forgot", self._on_forgot))
        row.addStretch(1)
        row.addWidget(link(self.tr("都进不去，用恢复单"), "use_sheet", self.recovery_wanted.emit))
        box.addLayout(row)
        words = self.tr("忘了密码，请管理员重设，数据不会丢。输错多少次都不影响看窗：到点没看，照样响铃。")
        self._foot = QWidget()
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(Rule())
        foot.addWidget(text_label(words, role="caption", name="sign_in_foot", wrap=True))
        box.addWidget(self._foot)
        self.column.addWidget(links)

    # --- what is shown --------------------------------------------------------------------------------------

    def measure(self) -> None:
        super().measure()
        if hasattr(self, "password"):
            self.password.setFixedHeight(theme().size("control-primary"))
            self.other.setFixedHeight(theme().size("control-primary"))

    def set_low(self, low: bool) -> None:
        """Where there is no height for it, the explanation at the foot goes first."""
        self._foot.setHidden(low)
        self._below.setHidden(low)

    def set_people(self, users: Sequence[DeskUser], heads: Sequence[DeskUser]) -> None:
        """Who used this desk, and the administrators who can reset a password."""
        self._heads = tuple(heads)
        before = self.who.user
        self.who.set_users(users)
        if before is not None and self.login != before.login:
            self._on_who()

    @property
    def login(self) -> str:
        """The account name that is meant."""
        user = self.who.user
        return user.login if user is not None else self.other.text().strip()

    def clear(self) -> None:
        """No password left in the field, no warning."""
        self.password.clear()
        self.band.say("")

    def focus(self) -> None:
        """Into the first field that wants something."""
        field = self.other if self.who.user is None and not self.other.text() else self.password
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_busy(self, busy: bool) -> None:
        """The password is being checked."""
        self._busy = busy
        self.enter.set_missing(self.tr("正在核对") if busy else "")

    def refuse(self, sentence: str) -> None:
        """A wrong password: brown, and the field empty again."""
        self.password.clear()
        caps = self.hint.caps
        rest = self.tr("多半是大写锁定，按一下 Caps Lock 再试。") if caps else ""
        self.band.say(sentence, rest)
        self.focus()

    def wait_until(self, until: datetime, wait: timedelta, sentence: str) -> None:
        """Everybody at this desk must wait: the field counts down instead of taking keys."""
        self.password.clear()
        if wait >= timedelta(days=1):
            self.band.say(sentence)  # that is the name's own limit of a day
            return
        self._until = until
        minutes = max(1, round(wait / timedelta(minutes=1)))
        first = self.tr("输错 5 次，停 1 分钟。") if minutes == 1 else self.tr("又输错了，停 {} 分钟。")
        then = self.tr("再错要停 {} 分钟。").format(min(30, minutes * 2))
        caps = self.tr("多半是大写锁定，按一下 Caps Lock 再试。")
        more = self.tr("{}\n{}").format(then, caps) if self.hint.caps else then
        self.band.say(first.format(minutes), more)

    def tick(self, now: datetime) -> None:
        """Once a second: how long this desk must still wait."""
        left = self._until - now if self._until is not None else timedelta()
        waiting = left > timedelta()
        if self._until is not None and not waiting:
            self._until = None
            self.band.say("")
        was = not self.wait.isHidden()
        self.wait.setVisible(waiting)
        self.password.setVisible(not waiting)
        if waiting:
            self.wait.show_left(left)
            self.enter.set_missing(self.tr("还要等 {}").format(wait_words(left)))
        elif was:
            self.enter.set_missing("")
            self.focus()

    # --- what the person does -------------------------------------------------------------------------------

    def _submit(self) -> None:
        if self._busy or self.enter.missing:
            return
        if not self.login:
            self.band.say(self.tr("先选是谁，或写上账号名。"))
            return
        if not self.password.text():
            self.band.say(self.tr("密码还空着。"))
            self.password.setFocus()
            return
        self.submitted.emit(self.login, self.password.text())

    def _on_who(self, *_args: object) -> None:
        self.password.clear()
        if self._until is None:
            self.band.say("")

    def _on_forgot(self) -> None:
        names = self.tr("、").join(user.name for user in self._heads) or self.tr("管理员")
        self.band.say(
            self.tr("请{}来重设。").format(names),
            self.tr("他登录后到“设置 · 账号”点“重设密码”，给您一个头一次用的密码。您办过的事都在。"),
        )


class NewPasswordPanel(CardPanel):
    """先换个自己的密码. `submitted(password)` once both fields say the same."""

    submitted = Signal(str)
    back_wanted = Signal()

    def __init__(self) -> None:
        below = self.tr("头一次登录，换一个只有您知道的。至少 8 位，几个不相干的词连起来就好记。")
        super().__init__(self.tr("换个自己的密码"), below, "new_password_panel")
        self.first = password_field("new_password", self.tr("新密码"))
        self.again = password_field("new_password_again", self.tr("再输一遍"))
        self.hint = KeyboardHint(self.first)
        self.band = WarningBand("new_password_warning")
        self.go = KeyButton(self.tr("换好，进去"), "Return", kind=Kind.PRIMARY, tall=True)
        self.go.setObjectName("new_password_button")
        self.field(self.tr("新密码"), self.first, self.hint)
        self.field(self.tr("再输一遍"), self.again)
        self.column.addWidget(self.band)
        self.column.addSpacing(theme().px(6))
        self.column.addWidget(self.go)
        self.column.addWidget(link(self.tr("返回登录"), "new_password_back", self.back_wanted.emit))
        self.first.returnPressed.connect(self.again.setFocus)
        self.again.returnPressed.connect(self._submit)
        self.go.clicked.connect(self._submit)

    def _submit(self) -> None:
        if self.go.missing:
            return
        if problem := two_fields_problem(self.first, self.again):
            self.band.say(problem)
            return
        self.band.say("")
        self.submitted.emit(self.first.text())

    def clear(self) -> None:
        """Nothing of what was typed stays."""
        self.first.clear()
        self.again.clear()
        self.band.say("")

    def set_busy(self, busy: bool) -> None:
        """The password is being stored."""
        self.go.set_missing(self.tr("正在存") if busy else "")

    def refuse(self, sentence: str) -> None:
        """Why this password will not do."""
        self.band.say(sentence)
        self.again.clear()
        self.first.setFocus()


def two_fields_problem(first: QLineEdit, again: QLineEdit) -> str:
    """Why the two fields are no password yet, "" when they are."""
    if not first.text():
        first.setFocus()
        return first.tr("新密码还空着。")
    if first.text() != again.text():
        again.clear()
        again.setFocus()
        return first.tr("两遍不一样，第二遍再输一次。")
    return ""


def sentence_of(exc: Exception) -> str:
    """The sentence for a form: the first field's when there is one."""
    if isinstance(exc, ValidationError):
        return next(iter(exc.fields.values()), str(exc))
    return tell(exc).text
