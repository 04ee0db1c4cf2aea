"""Cards of 数据平安: how much would be lost, the checks, the keys, the journal, nobody at the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from centerdesk.app.pulse import OLD
from centerdesk.app.settings.safety_data import (
    SafetyView,
    check_words,
    loss_words,
    size_words,
    when_words,
)
from centerdesk.kernel.clock import local
from centerdesk.kernel.lost_end import Told
from centerdesk.kernel.soundness import CheckResult
from centerdesk.qtkit.labels import plain_tip, text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.one_line import OneLine
from centerdesk.qtkit.painted.badge import Badge, Tone
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card, IconLabel, Rule
from centerdesk.qtkit.segments import Segments
from centerdesk.qtkit.warning_band import WarningBand


class _Place(QWidget):
    """One place of backups in the head: icon, what, how many, when, how it stands."""

    def __init__(self, name: str, icon_name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme().px(11))
        row.addWidget(IconLabel(icon_name, "ink2"))
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = OneLine(role="card-title", name=f"{name}_title")
        self._detail = OneLine(role="facts", name=f"{name}_detail")
        words.addStretch(1)
        words.addWidget(self._title)
        words.addWidget(self._detail)
        words.addStretch(1)
        row.addLayout(words, 1)
        state = QVBoxLayout()
        state.setSpacing(theme().px(2))
        self._when = text_label(role="body", name=f"{name}_when")
        self._when.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._badge = Badge()
        state.addWidget(self._when)
        state.addWidget(self._badge, 0, Qt.AlignmentFlag.AlignRight)
        row.addLayout(state)

    def show_place(self, title: str, detail: str, when: str, badge: str, tone: Tone) -> None:
        self._title.setText(title)
        self._detail.setText(detail)
        self._when.setText(when)
        self._badge.show_words(badge, tone)


class LossCard(Card):
    """电脑现在坏了，最多丢几分钟; and the two places. `second_wanted` where there is only one."""

    second_wanted = Signal()

    def __init__(self, *, may_choose: bool) -> None:
        super().__init__()
        self.setObjectName("loss_card")
        self._icon = IconLabel("shield_check", "green", filled=True, size="mark")
        self._headline = OneLine(role="matter-title", name="loss_title")
        self._detail = OneLine(role="facts", name="loss_detail")
        self._here = _Place("place_here", "desktop")
        self._there = _Place("place_there", "usb")
        self.bar = QProgressBar()
        self.bar.setObjectName("backup_bar")
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.stop = KeyButton(self.tr("停下"), small=True)
        self.stop.setObjectName("backup_stop")
        self.stop.hide()
        words = QVBoxLayout()
        words.setSpacing(theme().px(1))
        words.addWidget(self._headline)
        words.addWidget(self._detail)
        words.addWidget(self.bar)
        self._may_choose = may_choose
        self._choose = KeyButton(self.tr("选第二处"), small=True)
        self._choose.setObjectName("choose_second")
        self._choose.clicked.connect(self.second_wanted)
        first, second = QHBoxLayout(), QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._places, self._rule = second, Rule(vertical=True)
        first.addWidget(self._icon)
        first.addLayout(words, 1)
        first.addWidget(self.stop)
        second.addWidget(self._here, 1)
        second.addWidget(self._rule)
        second.addWidget(self._there, 1)
        second.addWidget(self._choose)
        self._between = Rule(vertical=True)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.addLayout(first, 4)
        self._parts.addWidget(self._between)
        self._parts.addLayout(second, 6)
        for row in (first, second, self._parts):
            row.setSpacing(theme().px(14))
        self.body.addLayout(self._parts)

    def set_stacked(self, stacked: bool, *, singly: bool = False) -> None:
        """The places below the sentence where letters are large and the window is narrow; `singly` each on a line."""
        ways = QBoxLayout.Direction
        for layout, rule, below in (
            (self._parts, self._between, stacked),
            (self._places, self._rule, singly),
        ):
            layout.setDirection(ways.TopToBottom if below else ways.LeftToRight)
            rule.setHidden(below)

    def show_view(self, view: SafetyView, now: datetime) -> None:
        """What the folders say."""
        newest = view.newest
        at = newest.made_at if newest else None
        fresh = at is not None and now - at <= OLD
        good = newest is None or newest.good
        sound = fresh and good
        self._icon.show_icon(
            "shield_check" if sound else "shield_error", "green" if sound else "dawn-ink", filled=True
        )
        self._headline.setText(loss_words(at, now))
        when = " ".join(reversed(when_words(at, now))) if at else ""
        self._detail.setText(
            self.tr("上次备份 {} · 有改动就每 30 分钟备一次").format(when)
            if at
            else self.tr("还没有一份备份")
        )
        kept = self.tr("留着 {} 份 · {}").format(len(view.lines), size_words(view.size))
        self._here.show_place(
            self.tr("本机"), kept, f"{local(at):%H:%M}" if at else "",
            self.tr("读回一样") if good and at else self.tr("有疑问") if at else self.tr("没有"),
            Tone.DONE if good and at else Tone.LATE,
        )  # fmt: skip
        self._show_second(view, now)

    def _show_second(self, view: SafetyView, now: datetime) -> None:
        self._choose.setVisible(self._may_choose)
        self._choose.setText(self.tr("选第二处") if view.second is None else self.tr("换"))
        if view.second is None:
            self._there.show_place(
                self.tr("只有一份"), self.tr("电脑丢了就都没了"), "", self.tr("没有第二处"), Tone.SOON
            )
            return
        name = self.tr("第二处 · {}").format(view.second.name or view.second)
        newest = view.newest
        if not view.second_there:
            self._there.show_place(name, self.tr("插上盘再备一次"), "", self.tr("没插盘"), Tone.SOON)
        elif view.second_at is None:
            self._there.show_place(name, self.tr("还没有备过去"), "", self.tr("还没备成"), Tone.SOON)
        else:
            same = newest is not None and view.second_at >= newest.made_at
            when, day = when_words(view.second_at, now)
            self._there.show_place(
                name, self.tr("和电脑放两处"), when if day in ("今天",) else f"{day} {when}",
                self.tr("读回一样") if same else self.tr("旧了"), Tone.DONE if same else Tone.SOON,
            )  # fmt: skip

    def set_busy(self, words: str, done: int = 0, total: int = 0) -> None:
        """A backup is being made; "" when it is over."""
        self.bar.setVisible(bool(words))
        self.stop.setVisible(bool(words))
        if words:
            self.bar.setRange(0, total)
            self.bar.setValue(done)
            self._detail.setText(words)


class LostBand(WarningBand):
    """末尾少了: acts that were saved and are gone. `heard` when somebody answers for having read it."""

    heard = Signal()

    def __init__(self, *, may_hear: bool) -> None:
        super().__init__("lost_end")
        self._may_hear = may_hear
        self.hear = KeyButton(self.tr("知道了，记我的名"), small=True)
        self.hear.setObjectName("lost_end_heard")
        self.hear.clicked.connect(self.heard)
        self.add_button(self.hear)

    def show_lost(self, lost: Told | None) -> None:
        """The sentence of the login page; nothing once it was heard."""
        title = self.tr("存过的事少了") if lost is not None else ""
        self.say(title, lost.sentence if lost is not None else "")
        self.hear.setVisible(lost is not None)
        self.hear.set_missing("" if self._may_hear else self.tr("由管理员记"))


class ChecksCard(Card):
    """核对: n / n of each. `wanted` when somebody asks for a fresh run."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("核对"))
        self.setObjectName("checks_card")
        self._when = text_label(role="facts", name="checks_when")
        self.header.addWidget(self._when)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(theme().px(9))
        self._grid.setVerticalSpacing(theme().px(3))
        self.body.addLayout(self._grid)
        self.body.addStretch(1)
        self.go = KeyButton(self.tr("现在核一遍"), small=True)
        self.go.setObjectName("checks_go")
        self.go.clicked.connect(self.wanted)
        self.body.addLayout(card_foot(self.go))
        self._labels: list[QWidget] = []

    def show_checks(self, checks: Sequence[CheckResult], when: str) -> None:
        """One line each."""
        for widget in self._labels:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._labels = []
        self._when.setText(when)
        self._grid.setColumnStretch(2, 1)
        for row, check in enumerate(checks):
            what, figures, word = check_words(check)
            icon = IconLabel(
                "checkmark_circle" if check.ok else "error_circle",
                "green" if check.ok else "red",
                size="icon-small",
                line="table",
            )
            value = text_label(figures, role="table-strong", name=f"check_{check.name}")
            value.setToolTip(plain_tip(check.note))
            end = text_label(
                word if check.ok else check.note or word, role="caption" if check.ok else "error"
            )
            for column, widget in enumerate((icon, text_label(what, role="table"), value, end)):
                align = Qt.AlignmentFlag.AlignVCenter
                self._grid.addWidget(widget, row, column, align)
                self._labels.append(widget)
        if not checks:
            label = text_label(self.tr("还没有核过。"), role="faint")
            self._grid.addWidget(label, 0, 0, 1, 4)
            self._labels.append(label)


