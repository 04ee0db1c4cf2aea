"""提议 at the right of the ledger: what waits for an answer, and what became of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QScrollArea, QVBoxLayout, QWidget

from centerdesk.features.people.queries_proposals import ProposalRow
from centerdesk.features.people.rules_proposals import ACCEPTED, NO, OPEN, YES
from centerdesk.kernel.clock import local
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card, Rule


class ProposalsPane(Card):
    """提议栏. `answered(row, accept, word)` when one is decided; nothing is written here."""

    answered = Signal(object, bool, str)
    person_asked = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__(tr("提议"), padded=False)
        self.setObjectName("proposals_pane")
        self.setAccessibleName(tr("提议"))
        self._rows: tuple[ProposalRow, ...] = ()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.close_button = KeyButton(tr("关上"), "Esc")
        self.close_button.setObjectName("proposals_close")
        self.close_button.clicked.connect(self.left)
        self._foot = QHBoxLayout()
        self._foot.addStretch(1)
        self._foot.addWidget(self.close_button)
        self.body.addWidget(self._scroll, 1)
        self.body.addWidget(Rule())
        self.body.addLayout(self._foot)
        self._fill()
        theme_hub().changed.connect(self._fill)

    def show_rows(self, rows: Sequence[ProposalRow]) -> None:
        """Another reading."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self._fill()

    def focus_first(self) -> None:
        """Into the first answer, else the way out."""
        first = self._scroll.findChild(QPushButton, "proposal_yes_0")
        (first or self.close_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def _fill(self) -> None:
        look = theme()
        pad = look.px(15)
        self._foot.setContentsMargins(pad, look.px(10), pad, look.px(12))
        inside = QWidget()
        inside.setProperty("ground", "")
        column = QVBoxLayout(inside)
        column.setContentsMargins(pad, look.px(12), pad, look.px(12))
        column.setSpacing(look.px(10))
        if not self._rows:
            words = tr("没有提议。前台和网格员不能自己办的事，会提到这里来定。")
            column.addWidget(text_label(words, role="secondary", name="proposals_none", wrap=True))
        for number, row in enumerate(self._rows):
            if number:
                column.addWidget(Rule())
            column.addLayout(self._entry(number, row))
        column.addStretch(1)
        self._scroll.setWidget(inside)

    def _entry(self, number: int, row: ProposalRow) -> QVBoxLayout:
        box = QVBoxLayout()
        box.setSpacing(theme().px(4))
        box.addWidget(text_label(row.title, role="strong", name=f"proposal_title_{number}"))
        person = QPushButton(f"{row.name} {row.door}".strip())
        person.setObjectName(f"proposal_person_{number}")
        person.setProperty("kind", "link")
        person.setAccessibleName(tr("看 {}").format(person.text()))
        person.clicked.connect(self._looking(row))
        line = QHBoxLayout()
        line.addWidget(person)
        line.addStretch(1)
        box.addLayout(line)
        if row.facts:
            box.addWidget(text_label(row.facts, role="table", name=f"proposal_facts_{number}", wrap=True))
        said = f"{row.word} · {row.by} {local(row.at):%m-%d %H:%M} 提"
        box.addWidget(text_label(said, role="hint", wrap=True))
        if row.state == OPEN and row.decides:
            box.addLayout(self._answers(number, row))
        else:
            box.addWidget(
                text_label(_became(row), role="secondary", name=f"proposal_state_{number}", wrap=True)
            )
        return box

    def _answers(self, number: int, row: ProposalRow) -> QHBoxLayout:
        """Two buttons; each asks for the word with it."""
        line = QHBoxLayout()
        line.setSpacing(theme().px(8))
        for accept, words, name in ((True, tr("同意…"), "yes"), (False, tr("不同意…"), "no")):
            button = QPushButton(words)
            button.setObjectName(f"proposal_{name}_{number}")
            button.setAccessibleName(f"{words.rstrip('…')}：{row.title}，{row.name}")
            menu = QMenu(button)
            menu.setObjectName(f"proposal_{name}_menu_{number}")
            for word in YES if accept else NO:
                menu.addAction(word).triggered.connect(self._answering(row, accept, word))
            button.setMenu(menu)
            line.addWidget(button)
        line.addStretch(1)
        return line

    def _answering(self, row: ProposalRow, accept: bool, word: str) -> Callable[[], None]:
        return lambda: self.answered.emit(row, accept, word)

    def _looking(self, row: ProposalRow) -> Callable[[], None]:
        return lambda: self.person_asked.emit(row.resident_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            event.accept()
        else:
            super().keyPressEvent(event)


def _became(row: ProposalRow) -> str:
    if row.state == OPEN:
        return tr("等书记或前台来定。") if row.kind in ("enrol", "pause") else tr("等书记来定。")
    said = tr("同意了") if row.state == ACCEPTED else tr("没同意")
    return f"{said}：{row.answer} · {row.decided}".rstrip(" ·")
