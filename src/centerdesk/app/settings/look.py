"""外观与大字: theme, zoom, 长者, less motion; put on at once and kept for this person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout

from centerdesk.app.desk.memory import SUN, LookChoice
from centerdesk.app.settings.parts import Section, SectionEntry
from centerdesk.qtkit.beside import Beside
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import ZOOM_STEPS, theme
from centerdesk.qtkit.painted.badge import Badge, Tone
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.segments import Segments

if TYPE_CHECKING:
    from centerdesk.app.settings.pages import SettingsPage

_THEMES = (("light", "浅色"), ("dark", "深色"), ("contrast", "高对比"), (SUN, "跟着天色"))
_SIZES = (100, 120, 150, 200)
"""Percent that are one press away; the buttons beside go in steps."""


class LookSection(Section):
    """外观与大字. What is chosen here is the person's own, on this machine."""

    entry = SectionEntry("look", "外观与大字", "accessibility")

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self.shade = Segments("theme", self.tr("深浅"), _THEMES, wide=True)
        self.shade.picked.connect(self._pick_theme)
        self.letters = Segments(
            "large", self.tr("字的大小"), [(False, self.tr("平常")), (True, self.tr("长者"))], wide=True
        )
        self.letters.picked.connect(self._pick_large)
        self.less = KeyButton(self.tr("小一点"), small=True)
        self.less.setObjectName("zoom_less")
        self.less.clicked.connect(self._zoom_out)
        self.more = KeyButton(self.tr("大一点"), small=True)
        self.more.setObjectName("zoom_more")
        self.more.clicked.connect(self._zoom_in)
        self._zoom = text_label(role="card-title", name="zoom_value")
        self.sizes = Segments("zoom", self.tr("整个放大"), [(size, f"{size}%") for size in _SIZES], wide=True)
        self.sizes.picked.connect(self._pick_zoom)
        self.still = QCheckBox(self.tr("减少动画：勾、提示都立刻到位，不滑不闪"))
        self.still.setObjectName("less_motion")
        self.still.clicked.connect(self._pick_motion)
        choices = Card(self.tr("看着舒服就好"))
        box = choices.body
        for title, words, widget in (
            (self.tr("深浅"), self.tr("跟着天色：天黑了自己变深"), self.shade),
            (self.tr("字的大小"), self.tr("长者：字、按钮、行距都大一号"), self.letters),
        ):
            box.addWidget(text_label(title, role="table-strong"))
            box.addWidget(widget)
            box.addWidget(text_label(words, role="caption", wrap=True))
            box.addSpacing(theme().px(6))
        box.addWidget(Rule())
        box.addWidget(text_label(self.tr("整个放大"), role="table-strong"))
        box.addWidget(self.sizes)
        row = QHBoxLayout()
        row.setContentsMargins(0, theme().px(4), 0, theme().px(4))
        row.addWidget(self.less)
        row.addWidget(self._zoom)
        row.addWidget(self.more)
        row.addStretch(1)
        box.addLayout(row)
        box.addWidget(
            text_label(self.tr("也可以按 Ctrl + 和 Ctrl −，100% 到 200%"), role="caption", wrap=True)
        )
        box.addWidget(Rule())
        box.addWidget(self.still)
        box.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Beside(choices, self._sample(), (3, 2)))

    def _sample(self) -> Card:
        card = Card(self.tr("就像这样"))
        card.body.addWidget(text_label(self.tr("早间 40 扇都看到了"), role="headline", wrap=True))
        card.body.addWidget(text_label(self.tr("签收于 08:56，没有待处置。"), role="secondary", wrap=True))
        row = QHBoxLayout()
        for words, tone in (
            (self.tr("已开"), Tone.DONE),
            (self.tr("快到期"), Tone.SOON),
            (self.tr("未开"), Tone.LATE),
            (self.tr("独居"), Tone.BLUE),
        ):
            row.addWidget(Badge(words, tone))
        row.addStretch(1)
        card.body.addLayout(row)
        note = self.tr("选了马上变，记在您名下；别人登录是别人的样子。")
        card.body.addWidget(text_label(note, role="caption", wrap=True))
        card.body.addStretch(1)
        return card

    @property
    def choice(self) -> LookChoice:
        """What this person has chosen."""
        return self.page.desk_host.desk.person().look

    def refresh(self) -> None:
        look = self.choice
        self.shade.show_value(look.theme)
        self.letters.show_value(look.large)
        self._zoom.setText(f"{look.zoom}%")
        self.sizes.show_value(look.zoom)
        self.less.set_missing("" if look.zoom > ZOOM_STEPS[0] else self.tr("最小"))
        self.more.set_missing("" if look.zoom < ZOOM_STEPS[-1] else self.tr("最大"))
        self.still.setChecked(not look.motion)

    def _put_on(self, look: LookChoice) -> None:
        self.page.desk_host.desk.change_look(look)
        self.refresh()

    def _pick_theme(self, value: object) -> None:
        self._put_on(replace(self.choice, theme=str(value)))

    def _pick_large(self, value: object) -> None:
        self._put_on(replace(self.choice, large=value is True))

    def _pick_motion(self, still: bool) -> None:
        self._put_on(replace(self.choice, motion=not still))

    def _pick_zoom(self, value: object) -> None:
        if isinstance(value, int):
            self._put_on(replace(self.choice, zoom=value))

    def _zoom_in(self) -> None:
        if not self.more.missing:
            self._put_on(self.choice.zoomed(ZOOM_STEPS.step))

    def _zoom_out(self) -> None:
        if not self.less.missing:
            self._put_on(self.choice.zoomed(-ZOOM_STEPS.step))
