"""The head of a page: title in serif, one line of facts, the search field and at most two buttons."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.labels import plain_tip
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.one_line import OneLine
from centerdesk.qtkit.painted.base import PaintedWidget, begin, draw_text, follow_look
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.keycap import key_words, keycap_width, paint_keycap
from centerdesk.qtkit.pens import pen


class SearchButton(QAbstractButton):
    """Looks like a field and opens the palette (找人、门牌、命令)."""

    typed = Signal(str)

    def __init__(
        self, text: str = "找人、门牌、命令", key: str = "Ctrl+K", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setText(text)
        self._key, self._narrow = key_words(key), False
        self.setObjectName("search_button")
        self.setAccessibleName(self.tr("搜索和命令"))
        self.setAccessibleDescription(self.tr("{}，快捷键 {}").format(text, self._key))
        self.setToolTip(plain_tip(f"{text}  {self._key}"))
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        follow_look(self)

    def set_narrow(self, narrow: bool) -> None:
        """Only icon and key in narrow windows."""
        self._narrow = narrow
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """330 wide, or as its icon and key need."""
        look = theme()
        wide = look.size("search-width")
        if self._narrow:
            wide = round(keycap_width(self._key) + look.size("icon") + look.px(34))
        return QSize(wide, look.size("control"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Field, magnifier, words, key."""
        look, painter = theme(), begin(self)
        width = look.edge("control")
        body = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.setPen(pen("control" if self.underMouse() else "line2", width))
        painter.setBrush(look.colour("surface"))
        painter.drawRoundedRect(body, look.size("radius-control"), look.size("radius-control"))
        side, middle = look.size("icon-button"), self.height() / 2
        left = look.px(12)
        paint_icon(painter, QRectF(left, middle - side / 2, side, side), "search", "ink2")
        cap, high = keycap_width(self._key), look.size("keycap")
        right = self.width() - look.px(9) - cap
        paint_keycap(painter, QRectF(right, middle - high / 2, cap, high), self._key)
        if not self._narrow:
            start = left + side + look.px(8)
            room = QRectF(start, 0, right - start - look.px(6), self.height())
            draw_text(painter, room, self.text(), look.font("body"), "ink3", elide=True)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters start the search at once; Enter opens it empty."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        elif event.text().isprintable() and event.text().strip():
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)


class PageHeader(PaintedWidget):
    """页头. `search` opens the palette; `add_button` takes at most two, one of them primary."""

    def __init__(self, title: str = "", facts: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("page_header")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._narrow = False
        self._row = QHBoxLayout(self)
        self._words = QVBoxLayout()
        self._words.setSpacing(0)
        self._title = OneLine(title, role="page-title", name="page_title", wants=True)
        self._facts = OneLine(facts, role="facts", name="page_facts", between=" · ")
        self._words.addWidget(self._title)
        self._words.addWidget(self._facts)
        self._row.addLayout(self._words, 1)
        self.search = SearchButton(parent=self)
        self._row.addWidget(self.search)
        self._buttons: list[KeyButton] = []
        self._measure()
        theme_hub().changed.connect(self._measure)

    def set_texts(self, title: str, facts: str = "") -> None:
        """Title and the line of facts under it (scope, counts, as-of time)."""
        self._title.setText(title)
        self._facts.setText(facts)
        self._fit()

    def add_button(self, button: KeyButton) -> None:
        """Add one at the right."""
        self._buttons.append(button)
        self._row.addWidget(button)
        self._fit()

    def set_narrow(self, narrow: bool) -> None:
        """Below 1320: one line of 54 with the facts behind the title, secondary buttons as icons."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        self._words.setDirection(
            QVBoxLayout.Direction.LeftToRight if narrow else QVBoxLayout.Direction.TopToBottom
        )
        self.search.set_narrow(narrow)
        for button in self._buttons[:-1]:
            button.set_only_icon(narrow)
        self._measure()

    def _measure(self) -> None:
        look = theme()
        self._row.setContentsMargins(0, look.px(4), 0, look.px(4))
        self._row.setSpacing(look.size("gap-narrow" if self._narrow else "gap"))
        self._words.setSpacing(look.px(14) if self._narrow else 0)
        self._words.setStretch(1, 1 if self._narrow else 0)  # the facts follow the title at once
        self.setFixedHeight(look.size("page-header-narrow" if self._narrow else "page-header"))
        self._fit()

    def _fit(self) -> None:
        """Beside a title that takes the whole line the facts go."""
        beside = (self.search, *self._buttons)
        taken = sum(part.sizeHint().width() + self._row.spacing() for part in beside)
        left = self.width() - taken - self._title.sizeHint().width() - self._words.spacing()
        self._facts.setVisible(bool(self._facts.full) and (not self._narrow or left >= theme().px(60)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
