"""The line under the ledger: what was found, what the view holds, what can be done with it."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from centerdesk.qtkit.labels import TextLabel, text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.keycap import KeyCap


class LedgerFoot(QFrame):
    """表脚. Facts at the left, 复制, 导出 and 打印 with their keys at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ledger_foot")
        self.setProperty("ground", "surface2")
        self._found = text_label(role="secondary", name="foot_found")
        self._enter = KeyCap("Return")
        self._only = text_label(role="secondary", name="foot_only")
        self._view = text_label(role="secondary", name="foot_view")
        self._chosen = text_label(role="secondary", name="foot_chosen")
        self.copy_button, copy = _with_key("复制", "Ctrl+C", "foot_copy")
        self.export_button, export = _with_key("导出", "Ctrl+E", "foot_export")
        self.print_button, print_ = _with_key("打印", "Ctrl+P", "foot_print")
        self._leaving = (export, print_)
        self._row = QHBoxLayout(self)
        for widget in (self._found, self._enter, self._only, self._view, self._chosen):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        self._row.addWidget(copy)
        self._row.addWidget(export)
        self._row.addWidget(print_)
        self._fit()
        theme_hub().changed.connect(self._fit)
        self.show_facts("", 0, None, 0, narrow=False)

    def _fit(self) -> None:
        look = theme()
        self._row.setContentsMargins(look.px(16), look.px(7), look.px(10), look.px(7))
        self._row.setSpacing(look.px(6))
        radius = look.size("radius-card") - 1
        self.setStyleSheet(
            f"#ledger_foot {{ border-bottom-left-radius: {radius}px; border-bottom-right-radius: {radius}px; }}"
        )

    def allow_export(self, on: bool) -> None:
        """Without the right there is no button."""
        for way in self._leaving:
            way.setVisible(on)

    def show_facts(self, query: str, found: int, total: int | None, chosen: int, *, narrow: bool) -> None:
        """`total` is what view and chips hold, None while it is being counted."""
        searching = bool(query)
        _say(self._found, _found_words(query, found, total, narrow) if searching else "")
        offer = searching and found > 0 and not narrow
        self._enter.setVisible(offer)
        _say(self._only, f"只看这 {found:,} 人" if offer else "")
        _say(
            self._view,
            "" if total is None or narrow else f"  视图内 {total:,} 人" if searching else f"共 {total:,} 人",
        )
        _say(self._chosen, f"  已选 {chosen:,} 人" if chosen else "")


def _found_words(query: str, found: int, total: int | None, narrow: bool) -> str:
    if found == 0:
        return f"「{query}」没找到" + ("，下面是这个视图里的其他人" if total and not narrow else "")
    return (
        f"只看「{query}」找到的 {found:,} 人，Esc 看全部"
        if narrow
        else f"「{query}」找到 {found:,} 人，排在最前"
    )


def _say(label: TextLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _with_key(text: str, key: str, name: str) -> tuple[QPushButton, QWidget]:
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(8, 0, 0, 0)
    row.setSpacing(4)
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("kind", "link")
    row.addWidget(button)
    row.addWidget(KeyCap(key))
    return button, box
