"""The card at the left of the set-up: the six steps, how many are done, and that one may stop at any time."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from centerdesk.app.first_run.parts import StepList
from centerdesk.app.first_run.state import Step
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.room import scrolled


class StepCard(Card):
    """步骤卡. `steps` is the list itself."""

    def __init__(self) -> None:
        super().__init__(padded=False, title="第一次设置")
        self.steps = StepList()
        self._count = text_label(role="facts", name="first_run_count")
        self.header.addWidget(self._count)
        holder = self._holder = QVBoxLayout()
        self._area = scrolled(self.steps)
        holder.addWidget(self._area)
        inside = QVBoxLayout()
        inside.setSpacing(0)
        inside.addLayout(holder, 1)
        inside.addWidget(Rule())
        inside.addWidget(self._make_foot())
        self.body.addLayout(inside)
        theme_hub().changed.connect(self._scale)
        self._scale()

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        foot.setObjectName("first_run_foot")
        foot.setProperty("ground", "surface2")
        box = self._foot = QVBoxLayout(foot)
        box.addWidget(text_label(self.tr("随时可以停"), role="table-strong"))
        self._resume = text_label(role="caption", name="first_run_resume", wrap=True)
        box.addWidget(self._resume)
        return foot

    def _scale(self) -> None:
        look = theme()
        self._holder.setContentsMargins(look.px(9), look.px(9), look.px(9), 0)
        self._foot.setContentsMargins(look.px(14), look.px(10), look.px(14), look.px(12))
        self._foot.setSpacing(look.px(3))

    def say_done(self, done: int) -> None:
        """How many of the six are done."""
        self._count.setText(f"{done} / {len(Step)}")

    def say_resume(self, words: str) -> None:
        """Where somebody stopped, or that one may."""
        self._resume.setText(words)

    def bring(self, step: Step) -> None:
        """A step into sight, where the list scrolls."""
        top, high = self.steps.place(step)
        self._area.ensureVisible(0, top + high // 2, 0, high)
