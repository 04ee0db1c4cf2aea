"""Stock controls in our dress act by every key that people press."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from centerdesk.qtkit.controls import link

pytestmark = pytest.mark.gui


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_focused_button_or_link_acts_by_enter_as_by_space(qtbot, window, key) -> None:
    done: list[str] = []
    button = QPushButton("停下")
    button.clicked.connect(lambda: done.append("button"))
    for each in (button, link("写下来", "write", lambda: done.append("link"))):
        window.layout().addWidget(each)
        qtbot.waitUntil(each.isVisible)
        qtbot.keyClick(each, key)
    assert done == ["button", "link"]
