"""Cards and the figures on them."""

from __future__ import annotations

import enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.labels import TextLabel, set_state, text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import PaintedWidget, begin, draw_text, line_height, text_width
from centerdesk.qtkit.pens import pen


class CardKind(enum.Enum):
    """Elevation and message of a card; the style sheet draws it."""

    PLAIN = "plain"
    WARNING = "warning"
    ALARM = "alarm"
    QUIET = "quiet"


class IconLabel(PaintedWidget):
    """An icon beside words; never alone, so it is not in the tab order (图标).

    `line` names the font whose first line it stands beside, where the words may take several.
    """

    def __init__(
        self,
        name: str,
        token: str = "ink2",
        parent: QWidget | None = None,
        *,
        filled: bool = False,
        size: str = "icon",
        line: str = "",
    ) -> None:
        super().__init__(parent)
        self._name, self._token, self._filled, self._size = name, token, filled, size
        self._line = line
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, name: str, token: str, *, filled: bool = False) -> None:
        """Another icon or colour."""
        self._name, self._token, self._filled = name, token, filled
        self.update()

    def sizeHint(self) -> QSize:
        """Square, from the tokens; as high as the line beside it."""
        side = theme().size(self._size)
        high = QFontMetrics(theme().font(self._line)).height() if self._line else side
        return QSize(side, max(side, high))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The icon."""
        painter = begin(self)
        side, middle = self.width(), self.height() / 2
        if self._line:  # the letters stand a little below the middle of their line
            metrics = QFontMetricsF(theme().font(self._line))
            middle += metrics.ascent() - (metrics.height() + metrics.capHeight()) / 2
        place = QRectF(0, middle - side / 2, side, side)
        paint_icon(painter, place, self._name, self._token, filled=self._filled)
        painter.end()


class Rule(QFrame):
    """A hairline between parts of a card (分隔线)."""

    def __init__(self, parent: QWidget | None = None, *, vertical: bool = False) -> None:
        super().__init__(parent)
        self._vertical = vertical
        self.setProperty("rule", "true")
        self._measure()
        theme_hub().changed.connect(self._measure)

    def _measure(self) -> None:
        width = theme().edge("hair")
        if self._vertical:
            self.setFixedWidth(width)
        else:
            self.setFixedHeight(width)


class Card(QFrame):
    """A card (卡片): header with icon and title, then `body`. Without a title there is no header.

    `header` is the layout at the right of the title (badges, links); `body` takes the content, padded.
    A `listed` one holds a list from edge to edge, which stops short of the rounded corners at the foot.
    """

    def __init__(
        self,
        title: str = "",
        parent: QWidget | None = None,
        *,
        icon_name: str = "",
        token: str = "ink",
        kind: CardKind = CardKind.PLAIN,
        padded: bool = True,
        listed: bool = False,
    ) -> None:
        super().__init__(parent)
        self._padded, self._listed = padded and not listed, listed
        self.setProperty("card", kind.value)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self.header = QHBoxLayout()
        self.body = QVBoxLayout()
        self._title: TextLabel | None = None
        self._head_icon: IconLabel | None = None
        self._head_icon_name = icon_name
        if title:
            self._head = QWidget(self)
            row = QHBoxLayout(self._head)
            row.setContentsMargins(0, 0, 0, 0)
            if icon_name:
                self._head_icon = IconLabel(icon_name, token, filled=True)
                row.addWidget(self._head_icon)
            self._title = text_label(title, role=_title_role(token))
            row.addWidget(self._title)
            row.addStretch(1)
            row.addLayout(self.header)
            self._head_rule = Rule(self)
            outer.addWidget(self._head)
            outer.addWidget(self._head_rule)
            self.setAccessibleName(title)
        outer.addLayout(self.body, 1)
        self._measure()
        theme_hub().changed.connect(self._measure)

    def set_title(self, title: str) -> None:
        """Other words in the header; a card made without a title keeps none."""
        if self._title is not None:
            self._title.setText(title)
            self.setAccessibleName(title)

    def set_token(self, token: str) -> None:
        """Another colour for icon and title; red only while a person is needed."""
        if self._title is not None:
            self._title.set_role(_title_role(token))
        if self._head_icon is not None:
            self._head_icon.show_icon(self._head_icon_name, token, filled=True)

    def set_kind(self, kind: CardKind) -> None:
        """Another elevation or message."""
        set_state(self, "card", kind.value)

    def set_header_shown(self, on: bool) -> None:
        """Low windows do without the header where the content says what it is; the card keeps its name."""
        if self._title is not None:
            self._head.setVisible(on)
            self._head_rule.setVisible(on)

    def _measure(self) -> None:
        look = theme()
        pad = look.size("card-padding")
        inner = pad if self._padded else 0
        self.body.setContentsMargins(inner, inner, inner, look.px(6) if self._listed else inner)
        self.body.setSpacing(look.px(8) if self._padded else 0)
        self.header.setSpacing(look.px(8))
        if self._title is not None:
            self._head.setFixedHeight(look.size("card-header"))
            layout = self._head.layout()
            if layout is not None:
                layout.setContentsMargins(pad, 0, pad, 0)
                layout.setSpacing(look.px(8))


def _title_role(token: str) -> str:
    return "card-title" if token == "ink" else f"card-title-{token}"


class Stat(PaintedWidget):
    """A key figure: 「31 / 40」 over 「已看 / 应看」 (数字). Every rate prints numerator and denominator."""

    def __init__(
        self,
        value: str = "",
        label: str = "",
        parent: QWidget | None = None,
        *,
        of: str = "",
        right: bool = True,
    ) -> None:
        super().__init__(parent)
        self._value, self._label, self._of, self._right = value, label, of, right
        self._token = "ink"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_value(value, of=of)

    def show_value(self, value: str, *, of: str = "", label: str | None = None, token: str = "ink") -> None:
        """`of` is the denominator; `token` colours the figure where its words say the same."""
        self._value, self._of, self._token = value, of, token
        self._label = self._label if label is None else label
        self.describe(f"{self._label} {value}{f'，共 {of}' if of else ''}".strip())
        self.updateGeometry()
        self.update()

    def _tail(self) -> str:
        return f" / {self._of}" if self._of else ""

    def sizeHint(self) -> QSize:
        """Figure and caption."""
        look = theme()
        wide = text_width(look.font("key_figure"), self._value) + text_width(
            look.font("record_name"), self._tail()
        )
        caption = text_width(look.font("caption"), self._label)
        high = line_height(look.font("key_figure")) * 0.86 + line_height(look.font("caption"))
        return QSize(round(max(wide, caption)) + 2, round(high) + 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Both lines, on one edge."""
        look, painter = theme(), begin(self)
        big, small, caption = look.font("key_figure"), look.font_px(16), look.font("caption")
        high = line_height(big) * 0.86
        value_wide, tail_wide = text_width(big, self._value), text_width(small, self._tail())
        left = self.width() - value_wide - tail_wide if self._right else 0.0
        draw_text(painter, QRectF(left, 0, value_wide + 2, high), self._value, big, self._token)
        tail = QRectF(left + value_wide, high * 0.22, tail_wide + 2, high * 0.78)
        draw_text(painter, tail, self._tail(), small, "ink2")
        align = Qt.AlignmentFlag.AlignRight if self._right else Qt.AlignmentFlag.AlignLeft
        below = QRectF(0, high, self.width(), self.height() - high)
        draw_text(painter, below, self._label, caption, "ink2", align | Qt.AlignmentFlag.AlignVCenter)
        painter.end()


class EmptyDrawing(PaintedWidget):
    """The line drawing of a window over an empty page (空); the first to go where there is no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        """40×36."""
        return QSize(round(theme().scale(40)), round(theme().scale(36)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Frame, cross bar, sill; all of it or nothing."""
        if self.height() < self.sizeHint().height():
            return
        look, painter = theme(), begin(self)
        painter.setPen(pen("ink3", look.scale(1.6)))
        inset = look.scale(5)
        frame = QRectF(self.rect()).adjusted(inset, look.scale(2), -inset, -look.scale(4))
        painter.drawRoundedRect(frame, look.scale(2), look.scale(2))
        across = frame.top() + frame.height() * 0.4
        painter.drawLine(int(frame.left()), int(across), int(frame.right()), int(across))
        painter.drawLine(
            int(frame.center().x()), int(frame.top()), int(frame.center().x()), int(frame.bottom())
        )
        foot = frame.bottom() + look.scale(2.4)
        painter.drawLine(int(frame.left() - inset), int(foot), int(frame.right() + inset), int(foot))
        painter.end()
