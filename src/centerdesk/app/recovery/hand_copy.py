"""Copying the recovery code by hand where there is no printer: one group at a time, five seconds each (UI 18)."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QHideEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from centerdesk.kernel.recovery import GROUPS, RecoveryCode
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import CENTRE, PaintedWidget, begin, draw_text
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.pens import pen


class _Letters(PaintedWidget):
    """Five large letters, or nothing. Not told to screen readers: they would say it aloud in the room."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.setObjectName("hand_letters")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.describe(self.tr("要抄的一组"))

    def show_text(self, text: str) -> None:
        self.text = text
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(260), round(theme().scale(64)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = theme(), begin(self)
        painter.setPen(pen("control", look.edge("field")))
        painter.setBrush(look.colour("surface2"))
        radius = look.size("radius-control")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        font = look.font("key_figure")
        font.setFamilies(["DejaVu Sans Mono", "Liberation Mono", "Consolas", *font.families()])
        font.setLetterSpacing(QFont.SpacingType.AbsoluteSpacing, look.px(8))
        draw_text(painter, QRectF(self.rect()), self.text, font, "ink", CENTRE)
        painter.end()


class HandCopy(QWidget):
    """抄在格子纸上. `copied` once every group and the check mark were shown. GUI thread."""

    SHOW_MS: ClassVar[int] = 5000

    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hand_copy")
        self._parts: tuple[str, ...] = ()
        self._next = 0
        self._words = text_label(role="secondary", name="hand_words", wrap=True)
        self._letters = _Letters()
        self.show_next = KeyButton("", icon_name="eye")
        self.show_next.setObjectName("hand_next")
        self.show_next.clicked.connect(self._show)
        self.again = KeyButton(self.tr("从头再看"), small=True)
        self.again.setObjectName("hand_again")
        self.again.clicked.connect(self._from_start)
        row = QHBoxLayout()
        row.addWidget(self.show_next)
        row.addStretch(1)
        row.addWidget(self.again)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme().px(14), theme().px(10), theme().px(14), theme().px(12))
        box.addWidget(self._words)
        box.addWidget(self._letters)
        box.addLayout(row)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._cover)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def start(self, code: RecoveryCode) -> None:
        """Begin with the first group; nothing is shown before the button is pressed."""
        self._parts = (*code.groups, code.check)
        self._from_start()

    def forget(self) -> None:
        """Nothing of the code stays here."""
        self._timer.stop()
        self._parts = ()
        self._letters.show_text("")

    @property
    def shown(self) -> str:
        """What can be read now, "" most of the time."""
        return self._letters.text

    def _from_start(self) -> None:
        self._timer.stop()
        self._next = 0
        self._letters.show_text("")
        self._say()

    def _name(self, index: int) -> str:
        return self.tr("第 {} 组").format(index + 1) if index < GROUPS else self.tr("校验")

    def _say(self) -> None:
        if self._next < len(self._parts):
            self.show_next.setText(self.tr("看{}，5 秒").format(self._name(self._next)))
            self.show_next.set_missing("")
            self._words.setText(
                self.tr("拿两张格子纸，一组一组抄。旁边不要有别人、不要拍照。抄好一组再看下一组。")
            )
        else:
            self.show_next.setText(self.tr("都看过了"))
            self.show_next.set_missing(self.tr("照纸敲一遍"))
            self._words.setText(self.tr("抄完了，两张都抄。写上“手抄”和单号，再照纸敲一遍。"))

    def _show(self) -> None:
        if self._next >= len(self._parts) or self._timer.isActive():
            return
        self._letters.show_text(self._parts[self._next])
        self.show_next.set_missing(self.tr("正在看"))
        self._timer.start(self.SHOW_MS)

    def _cover(self) -> None:
        self._letters.show_text("")
        self._next += 1
        self._say()
        if self._next == len(self._parts):
            self.copied.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """A group is never left on a screen that comes back."""
        super().hideEvent(event)
        if self._timer.isActive():
            self._timer.stop()
            self._letters.show_text("")
            self._say()
