"""The forms of the ledger: a resident, and a departure. In a pane of the page, never a dialog (UI 4.4, 4.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from centerdesk.features.people.commands import ResidentDraft
from centerdesk.features.people.queries_detail import ResidentDetail
from centerdesk.features.people.rules import DEAD, LEFT, POLITICAL, RELATIONS, RESIDENCES, SEXES, TAGS, age_on
from centerdesk.features.places import api as places
from centerdesk.kernel.clock import Clock, today
from centerdesk.kernel.idnumber import IdNumber, parse
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.phones import parse_phones
from centerdesk.qtkit.date_input import Lean
from centerdesk.qtkit.editors import (
    ChoiceEditor,
    DoorEditor,
    Editor,
    IdNumberEditor,
    MultilineEditor,
    TextEditor,
)
from centerdesk.qtkit.forms import Field, Form
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.more_editors import DateEditor, TagsEditor
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.states import Way

D = TypeVar("D")


class ResidentIdEditor(IdNumberEditor):
    """身份证号 of a resident: reads back sex, birthday and age, which nobody types then."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(check=self._wrong)
        self._clock = clock

    def _wrong(self, value: str) -> str:
        found = parse(value, today(self._clock))
        return "" if isinstance(found, IdNumber) else found.message

    def note(self) -> str:
        value = self.value()
        found = parse(value, today(self._clock)) if value else None
        if not isinstance(found, IdNumber):
            return ""
        age = age_on(found.birth, today(self._clock))
        return f"{SEXES[found.sex]} · {found.birth:%Y-%m-%d} 生 · {age} 岁"


class PhonesEditor(TextEditor):
    """电话, one or several, in the order they are to be tried."""

    def __init__(self) -> None:
        super().__init__(max_length=120, placeholder="138…、0454-…", check=_wrong_phones)

    def note(self) -> str:
        good, bad = parse_phones(self.text())
        return f"{len(good)} 个号" if len(good) > 1 and not bad else ""


def _wrong_phones(text: str) -> str:
    _good, bad = parse_phones(text)
    return "有一个号码位数不对。手机 11 位，座机带区号，几个号用顿号隔开。" if bad else ""


class ResidentDoorEditor(DoorEditor):
    """门牌. The door a person already has is taken as it stands, however it is written."""

    def __init__(self) -> None:
        super().__init__(self._read_door)
        self.known = ""

    def _read_door(self, text: str) -> str:
        if text == self.known:
            return ""
        door = places.parse_door(text)
        if door is None or door.building is None:
            raise ValueError("门牌看不懂。写成 3-2-501，或 3号楼2单元501。")
        unit = f" {door.unit} 单元" if door.unit else ""
        return f"{door.building} 栋{unit} {door.room or ''}".rstrip()


@dataclass(frozen=True)
class DepartureDraft:
    """迁出或死亡, as the small form holds it."""

    status: str | None = LEFT
    left_on: date | None = None


