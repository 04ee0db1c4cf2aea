"""The pane at the right: identity, tags, facts, household, what happened (UI 4.2). One scroll."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from centerdesk.features.people.queries_detail import HomeStory, ResidentDetail
from centerdesk.features.people.rules import PRESENT, REVEAL_REASONS
from centerdesk.features.people.ui.columns import short_day
from centerdesk.features.people.ui.detail_parts import Avatar, HouseholdView, TagLine, home_title
from centerdesk.features.people.ui.story import StoryList
from centerdesk.kernel.clock import Clock, today
from centerdesk.qtkit.icons import icon
from centerdesk.qtkit.labels import TextLabel, text_label, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.more_editors import FlowLayout
from centerdesk.qtkit.painted.card import Card, EmptyDrawing, Rule
from centerdesk.qtkit.reveal import RevealField


class DetailPane(Card):
    """一位居民. Shows what it is given; every act is a signal for the page."""

    edit_asked = Signal()
    verify_asked = Signal()
    reveal_asked = Signal(str)
    member_asked = Signal(object)
    more_asked = Signal()
    restore_asked = Signal()

    def __init__(self, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, padded=False)
        self.setObjectName("detail")
        self._clock = clock
        self._detail: ResidentDetail | None = None
        self._may_write = self._may_reveal = False
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._inside = QWidget()
        self._inside.setProperty("ground", "")
        self._box = QVBoxLayout(self._inside)
        self._nobody = self._make_nobody()
        self._scroll.setWidget(self._inside)
        self._make_head()
        self._make_facts()
        self._box.addWidget(Rule())
        self._make_home()
        self._box.addWidget(Rule())
        self._make_story()
        self._box.addStretch(1)
        self.body.addWidget(self._scroll, 1)
        self.body.addWidget(self._nobody, 1)
        self._fit()
        theme_hub().changed.connect(self._fit)
        self.show_nobody()

    # --- building -------------------------------------------------------------------------------------------

    def _make_nobody(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.addStretch(2)
        column.addWidget(EmptyDrawing(), 0, Qt.AlignmentFlag.AlignHCenter)
        words = text_label(
            "在左边选一位，这里看门牌、标签、同户的人和这一户的事。", role="secondary", wrap=True
        )
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(words)
        column.addStretch(3)
        return box

    def _make_head(self) -> None:
        self._avatar = Avatar()
        self._name = text_label(role="record-name", name="detail_name", selectable=True)
        self._who = text_label(role="secondary", name="detail_who")
        self._where = text_label(role="secondary", name="detail_where", wrap=True)
        self.edit_button = QToolButton()
        self.edit_button.setObjectName("detail_edit")
        self.edit_button.setAccessibleName(tr("修改"))
        self.edit_button.setToolTip(tr("修改  F2"))
        self.edit_button.clicked.connect(self.edit_asked)
        first = QWidget()
        flow = FlowLayout(first, gap=6)  # a long name sends sex and age to the next line
        flow.addWidget(self._name)
        flow.addWidget(self._who)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(first)
        words.addWidget(self._where)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        head.addWidget(self.edit_button, 0, Qt.AlignmentFlag.AlignTop)
        self._box.addLayout(head)
        self.tags = TagLine()
        self._box.addWidget(self.tags)

    def _make_facts(self) -> None:
        self._facts = QGridLayout()
        self._facts.setVerticalSpacing(2)
        self._facts.setHorizontalSpacing(12)
        self._facts.setColumnStretch(1, 1)
        self.reveal = RevealField("", self._needs_reason, REVEAL_REASONS)
        self.reveal.setObjectName("reveal_id")
        hold = self.reveal.findChild(QPushButton, "reveal_button")
        assert hold is not None, "the field makes its button itself"
        self._hold_button = hold
        self.reveal.wanted.connect(self.reveal_asked)
        self.reveal.masked_again.connect(self._mask_phones)
        self._phones = text_label(role="table", name="detail_phones", wrap=True)
        self._verified = text_label(role="table", name="detail_verified")
        self.verify_button = QPushButton(tr("核实无变化 V"))
        self.verify_button.setObjectName("verify")
        self.verify_button.setProperty("kind", "link")
        self.verify_button.clicked.connect(self.verify_asked)
        checked = QHBoxLayout()
        checked.addWidget(self._verified, 1)
        checked.addWidget(self.verify_button)
        self._facts.addWidget(text_label("身份证", role="secondary"), 0, 0)
        self._facts.addWidget(self.reveal, 0, 1)
        self._facts.addWidget(text_label("电话", role="secondary"), 1, 0, Qt.AlignmentFlag.AlignTop)
        self._facts.addWidget(self._phones, 1, 1)
        self._facts.addWidget(text_label("核实", role="secondary"), 2, 0)
        self._facts.addLayout(checked, 2, 1)
        self._other = text_label(role="hint", name="detail_other", wrap=True)
        self._facts.addWidget(self._other, 3, 0, 1, 2)
        self._remark = text_label(role="secondary", name="detail_remark", wrap=True, selectable=True)
        self._facts.addWidget(self._remark, 4, 0, 1, 2)
        self.restore_button = QPushButton(tr("从回收站找回"))
        self.restore_button.setObjectName("restore")
        self.restore_button.clicked.connect(self.restore_asked)
        self._facts.addWidget(self.restore_button, 5, 0, 1, 2)
        self._box.addLayout(self._facts)

    def _make_home(self) -> None:
        self._home_title = text_label(role="strong", name="home_title")
        self.household = HouseholdView()
        self.household.opened.connect(self.member_asked)
        self._alone = text_label("这一户只登记了这一位。", role="hint", name="home_alone")
        for widget in (self._home_title, self.household, self._alone):
            self._box.addWidget(widget)

    def _make_story(self) -> None:
        head = QHBoxLayout()
        head.addWidget(text_label("这一户的事", role="strong"), 1)
        self.more_button = QPushButton(tr("看更早的"))
        self.more_button.setObjectName("story_more")
        self.more_button.setProperty("kind", "link")
        self.more_button.clicked.connect(self.more_asked)
        head.addWidget(self.more_button)
        self.story = StoryList()
        self._quiet = text_label("还没有记下的事。", role="hint", name="story_empty")
        self._box.addLayout(head)
        self._box.addWidget(self._quiet)
        self._box.addWidget(self.story)

    def _fit(self) -> None:
        look = theme()
        pad = look.px(15)
        self._box.setContentsMargins(pad, look.px(12), pad, look.px(10))
        self._box.setSpacing(look.px(9))
        nobody = self._nobody.layout()
        if nobody is not None:
            nobody.setContentsMargins(look.px(32), 0, look.px(32), 0)
        self.edit_button.setIcon(icon("edit"))
        self.edit_button.setIconSize(QSize(look.size("icon-button"), look.size("icon-button")))
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    # --- showing --------------------------------------------------------------------------------------------

    @property
    def resident_id(self) -> UUID | None:
        """Whom it shows."""
        return None if self._detail is None else self._detail.row.id

    @property
    def detail(self) -> ResidentDetail | None:
        return self._detail

    def allow(self, *, write: bool, reveal: bool) -> None:
        """What the person at the desk may do; shapes the pane, the bus decides."""
        self._may_write, self._may_reveal = write, reveal

    def show_nobody(self) -> None:
        """Nobody is chosen."""
        self._detail = None
        self.reveal.hide_value()
        self._scroll.hide()
        self._nobody.show()

    def show_resident(self, detail: ResidentDetail) -> None:
        """Show one person; what was revealed of another one is gone."""
        other = self.resident_id != detail.row.id
        same_reveal = not other and self.reveal.shown
        self._detail = detail
        row, year = detail.row, today(self._clock).year
        self._nobody.hide()
        self._scroll.show()
        self._avatar.show_name(row.name)
        self._name.setText(row.name)
        self._who.setText(" · ".join(p for p in (row.sex, "" if row.age is None else f"{row.age} 岁") if p))
        place = f"{row.compound} {row.door}".strip() or "没有门牌"
        whose = f"{row.grid} {detail.worker}".strip()
        apart = "\n" if detail.worker else " · "  # a name is never broken over two lines
        self._where.setText(apart.join(p for p in (place, whose) if p))
        self.tags.show_tags(detail)
        if not same_reveal:
            self.reveal.set_masked(row.id_mask or "没有登记")
            self._mask_phones()
        self._show_facts(detail, year)
        self._home_title.setText(home_title(detail))
        self.household.show_members(detail.members, year)
        self.household.setVisible(bool(detail.members))
        self._alone.setVisible(not detail.members)
        if other:
            self._scroll.verticalScrollBar().setValue(0)
        self.setAccessibleName(f"{row.name}，{place}")

    def _show_facts(self, detail: ResidentDetail, year: int) -> None:
        row = detail.row
        here = row.status == PRESENT
        day = short_day(row.verified_on, year)
        words = " ".join(p for p in (day, detail.verified_by, "逾期" if row.stale and day else "") if p)
        self._verified.setText(words or "没核实过")
        self._verified.set_role("warning" if row.stale and day else "table")
        self.verify_button.setVisible(self._may_write and here)
        self.edit_button.setVisible(self._may_write and row.status != "回收站")
        self.restore_button.setVisible(row.status == "回收站")
        self._hold_button.setVisible(self._may_reveal and bool(row.id_mask or detail.phones))
        born = f"{detail.birth_on:%Y-%m-%d} 生" if detail.birth_on else ""
        came = f"{detail.move_in_on:%Y-%m-%d} 迁入" if detail.move_in_on else ""
        other = [detail.relation, detail.ethnic, detail.political, born, came, detail.tags_free]
        self._other.setText(" · ".join(p for p in other if p))
        _say(self._remark, f"备注：{detail.remark}" if detail.remark else "")

    def show_story(self, story: HomeStory) -> None:
        """What happened in this home."""
        self.story.show_rows(story.rows, today(self._clock))
        self.story.setVisible(bool(story.rows))
        self._quiet.setVisible(not story.rows)
        self.more_button.setVisible(story.more)

    # --- reveal ---------------------------------------------------------------------------------------------

    def _needs_reason(self) -> bool:
        return self._detail is not None and not self._detail.reveal_reason

    def show_numbers(self, id_no: str, phones: tuple[str, ...]) -> None:
        """The full numbers for thirty seconds; the access has been recorded."""
        self.reveal.show_value(_grouped(id_no) or "没有登记")
        if self.reveal.shown and phones:
            self._phones.setText("、".join(phones))

    def _mask_phones(self) -> None:
        phones = self._detail.phones if self._detail is not None else ()
        self._phones.setText("、".join(phones) or "没有登记")


def _say(label: TextLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _grouped(number: str) -> str:
    return f"{number[:6]} {number[6:14]} {number[14:]}" if len(number) == 18 else number