class IdleCard(Card):
    """没人时: after how many minutes the desk locks. `picked` with another number."""

    picked = Signal(object)

    def __init__(self, *, may_change: bool) -> None:
        super().__init__(self.tr("没人时"))
        self.setObjectName("idle_card")
        self.body.addWidget(text_label(self.tr("几分钟没动就锁屏"), role="table-strong"))
        self.minutes = Segments(
            "idle", self.tr("几分钟没动就锁屏"), [(n, str(n)) for n in (2, 5, 10)], wide=True
        )
        self.minutes.setEnabled(may_change)
        self.minutes.picked.connect(self.picked)
        self.body.addWidget(self.minutes)
        for title, words in (
            (self.tr("锁屏时警报照样响"), self.tr("关不掉，只写楼号和姓")),
            (self.tr("看护程序"), self.tr("没人登录也守着")),
        ):
            self.body.addSpacing(theme().px(4))
            self.body.addWidget(text_label(title, role="table-strong"))
            self.body.addWidget(text_label(words, role="caption", wrap=True))
        self.body.addStretch(1)


def card_foot(*buttons: QWidget) -> QHBoxLayout:
    """Buttons at the foot of a card."""
    row = QHBoxLayout()
    row.setContentsMargins(0, theme().px(4), 0, 0)
    row.setSpacing(theme().px(10))
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    return row
