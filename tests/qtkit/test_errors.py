"""What a clerk sees of an exception, and what nobody may see."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QVBoxLayout, QWidget

from centerdesk.kernel.errors import (
    Cancelled,
    ConflictError,
    PermissionDenied,
    Unavailable,
    ValidationError,
)
from centerdesk.qtkit import notify
from centerdesk.qtkit.editors import TextEditor
from centerdesk.qtkit.errors import present_error, tell
from centerdesk.qtkit.forms import Field, Form
from centerdesk.qtkit.labels import TextLabel

pytestmark = pytest.mark.gui
SECRET = "230811194812061246"


@dataclass(frozen=True)
class NameDraft:
    name: str = ""


def broken():
    raise KeyError(SECRET)


def caught():
    try:
        broken()
    except KeyError as exc:
        return exc


def said(window):
    return window.findChild(TextLabel, "report_text").text()


@pytest.mark.parametrize(
    ("exc", "title", "words"),
    [
        (ConflictError("刚被别人改过，请刷新。"), "没办成", "刚被别人改过，请刷新。"),
        (PermissionDenied("people.write"), "没办成", "请找书记或管理员办理"),
        (Unavailable("磁盘满了，请腾出空间再试。"), "这会儿办不了", "腾出空间"),
    ],
)
def test_what_a_person_can_act_on_is_said_in_its_own_words(window, exc, title, words):
    present_error(window, exc)
    assert window.findChild(TextLabel, "report_title").text() == title
    assert words in said(window)


def test_a_bug_has_a_code_and_no_value_anywhere(window, caplog):
    with caplog.at_level(logging.ERROR):
        present_error(window, caught())
    told = tell(caught())
    assert told.code in said(window)
    assert told.code == tell(caught()).code
    assert "broken" in told.details
    everything = said(window) + told.title + told.text + told.details + caplog.text
    assert SECRET not in everything
    assert told.code in caplog.text


def test_a_bug_is_written_down_by_the_reporter_when_there_is_one(window):
    seen = []

    def report(exc):
        seen.append(exc)
        return "cafe0001"

    present_error(window, caught(), report)
    assert len(seen) == 1
    assert "cafe0001" in said(window)


def test_field_errors_go_to_the_open_form_and_nowhere_else(window):
    page = QWidget()
    box = QVBoxLayout(page)
    form, hidden = Form((Field("name", "姓名", TextEditor),)), Form((Field("name", "姓名", TextEditor),))
    for each in (form, hidden):
        each.load(NameDraft())
        box.addWidget(each)
    hidden.hide()
    window.layout().addWidget(page)
    present_error(page, ValidationError({"name": "这里要填。"}))
    assert form.problems == 1
    assert hidden.problems == 0
    assert window.findChild(notify.Sheet) is None


def test_field_errors_without_a_form_are_still_told(window):
    present_error(window, ValidationError({"name": "这里要填。"}))
    assert said(window) == "这里要填。"


def test_what_the_person_stopped_is_a_toast(window):
    present_error(window, Cancelled("已停下，一条也没有写进去。"))
    assert [t.text for t in notify.toasts(window)] == ["已停下，一条也没有写进去。"]
    assert window.findChild(notify.Sheet) is None


def test_an_owner_without_a_window_speaks_in_the_active_one(window):
    owner = QObject()
    present_error(owner, ConflictError("请刷新。"))
    assert said(window) == "请刷新。"
