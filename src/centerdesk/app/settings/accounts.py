"""账号与权限: who works here. The administrator proposes, the secretary agrees at the same desk (RELIABILITY 3.5)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from centerdesk.app.settings import resuming
from centerdesk.app.settings.leave_card import LeaveCard
from centerdesk.app.settings.parts import Section, SectionEntry
from centerdesk.app.settings.rows import Cell, Head, Row, RowsTable
from centerdesk.features.staff import api as staff
from centerdesk.features.staff.commands import (
    CreateAccount,
    DeactivateAccount,
    EndLeave,
    ResetPassword,
    SetRoles,
)
from centerdesk.features.staff.queries import manage_accounts
from centerdesk.kernel.clock import local, today
from centerdesk.kernel.commands import Command
from centerdesk.kernel.errors import ValidationError
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.record import record
from centerdesk.qtkit.beside import Beside
from centerdesk.qtkit.controls import password_field
from centerdesk.qtkit.editors import PasswordEditor, TextEditor
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.forms import Field, Form
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.more_editors import TagsEditor
from centerdesk.qtkit.notify import toast
from centerdesk.qtkit.painted.badge import Tone
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.room import scrolled

if TYPE_CHECKING:
    from centerdesk.app.settings.pages import SettingsPage

_HEADS = (
    Head("姓名", 128),
    Head("账号名", 128, spare=True),
    Head("身份"),
    Head("上次登录", 120, spare=True),
    Head("状态", 104),
)


@record
class AccountDraft:
    """新账号."""

    name: str = ""
    login: str = ""
    roles: tuple[str, ...] = ()
    password: str = ""


@record
class RolesDraft:
    """身份 of an account that is there."""

    roles: tuple[str, ...] = ()


def role_tags() -> TagsEditor:
    """The four roles to tick."""
    return TagsEditor(list(staff.ROLES.items()))


class AccountsSection(Section):
    """账号与权限. Every change but a reset asks for the other person's password in the page."""

    entry = SectionEntry("accounts", "账号与权限", "people", ("staff.manage", "staff.approve"))

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self._rows: tuple[staff.AccountRow, ...] = ()
        self._shown: object = None
        self._may = page.host.actor().may("staff.manage")
        self.table = RowsTable("accounts_table", self.tr("账号"), _HEADS)
        self.table.chosen.connect(self._on_chosen)
        left = Card(self.tr("站里的人"), listed=True)
        self._count = text_label(role="facts")
        left.header.addWidget(self._count)
        self.new = KeyButton(self.tr("新账号"), icon_name="person_add", small=True)
        self.new.setObjectName("account_new")
        self.new.clicked.connect(self.show_new)
        left.header.addWidget(self.new)
        self.new.setVisible(self._may)  # only now: without a parent it would open as a window
        left.body.addWidget(self.table)
        self.leave = LeaveCard(page.station.clock)
        self.leave.setHidden(True)  # until somebody is chosen
        self.leave.wanted.connect(self._take_leave)
        self.leave.form.keep_as(resuming.LEAVE.id, self._record)
        self._leaves: tuple[staff.LeaveRow, ...] = ()
        self._side = QStackedWidget()
        self._side.addWidget(self._make_blank())
        self._side.addWidget(self._make_detail())
        self._side.addWidget(self._make_new())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Beside(left, self._side, (12, 9)))

    # --- the right side -------------------------------------------------------------------------------------

    def _make_blank(self) -> QWidget:
        card = Card(self.tr("谁能做什么"))
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(2))
        for title, words in (
            (self.tr("前台"), self.tr("查居民、登记、看窗，一天看全号 60 次")),
            (self.tr("网格员"), self.tr("只办自己网格的事")),
            (self.tr("书记"), self.tr("批准账号、退回、导出全号，看全部留痕")),
            (self.tr("管理员"), self.tr("只管机器：账号、备份、设置。看不到居民")),
        ):
            box.addWidget(text_label(title, role="table-strong"))
            box.addWidget(text_label(words, role="secondary", wrap=True))
            box.addSpacing(theme().px(10))
        box.addStretch(1)
        card.body.addWidget(scrolled(inside))
        return card

    def _make_detail(self) -> QWidget:
        card = Card(self.tr("这个人"))
        card.setObjectName("account_detail")
        self._name = text_label(role="record-name", name="account_name")
        self._state = text_label(role="facts", name="account_state", wrap=True)
        self.roles: Form[RolesDraft] = Form([Field("roles", self.tr("身份"), role_tags, required=True)])
        self.roles.setObjectName("roles_form")
        self.roles.keep_as(resuming.ROLES.id, self._record)
        self.save_roles = KeyButton(self.tr("改身份"))
        self.save_roles.setObjectName("account_roles")
        self.save_roles.clicked.connect(self._set_roles)
        self.password: QLineEdit = password_field("reset_password", self.tr("头一次用的密码"))
        self.password.setPlaceholderText(self.tr("头一次用的密码，至少 8 位"))
        self._reset_problem = text_label(role="warning", name="reset_problem", wrap=True)
        self.reset = KeyButton(self.tr("重设密码"))
        self.reset.setObjectName("account_reset")
        self.reset.clicked.connect(self._reset)
        self.stop = KeyButton(self.tr("停用这个账号"), kind=Kind.DANGER)
        self.stop.setObjectName("account_stop")
        self.stop.clicked.connect(self._deactivate)
        for widget in (self._name, self._state):
            card.body.addWidget(widget)
        self._acts = QWidget()
        box = QVBoxLayout(self._acts)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(8))
        box.addWidget(self.roles)
        box.addLayout(_beside(self.save_roles))
        box.addWidget(Rule())
        box.addWidget(text_label(self.tr("忘了密码"), role="field-label", buddy=self.password))
        box.addWidget(self.password)
        box.addWidget(self._reset_problem)
        box.addLayout(_beside(self.reset))
        box.addWidget(Rule())
        words = self.tr("人走了就停用。办过的事都留着，名字不会被别人用。")
        box.addWidget(text_label(words, role="caption", wrap=True))
        box.addLayout(_beside(self.stop))
        inside = QWidget()
        both = QVBoxLayout(inside)
        both.setContentsMargins(0, 0, theme().px(6), 0)
        both.addWidget(self._acts)
        both.addWidget(self.leave)
        both.addStretch(1)
        card.body.addWidget(scrolled(inside), 1)
        return card

    def _make_new(self) -> QWidget:
        card = Card(self.tr("新账号"))
        self.form: Form[AccountDraft] = Form(
            [
                Field("name", self.tr("姓名"), lambda: TextEditor(max_length=40), required=True),
                Field("login", self.tr("账号名"), lambda: TextEditor(max_length=40),
                      help=self.tr("空着就和姓名一样")),
                Field("roles", self.tr("身份"), role_tags, required=True),
                Field("password", self.tr("头一次用的密码"), PasswordEditor, required=True,
                      help=self.tr("至少 8 位，登录后自己换")),
            ]
        )  # fmt: skip
        self.form.setObjectName("account_form")
        self.form.keep_as(resuming.ACCOUNT.id)
        self.create_button = KeyButton(self.tr("建账号（要书记同意）"), kind=Kind.PRIMARY)
        self.create_button.setObjectName("account_create")
        self.create_button.clicked.connect(self._create)
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, theme().px(6), 0)
        box.addWidget(self.form)
        box.addLayout(_beside(self.create_button))
        box.addStretch(1)
        card.body.addWidget(scrolled(inside))
        return card

    # --- reading --------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        actor, day = self.page.host.actor(), today(self.station.clock)
        self.read(
            lambda session: (manage_accounts(session, actor), staff.leaves_from(session, day)),
            lambda found: self._on_rows(*found),
        )

    def _on_rows(self, rows: tuple[staff.AccountRow, ...], leaves: tuple[staff.LeaveRow, ...]) -> None:
        self._rows, self._leaves = rows, leaves
        active = [row for row in rows if row.active]
        self._count.setText(self.tr("{} 人在用").format(len(active)))
        self.say(self.tr("设置 · {} · {} 个账号").format(self.station.station.name, len(active)))
        ordered = sorted(rows, key=lambda row: not row.active)
        day = today(self.station.clock)
        away = {leave.account_id: leave.last_on for leave in leaves if leave.first_on <= day}
        self.table.show_rows([_row(each, away.get(each.id)) for each in ordered])
        self._show_chosen()

    def _chosen(self) -> staff.AccountRow | None:
        return next((row for row in self._rows if row.id == self.table.key), None)

    def _record(self) -> UUID | None:
        row = self._chosen()
        return row.id if row is not None else None

    def _on_chosen(self, _key: object) -> None:
        self._show_chosen()
        self._side.setCurrentIndex(1)

    def _show_chosen(self) -> None:
        row = self._chosen()
        names = [(each.id, each.name) for each in self._rows if each.active]
        shown = row and (row.id, row.active, row.roles, row.must_change), names, self._leaves
        if shown == self._shown:
            return  # a refresh in the background takes nothing away that is being typed
        self._shown = shown
        if row is None:
            if self._side.currentIndex() == 1:
                self._side.setCurrentIndex(0)
            return
        self._name.setText(row.name)
        state = self.tr("账号名 {}").format(row.login)
        if row.must_change:
            state = self.tr("{} · 下次登录要换密码").format(state)
        self._state.setText(state if row.active else self.tr("{} · 已停用").format(state))
        self._acts.setVisible(row.active and self._may)
        self.roles.load(RolesDraft(tuple(role for role in staff.ROLES if role in row.roles)))
        self.password.clear()
        self._reset_problem.hide()
        others = [each for each in names if each[0] != row.id]
        self.leave.setVisible(row.active and self.page.host.actor().may("staff.approve"))
        self.leave.show_account(row.id, others, self._leaves)

    def _take_leave(self, command: Command[UUID | None]) -> None:
        said = self.tr("记下了。那几天该他办的事到顶岗的人名下。")
        if isinstance(command, EndLeave):
            said = self.tr("销假了。今天起他的窗又归他看。")

        def done(_key: UUID | None) -> None:
            toast(self, said)
            self.refresh()

        def failed(exc: Exception) -> None:
            if isinstance(exc, ValidationError):
                self.leave.form.show_errors(exc.fields)
            else:
                present_error(self.page, exc)

        self.execute(command, done, failed)

    def show_account(self, account_id: UUID | None) -> bool:
        """Choose this account; False where it is not there."""
        self.table.choose(account_id)
        return self._chosen() is not None

    def show_new(self) -> None:
        """The empty form of a new account."""
        self.table.choose(None)
        self._shown = None
        self.form.load(AccountDraft())
        self._side.setCurrentIndex(2)
        self.form.focus_first()

    # --- changing -------------------------------------------------------------------------------------------

    def _create(self) -> None:
        try:
            draft = self.form.draft()
        except ValidationError:
            return
        login = draft.login or draft.name
        if problem := staff.password_problem(draft.password, login, draft.name):
            self.form.show_errors({"password": problem})
            return
        command = CreateAccount(login, draft.name, draft.password, draft.roles)
        self._with_second(self.tr("给 {} 建账号").format(draft.name), command, self.tr("账号建好了。"))

    def _set_roles(self) -> None:
        row = self._chosen()
        if row is None:
            return
        try:
            draft = self.roles.draft()
        except ValidationError:
            return
        if set(draft.roles) == set(row.roles):
            toast(self, self.tr("身份没有变。"))
            return
        command = SetRoles(row.id, row.version, draft.roles)
        self._with_second(self.tr("改 {} 的身份").format(row.name), command, self.tr("身份改好了。"))

    def _deactivate(self) -> None:
        row = self._chosen()
        if row is not None:
            command = DeactivateAccount(row.id, row.version)
            self._with_second(self.tr("停用 {}").format(row.name), command, self.tr("停用了。"))

    def _with_second(self, title: str, command: Command[Any], told: str) -> None:
        def given(second: Actor) -> None:
            def done(value: object) -> None:
                toast(self, told)
                if isinstance(value, UUID):
                    self.form.load(AccountDraft())
                    self._side.setCurrentIndex(0)
                self.refresh()

            self.execute(command, done, self._failed, second)

        why = self.tr("{}，要书记同意。书记在这台机器上输密码，两个人的名字都留痕。").format(title)
        self.page.desk_host.second_person(self, "staff.approve", why, given)

    def _failed(self, exc: Exception) -> None:
        if isinstance(exc, ValidationError) and self._side.currentIndex() == 2:
            self.form.show_errors(exc.fields)
            return
        present_error(self.page, exc)
        self.refresh()

    def _reset(self) -> None:
        row = self._chosen()
        if row is None:
            return
        if problem := staff.password_problem(self.password.text(), row.login, row.name):
            self._reset_problem.setText(problem)
            self._reset_problem.show()
            self.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return

        def done(_value: None) -> None:
            self.password.clear()
            toast(self, self.tr("重设好了，请本人登录后换一个。"))
            self.refresh()

        self.execute(ResetPassword(row.id, self.password.text()), done, self._failed)


def _beside(button: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, theme().px(4), 0, theme().px(4))
    row.addWidget(button)
    row.addStretch(1)
    return row


def _row(each: staff.AccountRow, away_until: date | None) -> Row:
    roles = tr("、").join(title for role, title in staff.ROLES.items() if role in each.roles)
    seen = f"{local(each.last_sign_in_at):%m-%d %H:%M}" if each.last_sign_in_at else tr("还没有")
    if not each.active:
        state = Cell(badge=tr("停用"))
    elif away_until is not None:
        state = Cell(badge=tr("请假到 {:%m-%d}").format(away_until), tone=Tone.SOON)
    elif each.must_change:
        state = Cell(badge=tr("要换密码"), tone=Tone.SOON)
    else:
        state = Cell(badge=tr("在用"), tone=Tone.DONE)
    return Row(
        each.id,
        (
            Cell(each.name, strong=True, token="ink" if each.active else "ink3"),
            Cell(each.login),
            Cell(roles, token="ink"),
            Cell(seen),
            state,
        ),
    )
