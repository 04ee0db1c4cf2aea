"""Two persons at one desk: another account, with the right, with its own password; nothing otherwise."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from centerdesk.app.desk.second_person import SecondPerson
from tests.app.conftest import PASSWORD
from tests.helpers.desk import type_text


@pytest.fixture
def asked(founded_desk):
    """高翔 is at the desk and asks for somebody who may approve."""
    window = founded_desk.open()
    came = []
    window.host.second_person(window.frame.page, "staff.approve", "改身份要两个人。", came.append)
    founded_desk.came = came
    return founded_desk


def answer(desk, login: str, password: str) -> None:
    for name, text in (("second_login", login), ("second_password", password)):
        field = desk.find(QLineEdit, name)
        field.clear()
        type_text(field, text)
    desk.qtbot.keyClick(desk.find(QLineEdit, "second_password"), Qt.Key.Key_Return)
    desk.settle()


def test_another_account_with_the_right(asked):
    answer(asked, "许文静", PASSWORD)
    assert [actor.name for actor in asked.came] == ["许文静"]
    assert asked.window.actor().name == "高翔"
    assert asked.window.findChild(SecondPerson) is None


@pytest.mark.parametrize(
    ("login", "password", "said"),
    [
        ("许文静", "不对的密码", "账号或密码不对"),
        ("没有这人", PASSWORD, "账号或密码不对"),
        ("高翔", PASSWORD, "这是您自己"),
        ("周敏", PASSWORD, "周敏的身份办不了"),
        ("许文静", "", "都要输"),
    ],
)
def test_nobody_else_will_do(asked, login, password, said):
    answer(asked, login, password)
    assert asked.came == []
    assert said in asked.find(QLabel, "second_problem").text()
    assert asked.find(QLineEdit, "second_password").text() == ""


def test_giving_up_calls_nothing(asked):
    asked.qtbot.keyClick(asked.find(QLineEdit, "second_login"), Qt.Key.Key_Escape)
    assert asked.window.findChild(SecondPerson) is None
    assert asked.came == []


def test_the_button_gives_up_too_and_tab_goes_round(asked):
    sheet = asked.window.findChild(SecondPerson)
    for _ in range(5):
        asked.qtbot.keyClick(sheet, Qt.Key.Key_Tab)
        assert sheet.isAncestorOf(asked.window.focusWidget())
    asked.qtbot.mouseClick(asked.find(QPushButton, "second_stop"), Qt.MouseButton.LeftButton)
    assert asked.window.findChild(SecondPerson) is None


def test_the_lock_covers_it_and_takes_the_password_away(asked):
    """Typed and not yet given: whoever unlocks the desk must not act with it."""
    for name, text in (("second_login", "许文静"), ("second_password", PASSWORD)):
        type_text(asked.find(QLineEdit, name), text)
    asked.window.lock()
    assert not asked.window.findChild(SecondPerson).isVisible()
    asked.window.guard._unlocked(asked.window.actor())
    assert asked.window.findChild(SecondPerson).isVisible()
    assert asked.find(QLineEdit, "second_login").text() == "许文静"
    assert asked.find(QLineEdit, "second_password").text() == ""
