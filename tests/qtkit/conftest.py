"""A runner over plain functions and a window to put widgets in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from centerdesk.qtkit import notify
from centerdesk.qtkit.runner import Runner
from tests.helpers.qt import CountingReader, FunctionBus


@pytest.fixture
def errors():
    """(owner, exception) of everything the runner had nobody else to tell."""
    return []


@pytest.fixture
def reader():
    return CountingReader()


@pytest.fixture
def runner(qtbot, reader, errors) -> Iterator[Runner]:
    made = Runner(FunctionBus(), reader, lambda owner, exc: errors.append((owner, exc)))
    yield made
    made.shutdown()
    made.deleteLater()


@pytest.fixture
def window(qtbot):
    """A shown, active window of 900 × 640 with a box layout."""
    made = QWidget()
    made.resize(900, 640)
    QVBoxLayout(made)
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


@pytest.fixture
def answers(monkeypatch):
    """Put keys in; each question takes the next one. The questions asked are in `.asked`."""

    class Answers(list):
        asked: list[notify.Question]

    waiting = Answers()
    waiting.asked = []

    def answer(question: notify.Question) -> str:
        waiting.asked.append(question)
        return waiting.pop(0)

    monkeypatch.setattr(notify, "answer_with", answer)
    return waiting
