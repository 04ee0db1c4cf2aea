"""纸: a drawing of page 1, and the three papers of an edition with the way to the file that was written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from centerdesk.features.returns.commands import FORM_PDF, FORM_XLSX, LETTER
from centerdesk.features.returns.ui.miniature import Miniature
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card

BUTTONS = (
    (FORM_XLSX, "表格（Excel）", "Ctrl+E", "download"),
    (FORM_PDF, "打印（PDF）", "Ctrl+P", "print"),
    (LETTER, "公文报告", "", "document_text"),
)


class PaperCard(Card):
    """纸面. `wanted` carries the name of a paper, `stop_asked` ends the writing."""

    wanted = Signal(str)
    open_asked = Signal(object)
    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setObjectName("paper_card")
        self.setAccessibleName(self.tr("纸面"))
        self.preview = Miniature()
        self._heading = text_label(role="table-strong", name="paper_title", wrap=True)
        self._words = text_label(role="hint", name="paper_words", wrap=True)
        self._buttons: dict[str, KeyButton] = {}
        right = self._right = QVBoxLayout()
        right.addWidget(self._heading, 1)
        right.addWidget(self._words)
        papers = self._papers = QVBoxLayout()
        for paper, text, key, icon in BUTTONS:
            button = KeyButton(text, key, icon_name=icon, small=True)
            button.setObjectName(f"paper_{paper}")
            button.clicked.connect(self._asking(paper))
            self._buttons[paper] = button
            papers.addWidget(button)
        right.addLayout(papers)
        self._row = QHBoxLayout()
        self._row.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addLayout(right, 1)
        self.body.addLayout(self._row)
        self._said = text_label(role="hint", name="paper_said", wrap=True)
        self._way = QPushButton()
        self._way.setProperty("kind", "link")
        self._way.clicked.connect(self._on_way)
        self._file: Path | None = None
        self._busy = False
        foot = QHBoxLayout()
        foot.addWidget(self._said, 1)
        foot.addWidget(self._way, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(foot)
        theme_hub().changed.connect(self._fit)
        self._fit()
        self.show_nothing()

    def _fit(self) -> None:
        look = theme()
        self._row.setSpacing(look.px(14))
        self._right.setSpacing(look.px(6))
        self._papers.setSpacing(look.px(6))

    def set_low(self, low: bool) -> None:
        """Little height: one line, the papers as icons; their words are in the tooltips."""
        self.preview.setVisible(not low)
        self._words.setVisible(not low)
        flow = QBoxLayout.Direction.LeftToRight if low else QBoxLayout.Direction.TopToBottom
        self._right.setDirection(flow)
        self._papers.setDirection(flow)
        for button in self._buttons.values():
            button.set_only_icon(low)

    def _asking(self, paper: str) -> object:
        def ask() -> None:
            self.wanted.emit(paper)

        return ask

    def show_nothing(self) -> None:
        """There is no edition to print."""
        self.preview.show_drawing(empty=True)
        self._heading.setText(self.tr("月报表"))
        self._words.setText(self.tr("编好以后再打印。"))
        self.show_written(None, "")
        self._allow(False)

    def show_edition(self, title: str, words: str) -> None:
        """What would be printed."""
        self.preview.show_drawing(empty=False)
        self._heading.setText(title)
        self._words.setText(words)
        self._allow(True)

    def _allow(self, on: bool) -> None:
        for button in self._buttons.values():
            button.setEnabled(on)

    def show_busy(self, words: str) -> None:
        """A paper is being written."""
        self._busy = True
        self._allow(False)
        self._say(words, self.tr("停下"), "paper_stop")

    def show_written(self, file: Path | None, words: str) -> None:
        """What became of it; with a file there is a way to open it."""
        self._busy, self._file = False, file
        self._allow(True)
        self._say(words, self.tr("打开") if file is not None else "", "paper_open")

    def _say(self, words: str, way: str, name: str) -> None:
        self._said.setText(words)
        self._said.setVisible(bool(words))
        self._way.setText(way)
        self._way.setObjectName(name)
        self._way.setVisible(bool(way))

    def _on_way(self) -> None:
        if self._busy:
            self.stop_asked.emit()
        elif self._file is not None:
            self.open_asked.emit(self._file)
