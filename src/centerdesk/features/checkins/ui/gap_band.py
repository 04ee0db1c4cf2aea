"""The brown line over the page: when nobody watched, until a person has taken note (G14, G16)."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from centerdesk.features.checkins.queries_alarm import WatchState
from centerdesk.features.checkins.ui.words import clock_word, gap_line
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import IconLabel


class GapBand(QFrame):
    """没看着的时段. One stretch after the other; a watcher that is silent now comes first."""

    confirmed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("gap_band")
        self.setProperty("band", "warning")
        self._gap: UUID | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(theme().px(12), theme().px(5), theme().px(6), theme().px(5))
        row.setSpacing(theme().px(10))
        row.addWidget(IconLabel("warning", "dawn-ink"))
        self._text = text_label(role="strong", name="gap_text", wrap=True)
        row.addWidget(self._text, 1)
        self._button = KeyButton(self.tr("确认"), small=True)
        self._button.setObjectName("gap_confirm")
        self._button.clicked.connect(self._on_confirm)
        row.addWidget(self._button)
        self.hide()

    def show_watch(self, watch: WatchState, *, may_confirm: bool) -> None:
        """The oldest stretch nobody has taken note of; hidden when all is well."""
        gap = watch.gaps[0] if watch.gaps else None
        self._gap = gap.id if gap else None
        text = gap_line(gap) if gap else ""
        if watch.silent and watch.beat_at is not None:
            since = clock_word(watch.beat_at)
            text = f"看护程序 {since} 起没有动静，到点不会自己报警。请重开本机或叫管理员。{text}"
        if len(watch.gaps) > 1:
            text = f"{text}（还有 {len(watch.gaps) - 1} 段）"
        self._text.setText(text)
        self.setAccessibleName(text)
        self._button.setVisible(gap is not None and may_confirm)
        self.setVisible(bool(text))

    def _on_confirm(self) -> None:
        if self._gap is not None:
            self.confirmed.emit(self._gap)
