"""The sheet of parts in light, dark and high contrast: `python -m tests.shots.components OUT.png [zoom] [large]`."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMarginsF, QPoint, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from centerdesk.qtkit.charts import BarChart, HeatCalendar, LineChart, Point, RingChart, Series
from centerdesk.qtkit.i18n import install_chinese
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.painted.badge import Badge, Tone
from centerdesk.qtkit.painted.base import CENTRE, PaintedWidget, begin, draw_text
from centerdesk.qtkit.painted.buttons import Chip, KeyButton, Kind
from centerdesk.qtkit.painted.card import Card, EmptyDrawing, IconLabel, Stat
from centerdesk.qtkit.painted.clockbar import ClockBar
from centerdesk.qtkit.painted.keycap import KeyCap
from centerdesk.qtkit.painted.ladder import Ladder, LadderStep, LadderStrip, LadderTone, StepState
from centerdesk.qtkit.painted.minibars import DayBar, DayBars, HabitDots, Meter, MiniBars, Part, SplitBar
from centerdesk.qtkit.painted.stepbar import Step, StepBar
from centerdesk.qtkit.painted.window_glyph import WindowState, paint_window
from centerdesk.qtkit.style import paint_focus_ring, ring_margin
from centerdesk.qtkit.theme import Theme, theme
from centerdesk.qtkit.tokens import THEMES

SHEET = QSize(480, 1290)
TITLES = {"light": "浅色", "dark": "深色", "contrast": "高对比"}
STATES = (
    WindowState.NOT_ENROLLED,
    WindowState.TO_DO,
    WindowState.OPEN,
    WindowState.CLOSED,
    WindowState.UNCLEAR,
    WindowState.HELP,
    WindowState.UNSEEN,
    WindowState.PAUSED,
    WindowState.DRAWN,
)


class Windows(PaintedWidget):
    """One window of each state with its word."""

    def sizeHint(self) -> QSize:
        return QSize(0, round(theme().scale(74)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = theme(), begin(self)
        wide = self.width() / len(STATES)
        for index, state in enumerate(STATES):
            left = index * wide + (wide - look.scale(30)) / 2
            paint_window(
                painter, QRectF(left, look.scale(14), look.scale(30), look.scale(26)), state, number="15"
            )
            below = QRectF(index * wide - 4, look.scale(47), wide + 8, look.scale(22))
            draw_text(painter, below, state.word, look.font("caption"), "ink2", CENTRE)
        painter.end()


class FocusSample(PaintedWidget):
    """A button with its ring, without owning the real focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 4, 4, 4)
        self.button = KeyButton("焦点")
        row.addWidget(self.button)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = begin(self)
        paint_focus_ring(
            painter, QRectF(self.button.geometry()).marginsAdded(QMarginsF(*(ring_margin(),) * 4))
        )
        painter.end()


def row(*widgets: QWidget, spacing: int = 8, stretch: bool = True) -> QHBoxLayout:
    """Widgets beside each other."""
    line = QHBoxLayout()
    line.setSpacing(theme().px(spacing))
    for widget in widgets:
        line.addWidget(widget)
    if stretch:
        line.addStretch(1)
    return line


def hint(text: str) -> QWidget:
    """A heading of the sheet."""
    return text_label(text, role="hint")


