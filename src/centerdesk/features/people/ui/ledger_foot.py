"""The line under the ledger: what was found, what the view holds, what can be done with it."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from centerdesk.features.people.queries import MOST_HITS
from centerdesk.qtkit.labels import TextLabel, plain_tip, text_label, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.one_line import OneLine
from centerdesk.qtkit.painted.keycap import KeyCap, key_words


class LedgerFoot(QFrame):
    """表脚. Facts at the left, 复制, 导出 and 打印 with their keys at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ledger_foot")
        self.setProperty("ground", "surface2")
        self._found = OneLine(role="secondary", name="foot_found", wants=True)
        self._enter = KeyCap("Return")
        self._only = text_label(role="secondary", name="foot_only")
        self._view = text_label(role="secondary", name="foot_view")
        self._chosen = text_label(role="secondary", name="foot_chosen")
        self.detail = _Act("看这位", "Ctrl+I", "foot_detail")
        self.copy, self.export, self.print = (
            _Act("复制", "Ctrl+C", "foot_copy"),
            _Act("导出", "Ctrl+E", "foot_export"),
            _Act("打印", "Ctrl+P", "foot_print"),
        )
        self._acts = (self.detail, self.copy, self.export, self.print)
        self.detail.hide()
        self._told: tuple[object, ...] = ()
        self._row = QHBoxLayout(self)
        for widget in (self._found, self._enter, self._only, self._view, self._chosen):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        for act in self._acts:
            self._row.addWidget(act)
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
        for act in (self.export, self.print):
            act.setVisible(on)
        self._make_room()

    def offer_detail(self, on: bool) -> None:
        """The way to the drawer of the person in hand, while it is closed."""
        if on == self.detail.isHidden():
            self.detail.setVisible(on)
            self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Where not all fits: the view's total goes first, then the keys, then what Enter would do."""
        offered = bool(self._only.text())
        for widget in (self._view, self._only, self._chosen):
            widget.setVisible(bool(widget.text()))
        self._enter.setVisible(offered)
        for act in self._acts:
            act.show_key(True)
        for less in (self._less_total, self._less_keys, self._less_offer, self._less_key):
            if self._wanted() <= self.width():
                return
            less()

    def _less_total(self) -> None:
        self._view.setVisible(bool(self._view.text()) and self._found.isHidden())

    def _less_keys(self) -> None:
        for act in self._acts:
            act.show_key(act is self.detail)

    def _less_offer(self) -> None:
        self._only.hide()
        self._enter.hide()

    def _less_key(self) -> None:
        self.detail.show_key(False)

    def _wanted(self) -> int:
        margins = self._row.contentsMargins()
        parts = (self._found, self._enter, self._only, self._view, self._chosen, *self._acts)
        wide = [part.sizeHint().width() for part in parts if not part.isHidden()]
        return sum(wide) + self._row.spacing() * len(wide) + margins.left() + margins.right()

    def show_facts(self, query: str, found: int, total: int | None, chosen: int, *, narrow: bool) -> None:
        """`total` is what view and chips hold, None while it is being counted; `found` beyond MOST_HITS is “more”."""
        if (told := (query, found, total, chosen, narrow)) == self._told:
            return
        self._told = told
        searching = bool(query)
        _say(self._found, _found_words(query, found, total, narrow) if searching else "")
        offer = searching and found > 0 and not narrow
        _say(self._only, f"只看这 {_said(found)} 人" if offer else "")
        _say(
            self._view,
            "" if total is None or narrow else f"  视图内 {total:,} 人" if searching else f"共 {total:,} 人",
        )
        _say(self._chosen, f"  已选 {chosen:,} 人" if chosen else "")
        self._make_room()


def _found_words(query: str, found: int, total: int | None, narrow: bool) -> str:
    if found == 0:
        return f"「{query}」没找到" + ("，下面是这个视图里的其他人" if total and not narrow else "")
    return (
        f"只看「{query}」找到的 {_said(found)} 人，Esc 看全部"
        if narrow
        else f"「{query}」找到 {_said(found)} 人，排在最前"
    )


def _said(found: int) -> str:
    return f"{found:,}" if found <= MOST_HITS else f"{MOST_HITS:,}+"


def _say(label: TextLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


class _Act(QWidget):
    """A link and its key; the key goes where there is no room for it, and is told in the tooltip."""

    def __init__(self, text: str, key: str, name: str) -> None:
        super().__init__()
        self._cap = KeyCap(key)
        self.button = QPushButton(text)
        self.button.setObjectName(name)
        self.button.setProperty("kind", "link")
        self.button.setToolTip(plain_tip(f"{text}  {key_words(key)}"))
        self.button.setAccessibleDescription(tr("快捷键 {}").format(key_words(key)))
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.button)
        row.addWidget(self._cap)

    def show_key(self, on: bool) -> None:
        self._cap.setVisible(on)
