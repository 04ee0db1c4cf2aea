"""所有按键: what the action registry knows, page by page, to be searched and to be printed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from centerdesk.qtkit.actions import Keys
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.keycap import KeyCap


class KeySheet(QWidget):
    """按键表. `print_wanted` for a file of everything; what is searched for only narrows the screen. GUI thread."""

    print_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.keys: Keys = ()
        self.search = QLineEdit()
        self.search.setObjectName("key_search")
        self.search.setAccessibleName(self.tr("找按键"))
        self.search.setPlaceholderText(self.tr("找按键：做什么，或按哪个键"))
        self.search.textChanged.connect(self._show)
        self._print = KeyButton(self.tr("存成 PDF"), icon_name="print", small=True)
        self._print.setObjectName("key_print")
        self._print.clicked.connect(self.print_wanted)
        self._area = QScrollArea()
        self._area.setObjectName("key_sheet")
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName(self.tr("按键表"))
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._print)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(8))
        box.addWidget(self.search)
        box.addWidget(self._area, 1)
        box.addLayout(foot)

    def show_keys(self, keys: Keys) -> None:
        """Everything, nothing searched for."""
        self.keys = keys
        self.search.clear()
        self._show("")

    def update_keys(self, keys: Keys) -> None:
        """More of them; what is searched for and the place one reads stay."""
        self.keys = keys
        bar = self._area.verticalScrollBar()
        at = bar.value()
        self._show(self.search.text())
        bar.setValue(at)

    def _show(self, text: str) -> None:
        self._area.setWidget(_rows(narrowed(self.keys, text)))


def narrowed(keys: Keys, text: str) -> Keys:
    """The rows whose words, key or group hold `text`; blanks and case do not count."""
    wanted = _plain(text)
    if not wanted:
        return keys
    found = []
    for group, rows in keys:
        kept = rows if wanted in _plain(group) else tuple(
            (key, words) for key, words in rows if wanted in _plain(words) or wanted in _plain(key)
        )  # fmt: skip
        if kept:
            found.append((group, kept))
    return tuple(found)


def write_keys(path: Path, keys: Keys) -> None:
    """The sheet as PDF. Any thread. Raises EnvironmentFault."""
    from centerdesk.kernel.reporting import pdf  # heavy, and only paper needs it
    from centerdesk.kernel.reporting.document import Col, Table

    columns = (
        Col("group", tr("在哪儿"), width_mm=34), Col("key", tr("按键"), width_mm=42), Col("words", tr("做什么"))
    )  # fmt: skip
    rows = [(group, key, words) for group, each in keys for key, words in each]
    subtitle = tr("共 {} 个。在服务台里按 Ctrl / 随时能看。").format(len(rows))
    pdf.write_table(path, Table(tr("窗明 · 按键表"), columns, rows, subtitle))


def _plain(text: str) -> str:
    return text.casefold().replace(" ", "").replace("+", "")


def _rows(keys: Keys) -> QWidget:
    look = theme()
    sheet = QWidget()
    sheet.setProperty("ground", "surface")
    column = QVBoxLayout(sheet)
    column.setContentsMargins(0, 0, look.px(8), 0)
    column.setSpacing(look.px(7))
    if not keys:
        column.addWidget(text_label(tr("没有这样的按键。"), role="faint", name="key_none"))
    for group, rows in keys:
        column.addSpacing(look.px(6))
        column.addWidget(text_label(group, role="hint"))
        for key, words in rows:
            line = QHBoxLayout()
            line.addWidget(text_label(words, role="table", wrap=True), 1)
            line.addWidget(KeyCap(key.replace(" ", "+") if key != "Ctrl +" else "Ctrl++"))
            column.addLayout(line)
    column.addStretch(1)
    return sheet
