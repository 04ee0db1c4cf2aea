"""The left pane: whose route, how far, the list, and the keys at its foot."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from centerdesk.features.checkins.ui.route import RouteEntry
from centerdesk.features.checkins.ui.route_list import RouteList
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.painted.keycap import KeyCap

MORNING = (
    ("空格", "已开"),
    ("X", "未开"),
    ("U", "看不清"),
    ("H", "求助"),
    ("L", "稍后再看"),
    ("Ctrl+Z", "撤销"),
)
EVENING = (("空格", "已拉上"), ("X", "没拉"), *MORNING[2:])


class KeyLegend(QWidget):
    """键说明. What the keys do here; in low windows the most used and F1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("key_legend")
        self._grid = QGridLayout(self)
        self._shown: tuple[str, bool] | None = None
        self.show_keys("morning", low=False)
        theme_hub().changed.connect(self._measure)

    def show_keys(self, slot: str, *, low: bool) -> None:
        """The words of a morning or an evening round."""
        if self._shown == (slot, low):
            return
        self._shown = (slot, low)
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        keys = EVENING if slot == "evening" else MORNING
        shown = (*keys[:2], ("F1", "全部")) if low else keys
        columns = 3 if low else 2
        for number, (key, words) in enumerate(shown):
            pair = QWidget()
            row = QHBoxLayout(pair)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(theme().px(3 if low else 7))
            row.addWidget(KeyCap(key))
            row.addWidget(text_label(words, role="hint" if low else "table"))
            row.addStretch(1)
            self._grid.addWidget(pair, number // columns, number % columns)
        self.setAccessibleName("，".join(f"{key} {words}" for key, words in keys))
        self._measure()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A ground with the round corners of the card."""
        look, painter = theme(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("surface2"))
        radius = look.size("radius-card") - 1
        painter.setClipRect(self.rect())
        painter.drawRoundedRect(self.rect().adjusted(0, -2 * radius, 0, 0), radius, radius)
        painter.end()

    def _measure(self) -> None:
        look = theme()
        low = self._shown is not None and self._shown[1]
        self._grid.setContentsMargins(
            look.px(7 if low else 10), look.px(9), look.px(4 if low else 6), look.px(9)
        )
        self._grid.setHorizontalSpacing(look.px(5 if low else 11))
        self._grid.setVerticalSpacing(look.px(7))


class RoutePane(Card):
    """路线栏. The list in walking order; what is done with a home is for the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, padded=False)
        self.setObjectName("route_pane")
        self.setAccessibleName(self.tr("路线栏"))
        self._words_top = text_label(role="card-title", name="route_title")
        self._count = text_label(role="facts", name="route_count")
        self._jump = text_label(role="warning", name="route_jump")
        self._top = QWidget()
        row = QHBoxLayout(self._top)
        row.addWidget(self._words_top)
        row.addStretch(1)
        row.addWidget(self._jump)
        row.addWidget(self._count)
        self._jump.hide()
        self.list = RouteList()
        self.legend = KeyLegend()
        self._hint = text_label(role="hint", name="route_hint", wrap=True)
        self._hint.hide()
        for widget in (self._top, Rule(self)):
            self.body.addWidget(widget)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self._hint)
        self.body.addWidget(Rule(self))
        self.body.addWidget(self.legend)
        self._measure_head()
        theme_hub().changed.connect(self._measure_head)

    def show_head(self, title: str, seen: int, due: int, *, narrow: bool) -> None:
        """第一网格 · 早线, 已看 14 / 20."""
        self._words_top.setText(title)
        self._count.setText(f"{seen} / {due}" if narrow else self.tr("已看 {} / {}").format(seen, due))

    def show_entries(self, entries: Sequence[RouteEntry], current: UUID | None) -> None:
        self.list.show_entries(entries, current)

    def show_hint(self, text: str) -> None:
        """A sentence above the keys, "" for none."""
        self._hint.setText(text)
        self._hint.setVisible(bool(text))

    def show_jump(self, digits: str) -> None:
        """The number being typed, until Enter."""
        self._jump.setText(self.tr("到第 {} 户 Enter").format(digits))
        self._jump.setVisible(bool(digits))
        self._count.setVisible(not digits)

    def _measure_head(self) -> None:
        look = theme()
        self._top.setFixedHeight(look.size("card-header"))
        layout = self._top.layout()
        assert layout is not None
        layout.setContentsMargins(look.px(14), 0, look.px(12), 0)
        self._hint.setContentsMargins(look.px(14), look.px(8), look.px(12), look.px(8))
