"""The form binder: a draft goes in, a draft comes out, and each problem stands at its field."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from centerdesk.kernel.drafts import DraftName
from centerdesk.kernel.errors import ValidationError
from centerdesk.qtkit.drafts import HOLDS_DRAFTS, TypedDraft, draft_hub
from centerdesk.qtkit.editors import (
    ChoiceEditor,
    IdNumberEditor,
    IntEditor,
    MultilineEditor,
    PasswordEditor,
    TextEditor,
)
from centerdesk.qtkit.forms import Field, Form
from centerdesk.qtkit.labels import TextLabel
from centerdesk.qtkit.more_editors import TagsEditor
from tests.helpers.desk import type_text

pytestmark = pytest.mark.gui


@dataclass(frozen=True)
class PersonDraft:
    """A draft as features have them: `source` has no field and passes through."""

    name: str = ""
    nick: str | None = None
    id_no: str | None = None
    count: int | None = None
    grid: str | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    source: str = "desk"


def no_digits(value):
    return "姓名里有数字，请照证件改。" if any(ch.isdigit() for ch in value) else ""


FIELDS = (
    Field("name", "姓名", lambda: TextEditor(check=no_digits), required=True),
    Field("nick", "小名", TextEditor, help="街坊怎么叫"),
    Field("id_no", "身份证号", IdNumberEditor),
    Field("count", "人数", lambda: IntEditor(1, 9, unit="人")),
    Field("grid", "网格", lambda: ChoiceEditor([("g1", "第一网格"), ("g2", "第二网格")]), required=True),
    Field("tags", "标签", lambda: TagsEditor([("a", "独居"), ("b", "高龄")]), wide=True),
    Field("note", "备注", MultilineEditor, wide=True),
)
FULL = PersonDraft("李桂兰", "桂兰", "230811194812061246", 2, "g2", ("b",), "三楼东门", "import")


@pytest.fixture
def form(qtbot, window):
    made = Form(FIELDS, columns=2)
    window.layout().addWidget(made)
    made.load(PersonDraft())
    return made


def label(form, name):
    return form.findChild(TextLabel, name)


def test_a_draft_comes_out_as_it_went_in(form):
    form.load(FULL)
    assert form.draft() == FULL
    assert not form.dirty


def test_empty_text_is_empty_text_and_empty_anything_else_is_none(form):
    form.editor("name").set_value("单玉华")
    form.editor("grid").set_value("g1")
    assert form.draft() == PersonDraft(name="单玉华", grid="g1")


def test_missing_required_fields_are_said_at_the_fields(qtbot, form):
    with pytest.raises(ValidationError) as refused:
        form.draft()
    assert refused.value.fields == {"name": "「姓名」要填。", "grid": "「网格」要填。"}
    assert label(form, "name_error").isVisible()
    assert label(form, "name_error").text() == "「姓名」要填。"
    assert form.editor("name").widget.property("invalid") is True
    assert form.editor("name").widget.hasFocus()
    assert form.problems == 2
    assert label(form, "form_foot").text() == "还有 2 处，按 F8 到下一处"


def test_optional_fields_say_so_and_required_ones_do_not(form):
    assert label(form, "nick_optional").text() == "可不填"
    assert label(form, "name_optional") is None


def test_a_refusal_of_the_command_comes_back_to_the_same_form(form):
    form.load(FULL)
    form.show_errors({"id_no": "这个号码已经有人用。", "": "两处对不上。", "elsewhere": "还有一处。"})
    assert label(form, "id_no_error").text() == "这个号码已经有人用。"
    assert form.editor("id_no").widget.hasFocus()
    assert label(form, "form_error").isVisible()
    assert label(form, "form_error").text() == "两处对不上。\n还有一处。"
    assert form.editor("id_no").widget.accessibleDescription() == "这个号码已经有人用。"
    form.load(FULL)
    assert form.problems == 0
    assert not label(form, "form_error").isVisible()


def test_f8_goes_round_the_problems(qtbot, form):
    with pytest.raises(ValidationError):
        form.draft()
    qtbot.keyClick(form.editor("name").widget, Qt.Key.Key_F8)
    assert form.editor("grid").widget.hasFocus()
    qtbot.keyClick(form.editor("grid").widget, Qt.Key.Key_F8)
    assert form.editor("name").widget.hasFocus()


def test_a_field_is_checked_when_it_is_left_and_heals_while_typing(qtbot, form):
    line = form.editor("name").widget
    line.setFocus()
    qtbot.keyClicks(line, "Li4")
    assert form.problems == 0  # nobody is told off in mid-word
    qtbot.keyClick(line, Qt.Key.Key_Tab)
    assert label(form, "name_error").text() == "姓名里有数字，请照证件改。"
    qtbot.keyClick(line, Qt.Key.Key_Backspace)
    assert form.problems == 0
    assert line.property("invalid") is False


def test_leaving_an_empty_required_field_is_no_reproach(qtbot, form):
    form.editor("nick").widget.setFocus()
    qtbot.keyClicks(form.editor("nick").widget, "x")
    form.editor("name").widget.setFocus()
    form.editor("nick").widget.setFocus()
    assert form.problems == 0


def test_tab_follows_the_form(qtbot, form):
    form.focus_first()
    seen = []
    for _ in range(5):
        seen.append(QApplication.focusWidget().objectName())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert seen == ["name", "nick", "id_no", "count", "grid"]


def test_loading_is_not_editing_and_typing_is(qtbot, form):
    with qtbot.assertNotEmitted(form.edited):
        form.load(FULL)
    with qtbot.waitSignal(form.edited):
        qtbot.keyClicks(form.editor("note").widget, "x")
    assert form.dirty
    form.mark_clean()
    assert not form.dirty


def test_unfinished_work_is_offered_for_keeping(qtbot, window):
    form = Form(FIELDS)
    form._autosave.setInterval(10)  # three seconds are a constant, not what is tested
    window.layout().addWidget(form)
    form.load(PersonDraft())
    with qtbot.waitSignal(form.draft_due, timeout=5000) as due:
        qtbot.keyClicks(form.editor("nick").widget, "7")
    assert due.args[0] == PersonDraft(nick="7")  # unchecked: required ones may be missing


def test_a_locked_form_can_be_read_but_not_changed(qtbot, form):
    form.load(FULL)
    form.set_read_only(True)
    qtbot.keyClicks(form.editor("name").widget, "x")
    assert not form.editor("grid").widget.isEnabled()
    assert form.draft() == FULL
    form.set_read_only(False)
    assert form.editor("grid").widget.isEnabled()


def test_help_gives_way_to_the_error_and_comes_back(form):
    assert label(form, "nick_note").text() == "街坊怎么叫"
    form.show_errors({"nick": "太长了，请删短。"})
    assert not label(form, "nick_note").isVisible()
    form.show_errors({})
    assert label(form, "nick_note").isVisible()


def test_labels_are_plain_text_and_name_their_fields(form):
    assert all(lab.textFormat() is Qt.TextFormat.PlainText for lab in form.findChildren(TextLabel))
    assert label(form, "name_label").buddy() is form.editor("name").widget
    assert form.editor("id_no").widget.accessibleName() == "身份证号"


# --- over a crash ---------------------------------------------------------------------------------------------

EDITED = DraftName("people.resident", UUID(int=7))


@pytest.fixture
def told():
    """What forms said to whoever keeps drafts."""
    heard: list[object] = []
    draft_hub().typed.connect(heard.append)
    draft_hub().settled.connect(heard.append)
    yield heard
    draft_hub().typed.disconnect(heard.append)
    draft_hub().settled.disconnect(heard.append)


@pytest.fixture
def kept_form(qtbot, window, monkeypatch, told):
    """A form on a page of a window, about a record, with one field changed by hand."""
    monkeypatch.setattr(Form, "AUTOSAVE_MS", 1)
    page = QWidget(window)
    page.setProperty(HOLDS_DRAFTS, True)
    QVBoxLayout(page)
    window.layout().addWidget(page)
    made = Form(FIELDS)
    made.keep_as(EDITED.kind, lambda: EDITED.record)
    page.layout().addWidget(made)
    page.show()
    made.load(FULL)
    type_text(made.editor("nick").widget, "儿")
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    return made


def test_only_the_changed_fields_are_kept(kept_form, told):
    assert told == [TypedDraft(EDITED, {"nick": kept_form.loose_draft().nick})]


def test_saving_settles_it(kept_form, told):
    kept_form.mark_clean()
    assert told[1:] == [EDITED]


def test_another_record_in_the_form_settles_it(kept_form, told):
    kept_form.load(PersonDraft())
    assert told[1:] == [EDITED]


def test_put_away_by_its_page_it_was_given_up(kept_form, told):
    kept_form.hide()
    assert told[1:] == [EDITED]


def test_hidden_with_its_page_it_is_kept_at_once(kept_form, told, qtbot):
    type_text(kept_form.editor("note").widget, "钥匙在对门")
    kept_form.parentWidget().hide()
    assert isinstance(told[-1], TypedDraft)
    assert set(told[-1].values) == {"nick", "note"}
    assert EDITED not in told


def test_what_was_kept_comes_back_over_what_is_loaded(kept_form, told):
    kept_form.mark_clean()
    kept_form.load(FULL)
    kept_form.restore({"note": "钥匙在对门", "gone": 1})
    assert kept_form.loose_draft() == replace(FULL, note="钥匙在对门")
    assert kept_form.dirty
    kept_form.mark_clean()
    assert told[-1] == EDITED


def test_a_form_without_a_kind_is_not_kept(qtbot, window, told, monkeypatch):
    monkeypatch.setattr(Form, "AUTOSAVE_MS", 1)
    form = Form(FIELDS)
    window.layout().addWidget(form)
    form.load(PersonDraft())
    with qtbot.waitSignal(form.draft_due, timeout=5000):
        type_text(form.editor("name").widget, "祁望春")
    assert told == []


@dataclass(frozen=True)
class LoginDraft:
    """A draft with a secret in it."""

    login: str = ""
    day: str = ""
    password: str = ""


@pytest.fixture
def login_form(qtbot, window, monkeypatch, told):
    """A form with a password, kept whole, about whoever `about` names."""
    monkeypatch.setattr(Form, "AUTOSAVE_MS", 1)
    made = Form(
        [Field(n, n, PasswordEditor if n == "password" else TextEditor) for n in ("login", "day", "password")]
    )
    made.about = EDITED.record
    made.keep_as(EDITED.kind, lambda: made.about, whole=True)
    window.layout().addWidget(made)
    made.load(LoginDraft(day="12-03"))
    return made


def test_a_password_is_never_kept(login_form, told, qtbot):
    with qtbot.waitSignal(login_form.draft_due, timeout=5000):
        type_text(login_form.editor("password").widget, "雪天-扫帚-七号")
    assert told == []
    type_text(login_form.editor("login").widget, "高翔")
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    assert told[-1] == TypedDraft(EDITED, {"login": "高翔", "day": "12-03"})  # and whole beside it


def test_a_form_that_turns_to_somebody_else_lets_the_first_go(login_form, told, qtbot):
    type_text(login_form.editor("login").widget, "高")
    qtbot.waitUntil(lambda: bool(told), timeout=5000)
    login_form.about = None
    type_text(login_form.editor("login").widget, "翔")
    qtbot.waitUntil(lambda: len(told) > 2, timeout=5000)
    assert told[1:] == [EDITED, TypedDraft(DraftName(EDITED.kind), {"login": "高翔", "day": "12-03"})]


def test_what_was_put_back_as_it_was_is_not_kept(kept_form, told, qtbot):
    kept_form.editor("nick").widget.clear()
    type_text(kept_form.editor("nick").widget, FULL.nick)
    qtbot.waitUntil(lambda: told[-1] == EDITED, timeout=5000)
