"""What stands in the place of data."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from centerdesk.qtkit.labels import TextLabel
from centerdesk.qtkit.states import State, StateCard
from centerdesk.qtkit.theme import Theme

pytestmark = pytest.mark.gui


@pytest.fixture
def plain(qapp):
    yield
    Theme.load("light", bundled_fonts=True).apply(qapp)


def lines(card: StateCard) -> int:
    label = card.findChild(TextLabel, "state_text")
    return round(label.height() / label.fontMetrics().lineSpacing())


def test_twice_the_letters_get_twice_the_room(qtbot, window, plain):
    """At 200 % a sentence breaks where it breaks at 100 %."""
    window.resize(1600, 900)
    card = StateCard()
    window.layout().addWidget(card)
    card.show_state(
        State(
            "error",
            "这会儿办不了",
            "共享文件夹连不上。请看看网线和那台电脑是不是开着，再试一次；还不行请叫管理员来看。" * 2,
        )
    )
    counted = []
    for zoom in (100, 200):
        Theme.load("light", zoom=zoom, bundled_fonts=True).apply(QApplication.instance())
        qtbot.wait(1)
        counted.append(lines(card))
    assert abs(counted[0] - counted[1]) <= 1
