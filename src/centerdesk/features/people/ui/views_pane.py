"""The views at the left of the ledger: name and how many."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from centerdesk.features.people.queries import VIEWS
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import RIGHT, draw_text
from centerdesk.qtkit.painted.card import Card, CardKind

_COUNT = Qt.ItemDataRole.UserRole + 1
_WARNS = frozenset({"stale"})


class _Entry(QStyledItemDelegate):
    """Name at the left, count at the right, wash under the chosen one."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(theme().px(120), theme().size("control-small") + theme().px(3))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        look, rect = theme(), QRectF(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("wash"))
            painter.drawRoundedRect(rect.adjusted(0, 1, 0, -1), look.px(6), look.px(6))
        inner = rect.adjusted(look.px(12), 0, -look.px(9), 0)
        count, warns = index.data(_COUNT), index.data(Qt.ItemDataRole.UserRole) in _WARNS
        text = "" if count is None else f"{count:,}"
        ink = "dawn-ink" if warns and count else "primary-d" if chosen else "ink2"
        font = look.font("table", bold=chosen or (warns and bool(count)))
        draw_text(painter, inner, text, font, ink, RIGHT)
        name = look.font("table", bold=chosen)
        draw_text(painter, inner, str(index.data()), name, "primary-d" if chosen else "ink", elide=True)
        painter.restore()


class ViewsPane(Card):
    """视图. One is always chosen; the choice is told by `chosen`."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, padded=False)
        self.setObjectName("views_pane")
        self._heading = text_label("视图", role="hint")
        self.list = QListWidget()
        self.list.setObjectName("views")
        self.list.setAccessibleName(tr("视图"))
        self.list.setItemDelegate(_Entry(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for view, title in VIEWS.items():
            item = QListWidgetItem(title, self.list)
            item.setData(Qt.ItemDataRole.UserRole, view)
        self.list.setCurrentRow(0)
        self.list.currentRowChanged.connect(self._on_row)
        self.tray = QPushButton()
        self.tray.setObjectName("proposals_tray")
        self.tray.setProperty("kind", "link")
        self.tray.hide()
        self._note = Card(kind=CardKind.QUIET)
        self._note.setObjectName("masked_note")
        self._note.body.addWidget(text_label("名单默认打码", role="strong"))
        self._note.body.addWidget(
            text_label("看全号要按住并选事由，30 秒后重新打码。", role="secondary", wrap=True)
        )
        self.body.addWidget(self._heading)
        self.body.addWidget(self.list, 1)
        foot = QVBoxLayout()
        foot.addWidget(self.tray, 0, Qt.AlignmentFlag.AlignLeft)
        foot.addWidget(self._note)
        self.body.addLayout(foot)
        self._foot = foot
        self._fit()
        theme_hub().changed.connect(self._fit)

    def _fit(self) -> None:
        look = theme()
        self.body.setSpacing(look.px(8))
        self._heading.setContentsMargins(look.px(19), look.px(10), 0, look.px(2))
        self.list.setContentsMargins(0, 0, 0, 0)
        self.list.setViewportMargins(look.px(6), 0, look.px(6), 0)
        self._foot.setContentsMargins(look.px(9), 0, look.px(9), look.px(10))

    def show_counts(self, counts: Mapping[str, int]) -> None:
        """How many each view holds."""
        for row in range(self.list.count()):
            item = self.list.item(row)
            count = counts.get(item.data(Qt.ItemDataRole.UserRole))
            item.setData(_COUNT, count)
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole,
                item.text() if count is None else f"{item.text()}，{count} 人",
            )

    def show_proposals(self, waiting: int, all_: int) -> None:
        """The way to the proposals, while there are any; how many wait for this person."""
        self.tray.setText(tr("等您定的提议 {}").format(waiting) if waiting else tr("提议 {}").format(all_))
        self.tray.setAccessibleName(self.tray.text())
        self.tray.setVisible(bool(all_))

    def show_note(self, on: bool) -> None:
        """The reminder at the foot gives way where the window is low."""
        self._note.setVisible(on)

    @property
    def view(self) -> str:
        """The chosen view's id."""
        return str(self.list.currentItem().data(Qt.ItemDataRole.UserRole))

    def choose(self, view: str) -> None:
        """Choose a view by id."""
        self.list.setCurrentRow(list(VIEWS).index(view))

    def _on_row(self, _row: int) -> None:
        self.chosen.emit(self.view)
