"""退回: what going back to a backup would undo, looking at it beside, and the order of two people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QWidget

from centerdesk.app.restoring import Loss
from centerdesk.app.settings.safety_data import BackupLine, when_words
from centerdesk.kernel.soundness import CheckResult
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.one_line import OneLine
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Card, Rule

NAMED = 5
"""Kinds of acts that are named; the others are one number."""


class RestoreCard(Card):
    """退回某一份会怎样. `look_wanted` opens it beside, `back_wanted` wants two people. Never the primary act."""

    look_wanted = Signal()
    back_wanted = Signal()

    def __init__(self, *, may: bool) -> None:
        super().__init__(self.tr("退回会怎样"))
        self.setObjectName("restore_card")
        self.header.addWidget(text_label(self.tr("先看，不动数据"), role="facts"))
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(0)
        self._grid.setHorizontalSpacing(theme().px(8))
        self._grid.setColumnStretch(0, 1)
        for column, width in ((1, 62), (2, 62), (3, 66)):
            self._grid.setColumnMinimumWidth(column, theme().px(width))
        self.body.addLayout(self._grid)
        self._said = text_label(role="secondary", name="restore_said", wrap=True)
        self._since = OneLine(role="facts", name="restore_since")
        self.body.addWidget(self._since)
        self.body.addWidget(self._said)
        self.body.addStretch(1)
        note = self.tr("现在这份会另存着，退错了还能退回来。退回后先重算今天该看的窗，再开门。")
        self.body.addWidget(text_label(note, role="caption", wrap=True))
        self.look = KeyButton(self.tr("只在旁边打开看看"))
        self.look.setObjectName("restore_look")
        self.back = KeyButton(self.tr("退回（要两人同按）"), kind=Kind.DANGER)
        self.back.setObjectName("restore_back")
        if not may:
            self.back.hide()
        self.look.clicked.connect(self.look_wanted)
        self.back.clicked.connect(self.back_wanted)
        self._acts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._acts.setContentsMargins(0, theme().px(4), 0, 0)
        self._acts.setSpacing(theme().px(10))
        self._acts.addWidget(self.look, 1)
        self._acts.addWidget(self.back, 1)
        self.body.addLayout(self._acts)
        self._widgets: list[QWidget] = []
        self.losses: tuple[Loss, ...] = ()
        self.acts: tuple[tuple[str, int], ...] = ()

    def set_narrow(self, narrow: bool) -> None:
        """Both buttons below each other where they do not fit side by side."""
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._acts.setDirection(way)

    def show_losses(
        self,
        line: BackupLine | None,
        losses: Sequence[Loss],
        now: datetime,
        acts: Sequence[tuple[str, int]] = (),
    ) -> None:
        """Counts now, then, how many fewer, and what was done since; None: nothing to go back to."""
        for widget in self._widgets:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._widgets, self.losses = [], tuple(losses)
        self.acts = tuple(acts)
        self._since.setText(acts_words(self.acts))
        self._since.setVisible(bool(acts))
        self._tell("", "secondary")
        if line is None:
            self.set_title(self.tr("退回会怎样"))
            self._tell(self.tr("还没有备份，没有可退回的。"), "secondary")
            self.look.set_missing(self.tr("没有备份"))
            return
        self.look.set_missing("")
        when, day = when_words(line.made_at, now)
        name = (
            when if day == self.tr("今天") else f"{day} {when}" if day == self.tr("昨天") else f"{when} {day}"
        )
        self.set_title(self.tr("退回 {} 会怎样").format(name))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for column, words in enumerate(("", self.tr("现在"), when, self.tr("会少"))):
            self._put(text_label(words, role="faint"), 0, column, right)
        for number, loss in enumerate(losses):
            row = 1 + 2 * number
            rule = Rule()
            self._grid.addWidget(rule, row, 0, 1, 4)
            self._widgets.append(rule)
            self._put(text_label(loss.what, role="table"), row + 1, 0, Qt.AlignmentFlag.AlignVCenter)
            self._put(text_label(f"{loss.now:,}", role="faint"), row + 1, 1, right)
            self._put(text_label(f"{loss.then:,}", role="table-strong"), row + 1, 2, right)
            less = self.tr("{:,} {}").format(loss.less, loss.unit) if loss.less > 0 else self.tr("不少")
            label = text_label(
                less, role="card-title-dawn-ink" if loss.less > 0 else "faint", name=f"less_{number}"
            )
            self._put(label, row + 1, 3, right)

    def _put(self, label: QWidget, row: int, column: int, align: Qt.AlignmentFlag) -> None:
        label.setMinimumHeight(theme().px(26))
        self._grid.addWidget(label, row, column, align)
        self._widgets.append(label)

    def show_looked(self, checks: Sequence[CheckResult], seconds: float) -> None:
        """It was opened where it lies."""
        self.look.set_missing("")
        wrong = [check for check in checks if not check.ok]
        if wrong:
            notes = self.tr("；").join(check.note for check in wrong if check.note)
            self._tell(self.tr("能打开，但有 {} 项不对：{}").format(len(wrong), notes), "warning")
            return
        words = self.tr("打开看过了，{} 项都对，用了 {:.0f} 秒。库没有动过。")
        self._tell(words.format(len(checks), max(1.0, seconds)), "done")

    def show_trouble(self, sentence: str) -> None:
        """It cannot be used."""
        self.look.set_missing("")
        self._tell(sentence, "warning")

    def _tell(self, sentence: str, role: str) -> None:
        """Nothing to say takes no room."""
        self._said.set_role(role)
        self._said.setText(sentence)
        self._said.setVisible(bool(sentence))


def acts_words(acts: Sequence[tuple[str, int]]) -> str:
    """`这之后办过 17 件：看窗 12、登录 4、登记请假 1`, "" for none; the rare ones are summed up."""
    if not acts:
        return ""
    named = [tr("{} {:,}").format(label, times) for label, times in acts[:NAMED]]
    if rest := sum(times for _label, times in acts[NAMED:]):
        named.append(tr("别的 {:,}").format(rest))
    total = sum(times for _label, times in acts)
    return tr("这之后办过 {:,} 件：{}").format(total, tr("、").join(named))