class FormPane(Card, Generic[D]):
    """表单栏. A form with its title, a place for what went wrong, and the two buttons."""

    save_asked = Signal(bool)
    """True: and the next one after it (Ctrl+Enter)."""
    left = Signal()
    opened = Signal()

    def __init__(
        self, title: str, form_fields: Sequence[Field], *, save: str, name: str, columns: int = 2
    ) -> None:
        super().__init__(title, padded=False)
        self.setObjectName(name)
        self.form: Form[D] = Form(form_fields, columns=columns)
        if not form_fields:  # shown without a parent it would be a window
            self.form.hide()
        self.key = uuid7()  # made when the form opens: one click is one booking
        self._banner = _Banner()
        inside = QWidget()
        inside.setProperty("ground", "")
        self._inner = QVBoxLayout(inside)
        self._inner.addWidget(self._banner)
        self._inner.addWidget(self.form)
        self._inner.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        self.save_button = KeyButton(save, "Ctrl+S", kind=Kind.PRIMARY, tall=True)
        self.save_button.setObjectName("form_save")
        self.save_button.clicked.connect(self._on_save)
        self.leave_button = KeyButton("不记了", "Esc")
        self.leave_button.setObjectName("form_leave")
        self.leave_button.clicked.connect(self.left)
        self._foot = QHBoxLayout()
        self._foot.addWidget(self.save_button, 1)
        self._foot.addWidget(self.leave_button)
        self.body.addWidget(self._scroll, 1)
        self.body.addWidget(Rule())
        self.body.addLayout(self._foot)
        for keys, slot in (
            (QKeySequence("Ctrl+S"), self._on_save),
            (QKeySequence("Ctrl+Return"), self._on_next),
        ):
            shortcut = QShortcut(keys, self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        self.form.problems_changed.connect(self._on_problems)
        self._fit()
        theme_hub().changed.connect(self._fit)

    def _fit(self) -> None:
        look = theme()
        pad = look.px(15)
        self._inner.setContentsMargins(pad, look.px(12), pad, look.px(12))
        self._inner.setSpacing(look.px(10))
        self._foot.setContentsMargins(pad, look.px(10), pad, look.px(12))
        self._foot.setSpacing(look.px(9))

    def open_with(self, draft: D) -> None:
        """A fresh form: a new key, nothing told."""
        self.key = uuid7()
        self._banner.say("")
        self.form.load(draft)
        self._scroll.verticalScrollBar().setValue(0)
        self.set_busy(False)
        self.form.focus_first()
        self.opened.emit()

    def put_above(self, widget: QWidget) -> None:
        """Something to be decided before the form goes on: stands below the sentence, over the fields."""
        self._inner.insertWidget(1, widget)

    def tell(self, text: str, *ways: Way) -> None:
        """What stands in the way of saving, over the fields; "" takes it away."""
        self._banner.say(text, *ways)
        if text:
            self._scroll.verticalScrollBar().setValue(0)

    def set_busy(self, busy: bool) -> None:
        """While it is being saved nothing is sent twice."""
        self.save_button.set_missing("正在记" if busy else "")

    @property
    def busy(self) -> bool:
        return bool(self.save_button.missing)

    def _on_problems(self, count: int) -> None:
        self._scroll.ensureVisible(0, 0)
        self.setAccessibleDescription(f"还有 {count} 处" if count else "")

    def _on_save(self) -> None:
        if not self.busy:
            self.save_asked.emit(False)

    def _on_next(self) -> None:
        if not self.busy:
            self.save_asked.emit(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


class _Banner(QFrame):
    """A sentence over the form with up to three ways out."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("form_banner")
        self.setProperty("band", "warning")
        self._text = text_label(name="form_banner_text", wrap=True)
        self._ways = QHBoxLayout()
        box = QVBoxLayout(self)
        box.addWidget(self._text)
        box.addLayout(self._ways)
        self.hide()

    def say(self, text: str, *ways: Way) -> None:
        self._text.setText(text)
        while (item := self._ways.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for way in ways:
            button = QPushButton(way.text)
            button.setObjectName(way.name)
            button.setProperty("extent", "small")
            button.clicked.connect(_acting(way))
            self._ways.addWidget(button)
        self._ways.addStretch(1)
        self.setVisible(bool(text))


def _acting(way: Way) -> Callable[[], None]:
    def act() -> None:
        way.act()

    return act


# --- a resident ---------------------------------------------------------------------------------------------


class ResidentForm(FormPane[ResidentDraft]):
    """居民表单. New or an edit; numbers that are stored already are never put into it."""

    def __init__(self, clock: Clock) -> None:
        self._door = ResidentDoorEditor()
        self._compound = ChoiceEditor(blank="没有门牌")
        self._relation = ChoiceEditor([(r, r) for r in RELATIONS], blank="不清楚")
        self._political = ChoiceEditor([(p, p) for p in POLITICAL], blank="不清楚")
        super().__init__("新增居民", self._fields(clock), save="记下", name="resident_form")
        self.resident_id: UUID | None = None
        self.version = 0
        self.base = ResidentDraft()
        self.shown: ResidentDetail | None = None
        self.form.keep_as("people.resident", lambda: self.resident_id, key=lambda: self.key)

    def _fields(self, clock: Clock) -> tuple[Field, ...]:
        def given(editor: Editor) -> Callable[[], Editor]:
            return lambda: editor

        return (
            Field("name", "姓名", lambda: TextEditor(max_length=60), required=True, help="照证件上的字，生僻字照登"),
            Field("sex", "性别", lambda: ChoiceEditor([(1, "男"), (2, "女")], blank="照证件号")),
            Field("id_no", "身份证号", lambda: ResidentIdEditor(clock), wide=True, help="填了就不用填性别和生日"),
            Field("birth_on", "出生日期", lambda: DateEditor(clock, lean=Lean.PAST)),
            Field("phones", "电话", PhonesEditor, help="几个号用顿号隔开，不改就空着"),
            Field("compound", "小区", given(self._compound)),
            Field("door", "门牌", given(self._door)),
            Field("relation", "与户主关系", given(self._relation)),
            Field("residence", "人户", lambda: ChoiceEditor([(r, r) for r in RESIDENCES], blank=""), required=True),
            Field("ethnic", "民族", lambda: TextEditor(max_length=20)),
            Field("political", "政治面貌", given(self._political)),
            Field("move_in_on", "迁入日期", lambda: DateEditor(clock, lean=Lean.PAST)),
            Field("tags", "标签", lambda: TagsEditor([(t, t) for t in TAGS]), wide=True, help="年龄标签照生日算"),
            Field("remark", "备注", lambda: MultilineEditor(lines=2, max_length=500), wide=True),
        )  # fmt: skip

    def set_compounds(self, names: Sequence[str]) -> None:
        """The compounds of the station."""
        self._compound.set_options([(name, name) for name in names])

    def open_new(self, draft: ResidentDraft) -> None:
        """An empty form, or one that goes on behind the same door."""
        self.resident_id, self.version, self.base, self.shown = None, 0, draft, None
        self.set_title("新增居民")
        self._hint("", "")
        self._door.known = ""
        self.open_with(draft)

    def open_edit(self, detail: ResidentDetail) -> None:
        """The record as it stands; masks stand behind the empty number fields."""
        self.resident_id, self.version = detail.row.id, detail.row.version
        self.base, self.shown = draft_of(detail), detail
        self.set_title("修改居民")
        more = f" 等 {len(detail.phones)} 个" if len(detail.phones) > 1 else ""
        self._hint(detail.row.id_mask, f"{detail.phones[0]}{more}" if detail.phones else "")
        self._door.known = detail.row.door
        _offer(self._relation, tuple(RELATIONS), detail.relation)
        _offer(self._political, POLITICAL, detail.political)
        self.open_with(self.base)

    def _hint(self, id_mask: str, phones: str) -> None:
        hints = {"id_no": f"{id_mask}（不改就空着）" if id_mask else "", "phones": phones}
        for name, hint in hints.items():
            line = self.form.editor(name).widget
            assert isinstance(line, QLineEdit)
            line.setPlaceholderText(hint)

    def checked(self) -> ResidentDraft:
        """What stands in the form. Raises ValidationError after showing it at the fields."""
        return _whole(self.form.draft())

    def typed(self) -> ResidentDraft:
        """The same, unchecked."""
        return _whole(self.form.loose_draft())

    def go_on(self, detail: ResidentDetail, draft: ResidentDraft) -> None:
        """Go on from the record as it is now, with these words on top."""
        self.open_edit(detail)
        self.form.load(draft)
        self.form.edited.emit()

    def go_on_as_new(self) -> None:
        """What was typed becomes a new registration: the record it belonged to is gone."""
        mine = self.typed()
        self.open_new(ResidentDraft())
        self.form.load(mine)
        self.form.edited.emit()


def _whole(draft: ResidentDraft) -> ResidentDraft:
    """Without the Nones of empty choices."""
    return replace(draft, sex=draft.sex or 0, tags=tuple(draft.tags or ()))


def _offer(editor: ChoiceEditor, usual: Sequence[str], present: str) -> None:
    """The usual words and the one that stands in the record, which may be finer."""
    words = [*usual, present] if present and present not in usual else usual
    editor.set_options([(word, word) for word in words])


def draft_of(detail: ResidentDetail) -> ResidentDraft:
    """The record as the form shows it."""
    row = detail.row
    return ResidentDraft(
        name=row.name, birth_on=detail.birth_on, sex=detail.sex_code, compound=row.compound, door=row.door,
        relation=detail.relation, ethnic=detail.ethnic, political=detail.political, residence=row.residence,
        move_in_on=detail.move_in_on, tags=tuple(t for t in TAGS if t in dict(detail.tag_since)),
        remark=detail.remark,
    )  # fmt: skip


class DepartureForm(FormPane[DepartureDraft]):
    """迁出、死亡. What happened and on which day; the person stays in the ledger."""

    def __init__(self, clock: Clock) -> None:
        def status() -> Editor:
            return ChoiceEditor([(LEFT, "迁出"), (DEAD, "去世")], blank="")

        self.resident_id: UUID | None = None
        self.version = 0
        form_fields = (
            Field("status", "怎么走的", status, required=True),
            Field(
                "left_on", "哪天", lambda: DateEditor(clock, lean=Lean.PAST), required=True, help="不晚于今天"
            ),
        )
        super().__init__("登记迁出或去世", form_fields, save="记下", name="departure_form", columns=1)
        self._who = text_label(role="strong", name="departure_who", wrap=True)
        self._inner.insertWidget(0, self._who)
        words = "记下以后不再算在册，资料和标签都留着，当天可以撤销。"
        self._inner.insertWidget(3, text_label(words, role="hint", wrap=True))
        self.form.keep_as("people.departure", lambda: self.resident_id, key=lambda: self.key)

    def open_for(self, detail: ResidentDetail) -> None:
        """For this person."""
        row = detail.row
        self.resident_id, self.version = row.id, row.version
        self._who.setText(
            " · ".join(part for part in (row.name, f"{row.compound} {row.door}".strip()) if part)
        )
        self.open_with(DepartureDraft())
