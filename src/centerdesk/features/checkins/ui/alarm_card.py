"""The card of the most urgent alarm: head, ladder, three answers, whom to call (UI 02, 15, 26)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from centerdesk.features.checkins.queries_round import CareRow, Colleague
from centerdesk.features.checkins.ui.alarm_head import AlarmHead
from centerdesk.features.checkins.ui.alarm_words import PanelItem, steps
from centerdesk.features.checkins.ui.care_card import CareCard
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Card, CardKind, Rule
from centerdesk.qtkit.painted.ladder import Ladder, LadderTone

CONTACTS, CONTACTS_LOW = 6, 3


class AlarmCard(Card):
    """报警卡. Says what is to be done and who is next; every act goes to the page by `act_wanted`.

    Acts: seen, no_answer, phone, entry, take, start, still_shut.
    """

    act_wanted = Signal(str)
    assign_wanted = Signal(object)
    number_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, kind=CardKind.ALARM, padded=False)
        self.setObjectName("alarm_card")
        self._item: PanelItem | None = None
        self._low, self._unfolded = False, False
        self._now: datetime | None = None
        self._colleagues: tuple[Colleague, ...] = ()
        self._named: tuple[Colleague, ...] = ()
        self.head = AlarmHead()
        self.body.addWidget(self.head)
        self._inner = QWidget()
        self._inner.setProperty("ground", "surface")
        self._box = QVBoxLayout(self._inner)
        self._make_ladder()
        self._make_answers()
        self._rule = Rule()
        self._box.addWidget(self._rule)
        self.care = CareCard()
        self.care.number_wanted.connect(self.number_wanted)
        self._box.addWidget(self.care)
        self._people = QVBoxLayout()
        self._box.addLayout(self._people)
        self._box.addStretch(1)
        scroll = QScrollArea()
        scroll.setObjectName("alarm_scroll")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._inner)
        self.body.addWidget(scroll, 1)
        self._measure_inner()
        theme_hub().changed.connect(self._measure_inner)

    def _make_ladder(self) -> None:
        self.ladder = Ladder()
        self.ladder.setObjectName("alarm_ladder")
        self._unfold = QPushButton(self.tr("展开"))
        self._unfold.setObjectName("ladder_unfold")
        self._unfold.setProperty("kind", "link")
        self._unfold.clicked.connect(self._on_unfold)
        self.ladder.set_corner(self._unfold)
        self._box.addWidget(self.ladder)
        self._taken = QWidget()
        taken = QHBoxLayout(self._taken)
        taken.setContentsMargins(0, 0, 0, 0)
        self._nobody = text_label(self.tr("还没有人接"), role="alarm", name="alarm_nobody")
        taken.addWidget(self._nobody)
        taken.addStretch(1)
        taken.addWidget(self._button("take", self.tr("我来接"), "J", small=True))
        self._box.addWidget(self._taken)

    def _make_answers(self) -> None:
        self.primary = KeyButton(self.tr("见到本人，平安"), "Enter", kind=Kind.PRIMARY, tall=True)
        self.primary.setObjectName("alarm_seen")
        self.primary.clicked.connect(self._on_primary)
        self._box.addWidget(self.primary)
        self._no_answer = self._button("no_answer", self.tr("无人应门"), "N", small=True)
        self._phone = self._button("phone", self.tr("补记电话"), "T", small=True)
        self._entry = self._button("entry", self.tr("直接入户"), "", kind=Kind.DANGER, small=True)
        self._assign = KeyButton(self.tr("换个人去"), small=True)
        self._assign.setObjectName("alarm_assign")
        self._assign.setProperty("extent", "small")
        self._assign.clicked.connect(self._on_assign)
        self._answers = (self._assign, self._no_answer, self._phone, self._entry)
        self._answer_grid = QGridLayout()
        self._answer_grid.setContentsMargins(0, 0, 0, 0)
        for button in self._answers:
            button.setParent(self._inner)  # hidden ones stand in no layout
        self._box.addLayout(self._answer_grid)

    def _place_answers(self) -> None:
        """One row; two where the letters are too large for it."""
        listed = self._item is not None and self._item.is_list
        shown = (self._assign, self._phone) if listed else (self._no_answer, self._phone, self._entry)
        gap = theme().px(7)
        room = self.width() - 2 * theme().px(12) - 4
        one_row = (
            sum(max(b.sizeHint().width(), b.minimumSizeHint().width()) for b in shown)
            + gap * (len(shown) - 1)
            <= room
        )
        columns = len(shown) if one_row else 2
        self._answer_grid.setSpacing(gap)
        for button in self._answers:
            self._answer_grid.removeWidget(button)
            button.setVisible(button in shown)
        for number, button in enumerate(shown):
            self._answer_grid.addWidget(button, number // columns, number % columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_answers()

    def _button(
        self, act: str, words: str, key: str, *, kind: Kind = Kind.PLAIN, small: bool = False
    ) -> KeyButton:
        made = KeyButton(words, key, kind=kind, small=small)
        made.setObjectName(f"alarm_{act}")
        if small:
            made.setProperty("extent", "small")  # the style sheet's least height is that of a usual button

        def pressed() -> None:
            self.act_wanted.emit(act)

        made.clicked.connect(pressed)
        return made

    # --- what is shown ----------------------------------------------------------------------------------------

    @property
    def item(self) -> PanelItem | None:
        return self._item

    def show_item(self, item: PanelItem, now: datetime, *, low: bool, with_compound: bool) -> None:
        """Another alarm, or the same one further on."""
        if self._item is None or self._item.key != item.key:
            self._unfolded = False
        self._item, self._low = item, low
        self.head.show_alarm(item.title, item.short, item.line(with_compound=with_compound), item.tone)
        self.set_kind(CardKind.ALARM if item.tone is LadderTone.ALARM else CardKind.WARNING)
        self.setAccessibleName(self.tr("报警 {}").format(item.title))
        listed = item.is_list
        self.primary.setText(
            self.tr("从 {} 开始看").format(item.lead.door) if listed else self.tr("见到本人，平安")
        )
        self._phone.setText(self.tr("打电话补看") if listed else self.tr("补记电话"))
        self._place_answers()
        self._taken.setVisible(item.unanswered)
        self.care.setVisible(not listed)
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Time passes: countdown and the bar of the present step."""
        if self._item is None:
            return
        self._now = now
        self.head.show_left(*self._item.countdown(now))
        folded = self._low and not self._unfolded
        self.ladder.set_steps(steps(self._item.lead, now, low=folded), self._item.tone)
        self._unfold.setVisible(self._low)
        self._unfold.setText(self.tr("收起") if self._unfolded else self.tr("展开"))

    def show_care(self, care: CareRow | None) -> None:
        """The card of this home; None while it is not known, and for a list."""
        mine = (
            care if care is not None and self._item is not None and care.alarm_id == self._item.key else None
        )
        self.care.show_care(mine, most=CONTACTS_LOW if self._low else CONTACTS)

    def show_colleagues(self, people: Sequence[Colleague]) -> None:
        """Who can be sent; named below a list that nobody looked at."""
        listed = self._item is not None and self._item.is_list
        named = tuple(people) if listed else ()
        self._colleagues = tuple(people)
        if named == self._named:
            return
        self._named = named
        while (entry := self._people.takeAt(0)) is not None:
            if (widget := entry.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if named:
            self._people.addWidget(self._reachable(named))

    def _reachable(self, people: Sequence[Colleague]) -> QWidget:
        holder = QWidget()
        holder.setObjectName("reachable")
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().px(6))
        column.addWidget(text_label(self.tr("这会儿能叫到的人"), role="card-title"))
        for person in people[:4]:
            row = QHBoxLayout()
            row.addWidget(text_label(person.name, role="strong"))
            row.addWidget(text_label(self.tr("网格员") if person.works else self.tr("中心"), role="table"))
            row.addStretch(1)
            column.addLayout(row)
            column.addWidget(Rule())
        return holder

    # --- acts -------------------------------------------------------------------------------------------------

    def _on_primary(self) -> None:
        listed = self._item is not None and self._item.is_list
        self.act_wanted.emit("start" if listed else "seen")

    def _on_unfold(self) -> None:
        self._unfolded = not self._unfolded
        if self._now is not None:
            self.tick(self._now)

    def _on_assign(self) -> None:
        """A menu of colleagues; the page writes down who was sent."""
        menu = QMenu(self)
        menu.setObjectName("assign_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for person in self._colleagues:
            menu.addAction(person.name).triggered.connect(self._assigning(person.id))
        menu.popup(self._assign.mapToGlobal(self._assign.rect().bottomLeft()))

    def _assigning(self, account_id: UUID) -> Callable[[], None]:
        def chosen() -> None:
            self.assign_wanted.emit(account_id)

        return chosen

    def _measure_inner(self) -> None:
        look = theme()
        self.body.setContentsMargins(0, 0, 0, look.px(5))  # the rounded corners stay free
        pad = look.px(12)
        self._box.setContentsMargins(pad, look.px(10), pad, look.px(2))
        self._box.setSpacing(look.px(7))
        self._place_answers()
