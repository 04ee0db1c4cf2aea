"""The hunt finds what it hunts: each kind of leftover is named, and a clean test is left alone."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QWidget

from centerdesk.qtkit.labels import plain_tip, text_label
from centerdesk.qtkit.theme import Theme
from tests.helpers import qt
from tests.helpers.qt import LeakHunt, flush_deletes

pytestmark = pytest.mark.gui


def test_a_clean_test_leaves_nothing(qtbot):
    assert LeakHunt(qt=True).left_behind() == []


def test_a_window_is_found(qtbot):
    hunt = LeakHunt(qt=True)
    leaked = QWidget(objectName="forgotten")
    assert hunt.left_behind() == ["window QWidget 'forgotten'"]
    leaked.deleteLater()
    flush_deletes()


def test_a_running_timer_is_found(qtbot):
    hunt = LeakHunt(qt=True)
    leaked = QTimer()
    leaked.start(60_000)
    assert hunt.left_behind() == ["running timer of nobody (60000 ms)"]
    leaked.stop()


def test_a_thread_is_found(monkeypatch):
    monkeypatch.setattr(qt, "PATIENCE_S", 0.01)
    hunt, go = LeakHunt(qt=False), threading.Event()
    leaked = threading.Thread(target=go.wait, name="forgotten")
    leaked.start()
    assert hunt.left_behind() == ["thread forgotten"]
    go.set()
    leaked.join()
    assert hunt.left_behind() == []


def test_there_is_no_display_and_the_face_is_the_bundled_one(qapp):
    assert QGuiApplication.platformName() == "offscreen"
    assert qapp.font().families()[0] == "Noto Sans SC"


def test_labels_are_plain_and_follow_the_look(qapp, qtbot):
    label = text_label("<b>王</b>", role="page-title")
    qtbot.addWidget(label)
    assert isinstance(label, QLabel)
    assert label.textFormat() is Qt.TextFormat.PlainText
    small = label.font().pointSizeF()
    try:
        Theme.load("dark", zoom=150, bundled_fonts=True).apply(qapp)
        assert label.font().pointSizeF() == pytest.approx(small * 1.5)
    finally:
        Theme.load("light", bundled_fonts=True).apply(qapp)
    label.set_role("error")
    assert label.property("ink") == "red"


@pytest.mark.parametrize(
    ("text", "tip"),
    [
        ("李**", "李**"),
        ("a<b & c", "<qt>a&lt;b &amp; c</qt>"),
        ("&lt;img&gt;", "<qt>&amp;lt;img&amp;gt;</qt>"),
        ("<i>\n二", "<qt>&lt;i&gt;<br>二</qt>"),
    ],
)
def test_a_tooltip_is_shown_as_written(text, tip):
    assert plain_tip(text) == tip
