"""The band at the foot of the login page: nobody is logged in, and the round is guarded all the same."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.app.login.facts import BandItem
from centerdesk.kernel.manifest import Tone
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.card import IconLabel, Rule

_TOKENS = {Tone.GOOD: "green", Tone.PLAIN: "primary", Tone.WARN: "dawn-ink", Tone.ALARM: "red"}
_WAITING = BandItem("正在看", "", Tone.PLAIN)


class _Item(QWidget):
    """Icon, words, detail."""

    def __init__(self, name: str, icon_name: str, worse_icon: str) -> None:
        super().__init__()
        self.setObjectName(f"band_{name}")
        self._icons = (icon_name, worse_icon)
        self._icon = IconLabel(icon_name, "ink3")
        self._title = text_label(role="table-strong", name=f"band_{name}_title")
        self._detail = text_label(role="caption", name=f"band_{name}_detail")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._title)
        words.addWidget(self._detail)
        row.addLayout(words, 1)
        self._row = row
        self.show_item(_WAITING)

    def show_item(self, item: BandItem) -> None:
        """Say it; what is not in order has another icon, not only another colour."""
        worse = item.tone in (Tone.WARN, Tone.ALARM)
        self._icon.show_icon(self._icons[worse], _TOKENS.get(item.tone, "ink2"))
        self._title.setText(item.title)
        self._detail.setText(item.detail)
        self.setAccessibleName(f"{item.title}，{item.detail}")

    def measure(self) -> None:
        """Gaps of the present zoom."""
        self._row.setSpacing(theme().px(9))


class LoginBand(QFrame):
    """没人登录，也守着. Four facts; none of them names anybody."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("login_band")
        self.setProperty("card", "plain")
        self.setAccessibleName(self.tr("没人登录，也守着"))
        self.watcher = _Item("watcher", "shield_check", "shield_error")
        self.windows = _Item("windows", "curtain", "curtain")
        self.sound = _Item("sound", "speaker", "speaker_off")
        self.backup = _Item("backup", "save", "warning")
        self._head = text_label(self.tr("没人登录，也守着"), role="card-title")
        below = text_label(self.tr("这一排不含任何人的信息"), role="caption")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._head)
        words.addWidget(below)
        words.setContentsMargins(0, 0, 0, 0)
        self._words = QWidget()
        self._words.setLayout(words)
        self._rules = [Rule(self, vertical=True) for _ in self._items()]
        self._grid = QGridLayout(self)
        self._columns = 0
        self._lay_out(len(self._items()))
        self._measure()
        theme_hub().changed.connect(self._measure)

    def set_width(self, width: int) -> None:
        """How much room there is across, px: four facts in a row, two, or one."""
        look = theme()
        worded = width >= look.scale(1120)
        self._words.setVisible(worded)
        self._lay_out(4 if width >= look.scale(860) else 2 if width >= look.scale(440) else 1)
        self._rules[0].setVisible(worded and self._columns == len(self._items()))

    def _lay_out(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        row = columns == len(self._items())
        for rule in self._rules:
            rule.setVisible(row)
        if row:
            self._grid.addWidget(self._words, 0, 0)
        for number, (rule, item) in enumerate(zip(self._rules, self._items(), strict=True)):
            if row:
                self._grid.addWidget(rule, 0, 1 + 2 * number)
                self._grid.addWidget(item, 0, 2 + 2 * number)
            else:
                self._grid.addWidget(item, 1 + number // columns, number % columns)
        for column in range(9):
            inside = (column > 0 and column % 2 == 0) if row else column < columns
            self._grid.setColumnStretch(column, 1 if inside else 0)

    def _items(self) -> tuple[_Item, ...]:
        return self.watcher, self.windows, self.sound, self.backup

    def _measure(self) -> None:
        look = theme()
        self._grid.setContentsMargins(look.px(24), look.px(16), look.px(18), look.px(16))
        self._grid.setHorizontalSpacing(look.px(18))
        self._grid.setVerticalSpacing(look.px(10))
        for item in self._items():
            item.measure()