def fields() -> QLayout:
    """Fields: plain, focused, wrong."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme().px(10))
    grid.setVerticalSpacing(theme().px(3))
    door, day, number = QLineEdit("3-2-501"), QLineEdit("12.8"), QLineEdit("23081119530412024")
    number.setProperty("invalid", "true")
    for column, (label, box, note) in enumerate(
        (("门牌", door, "3 栋 2 单元 501"), ("回来的日子", day, "星期二 · 十月三十"))
    ):
        grid.addWidget(text_label(label, role="table"), 0, column)
        grid.addWidget(box, 1, column)
        grid.addWidget(text_label(note, role="caption"), 2, column)
    grid.addWidget(text_label("身份证号", role="table"), 3, 0)
    grid.addWidget(number, 4, 0, 1, 2)
    line = row(
        IconLabel("error_circle", "red", filled=True, size="icon-small"),
        text_label("还差 1 位，请照证件补", role="error"),
    )
    grid.addLayout(line, 5, 0, 1, 2)
    return grid


def states() -> QLayout:
    """Nothing found, and what went wrong."""
    empty = Card()
    for widget in (
        EmptyDrawing(),
        text_label("这样筛没有人", role="strong"),
        text_label("去掉「人户分离」有 42 人", role="caption"),
    ):
        line = row(widget)
        line.insertStretch(0, 1)
        empty.body.addLayout(line)
    again = row(KeyButton("全部清除", small=True))
    again.insertStretch(0, 1)
    empty.body.addLayout(again)
    wrong = Card()
    wrong.body.addLayout(
        row(
            IconLabel("error_circle", "red", filled=True, size="icon-small"),
            text_label("没写进去，表格没变", role="alarm"),
        )
    )
    wrong.body.addWidget(text_label("文件被别的程序开着。关掉后再试。", role="caption", wrap=True))
    wrong.body.addStretch(1)
    link = QPushButton("复制说明")
    link.setProperty("kind", "link")
    wrong.body.addLayout(row(KeyButton("再试", small=True), link))
    return row(empty, wrong, stretch=False)


STEPS = (
    LadderStep("复看", StepState.DONE, "回程再看，仍未开", "08:24"),
    LadderStep("电话", StepState.DONE, "座机、手机均无人接", "08:31"),
    LadderStep("敲门", StepState.CURRENT, "距 3 栋约 4 分钟 · 08:38 应答", "08:52", 0.28),
    LadderStep("联系人", StepState.NEXT, "下一位 孙建国（楼栋长，有钥匙）", "08:52"),
    LadderStep("入户", StepState.NEXT, "许文静 书记 + 民警 郭警官", "09:07"),
    LadderStep("街道", StepState.NEXT, "0454-***8866", "10:17"),
)


def first_sheet(column: QVBoxLayout) -> None:
    """The parts of `16-components.png`."""
    column.addWidget(hint("窗"))
    card = Card(padded=False)
    card.body.addWidget(Windows())
    column.addWidget(card)
    column.addWidget(hint("按钮：主要、普通、要人、当前焦点、说明差什么"))
    column.addLayout(
        row(
            KeyButton("记下", "Ctrl+Return", kind=Kind.PRIMARY),
            KeyButton("打印"),
            KeyButton("去处置", kind=Kind.URGENT),
            FocusSample(),
        )
    )
    blocked = KeyButton("完成")
    blocked.set_missing("还差 1 项")
    link = QPushButton("链接")
    link.setProperty("kind", "link")
    column.addLayout(row(blocked, KeyButton("小按钮", small=True), link))
    column.addWidget(hint("标记与筛选"))
    column.addLayout(
        row(
            Badge("新"),
            Badge("已到场", Tone.BLUE),
            Badge("预警 81%", Tone.SOON),
            Badge("平", Tone.DONE, icon_name="checkmark"),
            Badge("缺照片", Tone.LATE),
            Badge("黄牌 104%", Tone.YELLOW_CARD),
            Badge("红牌 150%", Tone.RED_CARD),
        )
    )
    on, grid = Chip("独居"), Chip("网格", menu_arrow=True)
    on.setChecked(True)
    column.addLayout(row(on, grid, KeyCap("Ctrl+K")))
    column.addWidget(hint("时钟条：61 %、81 %、104 %"))
    for part, words in ((0.61, "剩 1 时 57 分"), (0.81, "剩 57 分"), (1.04, "超 12 分钟")):
        column.addWidget(ClockBar(part, words))
    column.addWidget(hint("阶梯与步骤"))
    column.addWidget(LadderStrip(STEPS))
    column.addWidget(StepBar([Step(t) for t in ("选文件", "对列", "看问题", "试算", "写入")], 2))
    column.addWidget(hint("填写：平常、焦点、有错"))
    column.addLayout(fields())
    column.addWidget(hint("空、出错、提示"))
    column.addLayout(states())


def second_sheet(column: QVBoxLayout) -> None:
    """Parts that the design shows on its pages."""
    column.addWidget(hint("阶梯，立着"))
    column.addWidget(Ladder(STEPS))
    column.addWidget(LadderStrip([LadderStep("复看", StepState.CURRENT), *STEPS[3:]], tone=LadderTone.SOON))
    column.addWidget(hint("步骤，带谁和几点"))
    column.addWidget(
        StepBar(
            [Step("未开始", "11-30"), Step("编制", "赵雪"), Step("校验", "1 错"), Step("上报", "限 12-05")], 2
        )
    )
    column.addWidget(hint("近 13 天，开帘时刻，小柱，分段，进度"))
    labels = [str(n) for n in (*range(20, 31), 1, 2)]
    column.addWidget(
        DayBars([DayBar(d, 0.95 if d in ("22", "28") else 1.0, d in ("22", "28")) for d in labels])
    )
    dots = HabitDots()
    dots.set_times(
        [430, 425, 428, 420, 426, 433, None, 440, 431, 429, 427, 430, 436, 428], 430, 12, waiting=True
    )
    column.addLayout(row(dots, MiniBars([3, 5, 4, 7, 6, 9])))
    column.addWidget(SplitBar([Part("已看", 31, "c3"), Part("未看", 9, "dawn"), Part("停", 2, "sunken")]))
    meter = Meter()
    meter.show_part(38, 43)
    column.addWidget(meter)
    column.addLayout(row(Stat("31", "已看 / 应看", of="40"), Stat("29", "已开平安"), spacing=24))
    months = ("7月", "8月", "9月", "10月", "11月")
    visits = Series("走访", tuple(Point(m, v) for m, v in zip(months, (32, 41, None, 38, 45), strict=True)))
    wishes = Series("心愿", tuple(Point(m, v) for m, v in zip(months, (8, 12, 9, 9, 13), strict=True)))
    bars, lines, ring, heat = (
        BarChart("走访", "户"),
        LineChart("走访与心愿", "件"),
        RingChart("看护率"),
        HeatCalendar("走访", "户"),
    )
    bars.set_series([visits])
    lines.set_series([visits, wishes])
    ring.show_share(515, 518)
    day = dt.date(2026, 11, 1)
    heat.show_month(
        2026, 11, {day.replace(day=n): (n * 7) % 11 for n in range(1, 27)}, today=day.replace(day=26)
    )
    column.addWidget(bars, 1)
    column.addWidget(lines, 1)
    column.addLayout(row(ring, heat))


def sheet(name: str, build: object) -> QWidget:
    """One column in the current theme."""
    look = theme()
    page = QWidget()
    page.setProperty("ground", "paper")
    page.setFixedSize(SHEET * look.zoom / 100 if not look.large else SHEET * 1.4)
    column = QVBoxLayout(page)
    column.setContentsMargins(look.px(22), look.px(16), look.px(22), look.px(20))
    column.setSpacing(look.px(9))
    column.addWidget(text_label(TITLES[name], role="page-title"))
    build(column)  # type: ignore[operator]  # one of the two functions above
    column.addStretch(1)
    return page


def main(arguments: Sequence[str]) -> int:
    """Draw both sheets; the second beside the first's name with `-2`."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    install_chinese(app)
    out = Path(arguments[0])
    zoom = int(arguments[1]) if len(arguments) > 1 else 100
    large = len(arguments) > 2
    for suffix, build in (("", first_sheet), ("-2", second_sheet)):
        pictures = []
        for name in THEMES:
            Theme.load(name, zoom=zoom, large=large).apply(app)
            page = sheet(name, build)
            focused = next((box for box in page.findChildren(QLineEdit) if box.text() == "12.8"), None)
            page.show()
            if focused is not None:
                focused.setFocus()
            QTest.qWaitForWindowActive(page)
            pictures.append(page.grab().toImage())
            page.deleteLater()
        whole = QImage(sum(p.width() for p in pictures), pictures[0].height(), QImage.Format.Format_RGB32)
        whole.fill(QColor(0, 0, 0))
        painter, x = QPainter(whole), 0
        for picture in pictures:
            painter.drawImage(QPoint(x, 0), picture)
            x += picture.width()
        painter.end()
        whole.save(str(out.with_stem(out.stem + suffix)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
