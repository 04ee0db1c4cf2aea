"""The third step of the set-up: who works here, with which roles and for which grids."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.first_run.parts import StepPage, topped
from centerdesk.app.first_run.site import founder
from centerdesk.app.first_run.state import Progress, Step
from centerdesk.app.first_run.typed import type_into, typed_in
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel.errors import ValidationError
from centerdesk.kernel.record import record
from centerdesk.qtkit.editors import PasswordEditor, TextEditor
from centerdesk.qtkit.fact_rows import FactRows
from centerdesk.qtkit.forms import Field, Form
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.more_editors import TagsEditor
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card
from centerdesk.qtkit.room import Room

if TYPE_CHECKING:
    from centerdesk.app.first_run.parts import Wizard


@record
class PersonDraft:
    """一个人. `grids` by name, for those who answer for some."""

    name: str = ""
    roles: tuple[str, ...] = ()
    grids: tuple[str, ...] = ()
    password: str = ""


def found_person(station: OpenStation, draft: PersonDraft, *, must_change: bool) -> None:
    """Make an account with its duties. Blocking, Argon2. Raises ValidationError with the field's name."""
    actor = founder(station.site.desk)
    command = staff.FoundAccount(draft.name, draft.name, draft.password, draft.roles, must_change=must_change)
    account_id = station.bus.run(command, actor=actor).value
    with station.database.read_session() as session:
        ids = {row.name: row.id for row in places.grids(session)}
    for grid in draft.grids:
        if grid in ids:
            station.bus.run(places.FoundDuty(ids[grid], account_id), actor=actor)


class AccountsStep(StepPage):
    """账号. The first is whoever sits here; secretary and administrator must be two people."""

    step = Step.ACCOUNTS
    heading = "谁在这里办事"
    forward = "下一步"

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self._main = Card(self.tr("加一个人"))
        self._inside = QVBoxLayout()
        self._inside.setContentsMargins(0, 0, theme().px(6), 0)
        holder = QWidget()
        holder.setLayout(self._inside)
        # What a row of tags needs follows from the width alone; its own hint is that of one tag a line.
        holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self._main.body.addWidget(Room(holder, asks=240), 1)
        self._grids: tuple[str, ...] | None = None
        self.form: Form[PersonDraft] | None = None
        self.add = KeyButton(self.tr("加上这个人"), icon_name="person_add")
        self.add.setObjectName("person_add")
        self.add.clicked.connect(self._add)
        self._have = FactRows("people_have")
        aside = Card(self.tr("已经有的"))
        self._count = text_label(role="facts")
        aside.header.addWidget(self._count)
        aside.body.addWidget(Room(topped(self._have)), 1)
        words = self.tr(
            "书记和管理员要两个人：改账号、退回备份这些事，要两个人一起按。管理员只管机器，看不到居民。"
        )
        aside.body.addWidget(text_label(words, role="caption", wrap=True))
        self.two_cards(self._main, aside)

    def show_progress(self, progress: Progress) -> None:
        super().show_progress(progress)
        typed = self.typed()
        if self.form is None or self._grids != progress.grids:
            self._make_form(progress.grids)
        assert self.form is not None
        if not self.form.dirty:
            self.form.load(self._blank())
            type_into(self.form, typed)  # the form may be a new one, with other grids
        rows = [(p.name, self._said(p.role_titles, p.grids)) for p in progress.people]
        self._have.show_rows(rows, self.tr("还没有。先写您自己。"))
        self._count.setText(self.tr("{} 个人").format(len(progress.people)) if progress.people else "")
        self.foot.forward.set_missing(progress.missing(Step.ACCOUNTS))
        self._main.set_title(self.tr("加一个人") if progress.people else self.tr("先写您自己"))

    def _said(self, roles: str, grids: tuple[str, ...]) -> str:
        return self.tr("{} · {}").format(roles, self.tr("、").join(grids)) if grids else roles

    def _blank(self) -> PersonDraft:
        """The role that is still missing is ticked already."""
        held = {role for person in self.progress.people for role in person.roles}
        wanted = next((role for role in ("administrator", "secretary") if role not in held), "")
        return PersonDraft(roles=(wanted,) if wanted else ())

    def _make_form(self, grids: tuple[str, ...]) -> None:
        """The form names the grids, so it is made anew when there are others."""
        old, self._grids = self.form, grids
        roles = list(staff.ROLES.items())
        first = not self.progress.people
        fields = [
            Field("name", self.tr("姓名"), lambda: TextEditor(max_length=40), required=True,
                  help=self.tr("登录时选的就是这个名字")),
            Field("password", self.tr("自己的密码") if first else self.tr("头一次用的密码"), PasswordEditor,
                  required=True, help=self.tr("至少 8 位") if first else self.tr("至少 8 位，登录后自己换")),
            Field("roles", self.tr("身份"), lambda: TagsEditor(roles), required=True, wide=True),
        ]  # fmt: skip
        if grids:
            names: list[tuple[Any, str]] = [(name, name) for name in grids]
            fields.append(
                Field("grids", self.tr("负责的网格"), lambda: TagsEditor(names), wide=True,
                      help=self.tr("网格员才要选"))
            )  # fmt: skip
        self.form = Form(fields, columns=2)
        self.form.setObjectName("person_form")
        self.form.edited.connect(self.typed_on)
        if old is not None:
            self._inside.removeWidget(old)
            old.hide()
            old.deleteLater()
            self._inside.insertWidget(0, self.form)
        else:
            self._inside.addWidget(self.form)
            row = QHBoxLayout()
            row.setContentsMargins(0, theme().px(4), 0, theme().px(4))
            row.addWidget(self.add)
            row.addStretch(1)
            self._inside.addLayout(row)
            self._inside.addStretch(1)
            self._inside.setSpacing(theme().px(10))

    def typed(self) -> dict[str, Any]:
        return typed_in(self.form, but=("password",)) if self.form is not None else {}

    def type_again(self, typed: Mapping[str, Any]) -> None:
        if self.form is not None:
            type_into(self.form, typed)

    def enter(self) -> None:
        if self.form is not None:
            self.form.focus_first()

    def fit(self) -> None:
        super().fit()
        if self.form is not None:
            self.form.set_columns(1 if self.width() < theme().scale(440) else 2)

    def _add(self) -> None:
        form = self.form
        if form is None:
            return
        try:
            draft = form.draft()
        except ValidationError:
            return
        station = self.wizard.require_station()
        must_change = bool(self.progress.people)

        def job(_tell: object, _stopped: object) -> None:
            found_person(station, draft, must_change=must_change)

        def done(_value: None) -> None:
            form.mark_clean()
            self._grids = None  # the password's label depends on whether anybody is there
            self.wizard.read_again()

        self.wizard.work(job, done, label=self.tr("建账号"), page=self)

    def save(self) -> None:
        if not self.foot.forward.missing:
            self.wizard.go_on(self.step)
