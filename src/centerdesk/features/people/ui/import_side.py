"""试算结果: what booking would change, places that are missing, and the one button."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from centerdesk.features.people.commands_trial import NamedChange, Trial
from centerdesk.features.people.importing_desk import KnownPlaces, Roster
from centerdesk.qtkit.labels import TextLabel, text_label, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.one_line import OneLine
from centerdesk.qtkit.painted.base import PaintedWidget, begin
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.painted.minibars import Part, SplitBar

_PARTS = (
    ("new", "新增", "primary"),
    ("changed", "更新", "dawn"),
    ("same", "不变", "line2"),
    ("blocked", "挡住", "redfill"),
)
SHOWN = 3


class _Swatch(PaintedWidget):
    """The square that says which part of the bar a number belongs to."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def sizeHint(self) -> QSize:
        side = round(theme().scale(10))
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = begin(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour(self._token))
        side = theme().scale(9)
        painter.drawRoundedRect(QRectF(0, (self.height() - side) / 2, side, side), 2, 2)
        painter.end()


class TrialCard(Card):
    """试算结果. Counts, samples, missing places, 确认."""

    confirm_asked = Signal()
    refused_asked = Signal()
    grids_asked = Signal(object)
    compounds_asked = Signal(object)
    stop_asked = Signal()

    def __init__(self) -> None:
        super().__init__("试算结果")
        self.setObjectName("trial_card")
        self._low = self._has_samples = self._may_add = False
        self._missing = KnownPlaces((), ())
        self.header.addWidget(text_label("写入后会这样", role="secondary"))
        self._bar = SplitBar()
        self._bar.setObjectName("trial_bar")
        self.body.addWidget(self._bar)
        self._figures: dict[str, TextLabel] = {}
        self._figures_box = QWidget()
        self._figures_box.setLayout(self._make_figures())
        self.body.addWidget(self._figures_box)
        self._short = OneLine(role="secondary", name="trial_short")
        self.body.addWidget(self._short)
        self._samples = QVBoxLayout()
        self._samples_box = QWidget()
        self._samples_box.setLayout(self._samples)
        self.body.addWidget(self._samples_box)
        self._places = QVBoxLayout()
        self.body.addLayout(self._places)
        self.confirm = KeyButton("确认", kind=Kind.PRIMARY, tall=True)
        self.confirm.setObjectName("confirm")
        self.confirm.clicked.connect(self.confirm_asked)
        self.body.addWidget(self.confirm)
        self._progress = QProgressBar()
        self._progress.setObjectName("write_progress")
        self._progress.setTextVisible(False)
        self.stop = QPushButton(tr("停下"))
        self.stop.setObjectName("write_stop")
        self.stop.clicked.connect(self.stop_asked)
        self.body.addWidget(self._progress)
        self.body.addWidget(self.stop)
        self.refused = QPushButton()
        self.refused.setObjectName("save_refused")
        self.refused.setProperty("kind", "link")
        self.refused.clicked.connect(self.refused_asked)
        self.body.addWidget(self.refused)
        self._foot = text_label(
            "写入前先备份，写入后 30 天内可整批撤回", role="hint", name="trial_foot", wrap=True
        )
        self._foot.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.body.addWidget(self._foot)
        self._fit()
        theme_hub().changed.connect(self._fit)
        self.show_progress(None)

    def _fit(self) -> None:
        self._samples.setContentsMargins(0, 0, 0, 0)
        self._samples.setSpacing(theme().px(4))
        self._places.setSpacing(theme().px(6))

    def _make_figures(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(5)
        grid.setVerticalSpacing(0)
        for number, (name, text, token) in enumerate(_PARTS):
            value = text_label("—", role="record-name", name=f"trial_{name}")
            self._figures[name] = value
            grid.addWidget(value, 0, 2 * number, 1, 2)
            grid.addWidget(_Swatch(token), 1, 2 * number)
            grid.addWidget(text_label(text, role="secondary"), 1, 2 * number + 1)
            grid.setColumnStretch(2 * number + 1, 1)
        return grid

    def show_roster(self, roster: Roster, *, may_add_places: bool) -> None:
        """What is known so far; without a trial the counts are still being made."""
        trial, blocked = roster.trial, roster.seen.blocked
        values = {
            "new": trial.new if trial else 0, "changed": trial.changed if trial else 0,
            "same": trial.same if trial else 0, "blocked": blocked,
        }  # fmt: skip
        self._bar.set_parts([Part(text, values[name], token) for name, text, token in _PARTS])
        for name, label in self._figures.items():
            known = trial is not None or name == "blocked"
            label.setText(f"{values[name]:,}" if known else "…")
        self._short.setText(" · ".join(f"{text} {self._figures[name].text()}" for name, text, _ in _PARTS))
        self._show_samples(trial.samples if trial else (), trial.changed if trial else 0)
        self._missing, self._may_add = roster.seen.missing, may_add_places
        self._show_places()
        rows = len(roster.seen.taken)
        self.confirm.setText(tr("确认 {:,} 行").format(rows))
        self.confirm.set_missing(_why_not(rows, trial))
        self.refused.setText(tr("把挡住的 {:,} 行存成红格表…").format(blocked))
        self.refused.setVisible(any(p.severity == "refuse" for p in roster.reading.problems))

    def _show_samples(self, samples: Sequence[NamedChange], changed: int) -> None:
        _empty(self._samples)
        if samples:
            self._samples.addWidget(Rule())
        for sample in samples[:SHOWN]:
            words = (
                f"{sample.name} {sample.change.field} {sample.change.before or '空'} → {sample.change.after}"
            )
            self._samples.addWidget(text_label(words, role="table", wrap=True))
        if changed > SHOWN:
            self._samples.addWidget(text_label(f"还有 {changed - SHOWN:,} 位，表里标着「改」", role="hint"))
        self._has_samples = bool(samples)
        self._samples_box.setVisible(self._has_samples and not self._low)

    def _show_places(self) -> None:
        _empty(self._places)
        for names, what, signal, name in (
            (self._missing.grids, "网格", self.grids_asked, "add_grids"),
            (self._missing.compounds, "小区", self.compounds_asked, "add_compounds"),
        ):
            if not names:
                continue
            listed = "、".join(names[:3]) + (f"等 {len(names)} 个" if len(names) > 3 else "")
            words = f"没有这些{what}：{listed}"
            way: QWidget
            if self._may_add:
                way = QPushButton(tr("建这 {} 个{}").format(len(names), what))
                way.setObjectName(name)
                way.setProperty("kind", "link")
                way.clicked.connect(_asking(signal, names))
            else:
                advice = "要用它们，请书记在设置里添上。不添也能导。"
                way = (
                    OneLine(advice, role="hint") if self._low else text_label(advice, role="hint", wrap=True)
                )
            self._places.addWidget(_place_line(words, way) if self._low else _place_lines(words, way))

    def set_low(self, low: bool) -> None:
        """Low windows: one line of figures, one of places, the button; what changes is marked in the rows."""
        self.set_header_shown(not low)
        self._figures_box.setVisible(not low)
        self._short.setVisible(low)
        if low != self._low:
            self._low = low
            self._show_places()
        self._samples_box.setVisible(self._has_samples and not low)
        self._foot.setVisible(not low and not self._progress.isVisibleTo(self))

    def show_progress(self, progress: tuple[int, int] | None) -> None:
        """While it is being written; None when nothing is."""
        busy = progress is not None
        self._progress.setVisible(busy)
        self.stop.setVisible(busy)
        self.confirm.setVisible(not busy)
        self._foot.setVisible(not busy and not self._low)
        if progress is not None:
            done, total = progress
            self._progress.setRange(0, total)
            self._progress.setValue(done)


def _place_lines(words: str, way: QWidget) -> QWidget:
    """What is missing in as many lines as it takes, and below what one can do."""
    box = QWidget()
    lines = QVBoxLayout(box)
    lines.setContentsMargins(0, 0, 0, 0)
    lines.setSpacing(theme().px(6))
    lines.addWidget(text_label(words, role="warning", wrap=True))
    lines.addWidget(way)
    return box


def _place_line(words: str, way: QWidget) -> QWidget:
    """The same in one line."""
    box = QWidget()
    line = QHBoxLayout(box)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(theme().px(8))
    line.addWidget(OneLine(words, role="warning"), 1)
    line.addWidget(way, 0 if isinstance(way, QPushButton) else 1)
    return box


def _why_not(rows: int, trial: Trial | None) -> str:
    """Why there is nothing to confirm yet, "" when there is."""
    if not rows:
        return "没有可收的行"
    if trial is None:
        return "正在试算"
    return "" if trial.new or trial.changed else "和台账一样，不用写"


def _asking(signal: object, names: Sequence[str]) -> Callable[[], None]:
    def ask() -> None:
        signal.emit(tuple(names))  # type: ignore[attr-defined]  # a bound signal; PySide's stubs do not say so

    return ask


def _empty(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
