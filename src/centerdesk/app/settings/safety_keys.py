"""Cards of 数据平安 about trust: the keys that open the database, and the journal's chain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QPointF, QRectF, QSize, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy

from centerdesk.app.settings.safety_cards import card_foot
from centerdesk.app.settings.safety_data import SafetyView, journal_check, months_untested
from centerdesk.kernel.clock import local
from centerdesk.kernel.soundness import CheckResult
from centerdesk.qtkit.labels import TextLabel, text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.badge import Badge, Tone
from centerdesk.qtkit.painted.base import CENTRE, PaintedWidget, begin, draw_text, line_height
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.pens import pen
from centerdesk.qtkit.standing_row import StandingRow


class KeysCard(Card):
    """钥匙: several, one lock. `try_wanted` to type two groups, `renew_wanted` for another sheet."""

    try_wanted = Signal()
    renew_wanted = Signal()

    def __init__(self, *, may_renew: bool) -> None:
        super().__init__(self.tr("钥匙"))
        self.setObjectName("keys_card")
        self.header.addWidget(text_label(self.tr("两把，开的是同一把锁"), role="facts"))
        self._machine = StandingRow("key_machine", "desktop", small=True)
        self._sheet = StandingRow("key_sheet", "document", small=True)
        self.body.addWidget(self._machine)
        self.body.addWidget(Rule())
        self.body.addWidget(self._sheet)
        self.body.addStretch(1)
        self.try_two = KeyButton(self.tr("抽两组敲敲看"), small=True)
        self.try_two.setObjectName("sheet_try")
        self.try_two.clicked.connect(self.try_wanted)
        self.renew = KeyButton(self.tr("换一张新单"), small=True)
        self.renew.setObjectName("sheet_renew_start")
        if not may_renew:
            self.renew.hide()
        self.renew.clicked.connect(self.renew_wanted)
        self.body.addLayout(card_foot(self.try_two, self.renew))

    def show_view(self, view: SafetyView, now: datetime) -> None:
        """What the key slots say."""
        self._machine.show_standing(
            self.tr("本机钥匙"), self.tr("停电重启后没人登录也能守着"),
            self.tr("在") if view.machine else self.tr("打不开"), Tone.DONE if view.machine else Tone.LATE,
        )  # fmt: skip
        sheet, months = view.sheet, months_untested(view.sheet, now)
        detail = self.tr("2 份 · {}").format(sheet.places) if sheet.places else self.tr("没写放在哪儿")
        if sheet.used:
            badge, tone = self.tr("用过了，换一张"), Tone.SOON
        elif not sheet.confirmed:
            badge, tone = self.tr("还没照纸敲过"), Tone.SOON
        elif months:
            badge, tone = self.tr("{} 个月没验").format(months), Tone.SOON
        else:
            badge, tone = self.tr("在"), Tone.DONE
        self._sheet.show_standing(self.tr("恢复单 {}").format(sheet.name), detail, badge, tone)


class ChainLine(PaintedWidget):
    """留痕的头 as squares on one line, the newest filled (链)."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("chain_line")
        self._marks: tuple[tuple[str, str], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_marks(self, marks: Sequence[tuple[str, str]], broken: bool) -> None:
        """(date, where) oldest first; `broken` draws a gap before the last."""
        self._marks, self._broken = tuple(marks), broken
        words = "；".join(f"{date} {where}" for date, where in self._marks)
        self.describe(self.tr("留痕断了") if broken else self.tr("留痕连着"), words)
        self.update()

    def sizeHint(self) -> QSize:
        look = theme()
        high = look.scale(20) + line_height(look.font("table", bold=True)) + line_height(look.font("caption"))
        return QSize(look.px(200), round(high + look.px(4)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = theme(), begin(self)
        if not self._marks:
            painter.end()
            return
        wide, side = self.width() / len(self._marks), look.scale(18)
        middle = side / 2 + 1
        painter.setPen(pen("ink3", look.scale(1.6)))
        last = len(self._marks) - (2 if self._broken else 1)
        painter.drawLine(QPointF(wide / 2, middle), QPointF(wide * (last + 0.5), middle))
        for number, (date, where) in enumerate(self._marks):
            centre = wide * (number + 0.5)
            box = QRectF(centre - side / 2, 1, side, side)
            newest = number + 1 == len(self._marks)
            painter.setPen(pen("primary" if newest else "ink3", look.scale(1.6)))
            painter.setBrush(look.colour("primary" if newest else "surface"))
            painter.drawRoundedRect(box, look.scale(4), look.scale(4))
            font = look.font("table", bold=True)
            top = side + look.px(3)
            line = QRectF(wide * number, top, wide, line_height(font))
            draw_text(painter, line, date, font, "ink", CENTRE)
            below = QRectF(wide * number, top + line.height(), wide, line_height(look.font("caption")))
            draw_text(painter, below, where, look.font("caption"), "ink3", CENTRE, elide=True)
        painter.end()


class JournalCard(Card):
    """留痕: how many entries, the head's code, and where else that head is kept."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("留痕"))
        self.setObjectName("journal_card")
        self._badge = Badge(icon_name="checkmark")
        self.header.addWidget(self._badge)
        self._line = ChainLine()
        self.body.addWidget(self._line)
        grid = QGridLayout()
        grid.setVerticalSpacing(theme().px(4))
        self._values: dict[str, TextLabel] = {}
        for row, (name, title) in enumerate(
            (
                ("entries", self.tr("到第")),
                ("head", self.tr("头码")),
                ("kept", self.tr("留在别处的")),
                ("reveals", self.tr("今天看全号")),
            )
        ):
            grid.addWidget(text_label(title, role="table"), row, 0)
            self._values[name] = text_label(role="table-strong", name=f"journal_{name}")
            grid.addWidget(self._values[name], row, 1)
        grid.setColumnStretch(1, 1)
        self.body.addLayout(grid)
        self.body.addStretch(1)
        self.go = KeyButton(self.tr("从头验一遍"), small=True)
        self.go.setObjectName("journal_go")
        self.go.clicked.connect(self.wanted)
        self.body.addLayout(card_foot(self.go))

    def show_view(self, view: SafetyView, now: datetime) -> None:
        """Number, head and copies."""
        days: dict[str, str] = {}
        for line in reversed(view.lines):
            days[f"{local(line.made_at):%m-%d}"] = self.tr("两处") if line.there else self.tr("备份")
        today = f"{local(now):%m-%d}"
        past = [(day, where) for day, where in days.items() if day != today][-3:]
        chain = journal_check(view.checks)
        self._line.show_marks([*past, (self.tr("今天"), self.tr("本机"))], chain is not None and not chain.ok)
        self._values["entries"].setText(self.tr("{:,} 条").format(view.entries))
        self._values["head"].setText(view.head)
        self._values["kept"].setText(self.tr("{} 份备份里").format(len(view.lines)))
        self._values["reveals"].setText(self.tr("{} 次").format(view.reveals))
        self.show_chain(chain)

    def show_chain(self, chain: CheckResult | None) -> None:
        """The result of walking it from the first entry."""
        if chain is None:
            self._badge.show_words(self.tr("还没验"), Tone.PLAIN)
        elif chain.ok:
            self._badge.show_words(self.tr("连着，没断"), Tone.DONE)
        else:
            self._badge.show_words(chain.note or self.tr("断了"), Tone.LATE)
