"""An alarm over a locked desk: building and surname, who should be going, one act (UI 15).

The same colours in every theme, sizes by the screen and not by the zoom. It never promises rescue; it says
who has been asked.
"""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QFont, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QScreen
from PySide6.QtWidgets import QPushButton, QWidget

from centerdesk.app.alarm.words import AlarmWords, Bar
from centerdesk.qtkit.fonts import choose_faces, make_font
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.look import Look, theme
from centerdesk.qtkit.notify import announce
from centerdesk.qtkit.painted.accessible import Role, give_role
from centerdesk.qtkit.painted.base import CENTRE, LEFT, RIGHT, draw_text, text_width
from centerdesk.qtkit.pens import pen
from centerdesk.qtkit.style import tick_path

_WIDE, _HIGH = 1440.0, 900.0
_BARS = {Bar.DONE: "alarm-ink", Bar.MISSED: "alarm-ink", Bar.NOW: "alarm-frame", Bar.AHEAD: "alarm-ink"}


class AlarmScreen(QWidget):
    """报警屏. One for each screen of the desk, above everything. `taken` when somebody says 我来接."""

    taken = Signal(object)

    def __init__(self, screen: QScreen | None = None, *, motion: bool = True) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint)
        give_role(self, Role.AlertMessage)
        self.setObjectName("alarm_screen")
        self.setWindowTitle(self.tr("窗明 · 报警"))
        self._look = Look.load("light")
        self._words: AlarmWords | None = None
        self._wide_frame = True
        self._button = TakeButton(self)
        self._button.clicked.connect(self._on_taken)
        self._beat = QTimer(self)
        self._beat.setInterval(500)
        self._beat.timeout.connect(self._flash)
        self._motion = motion
        if screen is not None:
            self.setScreen(screen)
            self.setGeometry(screen.geometry())

    @property
    def words(self) -> AlarmWords | None:
        return self._words

    def show_alarm(self, words: AlarmWords) -> None:
        """Show this alarm; said once aloud, and again when it is another one."""
        fresh = self._words is None or self._words.alarm_id != words.alarm_id
        self._words = words
        self.setAccessibleName(words.spoken)
        if fresh:
            announce(self, words.spoken, assertive=True)
        self.update()

    def rise(self) -> None:
        """Cover the screen and take the keys."""
        self.showFullScreen()
        self.raise_()
        self.activateWindow()
        self._button.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        if self._motion:
            self._beat.start()

    def tick(self, now: datetime) -> None:
        """The countdown, each second."""
        if self._words is not None and self._words.count(now) != self._words.shown:
            self._words = self._words.at(now)
            self.update()

    def leave(self) -> None:
        self._beat.stop()
        self.hide()
        self.deleteLater()

    def _on_taken(self) -> None:
        if self._words is not None:
            self.taken.emit(self._words.alarm_id)

    def _flash(self) -> None:
        self._wide_frame = not self._wide_frame
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is 我来接, wherever the focus is; nothing else does anything."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_taken()
        event.accept()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Alt+F4 comes from the window manager, not as a key: nothing but `leave` takes the screen away."""
        event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._button.setGeometry(self._place(96, 738, 750, 96))

    # --- drawing, in px of the 1440 × 900 design ------------------------------------------------------------

    @property
    def unit(self) -> float:
        """px of this screen for one px of the design."""
        return min(self.width() / _WIDE, self.height() / _HIGH)

    def _left(self) -> float:
        return (self.width() - _WIDE * self.unit) / 2

    def _top(self) -> float:
        return (self.height() - _HIGH * self.unit) / 2

    def _rect(self, x: float, y: float, w: float, h: float) -> QRectF:
        u = self.unit
        return QRectF(self._left() + x * u, self._top() + y * u, w * u, h * u)

    def _place(self, x: float, y: float, w: float, h: float) -> QRect:
        return self._rect(x, y, w, h).toAlignedRect()

    def _font(self, px: float, *, bold: bool = False, serif: bool = False) -> QFont:
        faces = choose_faces()
        return make_font(faces.serif if serif else faces.sans, px * self.unit, 600 if bold else 400)

    def _say(
        self,
        painter: QPainter,
        box: QRectF,
        text: str,
        px: float,
        token: str = "alarm-ink",
        align: Qt.AlignmentFlag = LEFT,
        *,
        bold: bool = False,
        serif: bool = False,
    ) -> float:
        """One line; answers how wide it came out."""
        font = self._font(px, bold=bold, serif=serif)
        draw_text(painter, box, text, font, theme().colour(token), align, elide=True)
        return text_width(font, text)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, frame, head, window, words, ladder, foot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter)
        self._paint_head(painter)
        if self._words is not None:
            self._paint_window(painter, self._words.look)
            self._paint_words(painter, self._words)
            self._paint_ladder(painter, self._words)
            for line, text in enumerate(self._words.foot):
                self._say(painter, self._rect(874, 758 + 29 * line, 480, 28), text, 17)
        painter.end()

    def _paint_ground(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), theme().colour("alarm-ground"))
        width = (14 if self._wide_frame else 10) * self.unit
        painter.setPen(pen("alarm-frame", width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = width / 2
        painter.drawRect(QRectF(self.rect()).adjusted(half, half, -half, -half))

    def _paint_head(self, painter: QPainter) -> None:
        ink = theme().colour("alarm-ink")
        paint_icon(painter, self._rect(58, 50, 20, 20), "lock", ink, filled=True)
        self._say(painter, self._rect(89, 44, 600, 34), self.tr("已锁屏，名字和门牌已遮住"), 18)
        words = self._words
        if words is None:
            return
        wide = self._say(painter, self._rect(1284, 44, 100, 36), words.clock, 22, align=RIGHT, bold=True)
        right = 1384 - wide / self.unit - 16
        painter.fillRect(self._rect(right, 53, 1, 18), ink)
        font = self._font(17)
        sound = text_width(font, words.sound) / self.unit
        self._say(painter, self._rect(right - 16 - sound, 44, sound + 4, 34), words.sound, 17)
        paint_icon(painter, self._rect(right - 16 - sound - 32, 50, 22, 22), "speaker", ink)

    def _paint_window(self, painter: QPainter, look: str) -> None:
        """A window, large: cloth that meets, glass that cannot be made out, a dark pane nobody looked at."""
        colour = self._look.colour
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("wall"))
        painter.drawRoundedRect(self._rect(96, 136, 420, 406), 6 * self.unit, 6 * self.unit)
        painter.fillRect(self._rect(125, 165, 362, 362), colour("surface"))
        painter.fillRect(self._rect(86, 540, 440, 20), colour("sill"))
        pane = self._rect(135, 175, 342, 342)
        if look == "closed":
            self._paint_cloth(painter, pane)
        elif look == "unclear":
            self._paint_hatch(painter, pane)
        else:
            painter.fillRect(pane, colour("unseen"))
            self._say(painter, pane, self.tr("漏"), 150, align=CENTRE, bold=True)
        sign = "?" if look == "unclear" else "!"
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("surface"))
        disc = self._rect(442, 130, 80, 80)
        painter.drawEllipse(disc)
        font = self._font(58, bold=True)
        draw_text(painter, disc, sign, font, colour("dawn-ink" if sign == "?" else "redfill"), CENTRE)

    def _paint_cloth(self, painter: QPainter, pane: QRectF) -> None:
        colour, u = self._look.colour, self.unit
        painter.fillRect(pane, colour("c2"))
        step = pane.width() / 7
        for fold in range(7):
            x = pane.left() + fold * step
            for token, at, width in (("c3", 0.28, 3.0), ("c1", 0.68, 7.0)):
                painter.setPen(pen(colour(token), width * u))
                bend = 4 * u if fold % 2 else -4 * u
                top = QPointF(x + at * step, pane.top())
                painter.drawLine(top, QPointF(top.x() + bend, pane.bottom()))
        painter.fillRect(QRectF(pane.center().x() - 2 * u, pane.top(), 4 * u, pane.height()), colour("c4"))
        painter.fillRect(QRectF(pane.left(), pane.top(), pane.width(), 8 * u), colour("c4"))

    def _paint_hatch(self, painter: QPainter, pane: QRectF) -> None:
        colour, u = self._look.colour, self.unit
        painter.save()
        painter.setClipRect(pane)
        painter.setPen(pen(colour("hatch"), 26 * u))
        x = pane.left() - pane.height()
        while x < pane.right() + pane.height():
            painter.drawLine(
                QPointF(x, pane.bottom() + 20 * u), QPointF(x + pane.height(), pane.top() - 20 * u)
            )
            x += 68 * u
        painter.restore()

    def _paint_words(self, painter: QPainter, words: AlarmWords) -> None:
        self._say(painter, self._rect(589, 130, 780, 40), words.kind, 25)
        self._say(painter, self._rect(589, 166, 790, 104), words.whose, 72, bold=True, serif=True)
        wide = self._say(painter, self._rect(589, 276, 640, 190), words.shown, 168, "alarm-count", bold=True)
        left = 589 + wide / self.unit + 28
        widest = max(text_width(self._font(23), text) for text in words.then) / self.unit
        size = 23 * min(1.0, (1390 - left) / widest)  # a countdown above an hour leaves less room
        for line, text in enumerate(words.then):
            self._say(painter, self._rect(left, 356 + 36 * line, 1392 - left, 36), text, size)
        before, name, after = words.going
        x = 589.0
        for text, token, bold in (
            (before, "alarm-ink", False),
            (name, "alarm-count", True),
            (after, "alarm-ink", False),
        ):
            font = self._font(29, bold=bold)
            wide = text_width(font, text) / self.unit
            self._say(painter, self._rect(x, 466, min(wide + 4, 1390 - x), 48), text, 29, token, bold=bold)
            x += wide

    def _paint_ladder(self, painter: QPainter, words: AlarmWords) -> None:
        count = max(1, len(words.steps))
        room, gap = 1240.0, 8.0
        wide = (room - gap * (count - 1)) / count
        for index, step in enumerate(words.steps):
            x = 96 + index * (wide + gap)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().colour(_BARS[step.bar], 0.32 if step.bar is Bar.AHEAD else 1.0))
            painter.drawRoundedRect(self._rect(x, 602, wide, 11), 5 * self.unit, 5 * self.unit)
            token = "alarm-count" if step.bar is Bar.NOW else "alarm-ink"
            indent = self._paint_sign(painter, x, step.bar)
            self._say(
                painter, self._rect(x + indent, 624, wide - indent, 36), step.title, 21, token,
                bold=step.bar is Bar.NOW,
            )  # fmt: skip
            self._say(painter, self._rect(x, 658, wide, 28), step.time, 18)

    def _paint_sign(self, painter: QPainter, x: float, bar: Bar) -> float:
        """Tick, cross or arrow before a step: the state without its colour. Answers the room it took."""
        box = self._rect(x, 634, 17, 17)
        if bar is Bar.AHEAD:
            return 0.0
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(pen("alarm-ink", 2 * self.unit, rounded=True))
        if bar is Bar.DONE:
            painter.drawPath(tick_path(box.adjusted(-2, -2, 2, 2)))
        elif bar is Bar.MISSED:
            painter.drawLine(box.topLeft(), box.bottomRight())
            painter.drawLine(box.topRight(), box.bottomLeft())
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme().colour("alarm-count"))
            painter.drawPolygon([box.topLeft(), QPointF(box.right(), box.center().y()), box.bottomLeft()])
        return 26.0


class TakeButton(QPushButton):
    """我来接: white on the red ground, its key beside the words."""

    def __init__(self, parent: AlarmScreen) -> None:
        super().__init__(parent)
        self.setText(self.tr("我来接"))
        self.setObjectName("alarm_take")
        self.setAccessibleDescription(self.tr("按 Enter，再输密码看联系牌"))
        self._screen = parent

    def sizeHint(self) -> QSize:
        return QSize(750, 96)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Fill, words, key cap."""
        screen, look = self._screen, theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("alarm-count" if self.isDown() else "alarm-ink"))
        painter.drawRoundedRect(QRectF(self.rect()), 14 * screen.unit, 14 * screen.unit)
        font, small = screen._font(34, bold=True), screen._font(18)
        words, cap = text_width(font, self.text()), text_width(small, "Enter") + 26 * screen.unit
        gap = 20 * screen.unit
        left = (self.width() - words - gap - cap) / 2
        ink = look.colour("alarm-ground")
        draw_text(painter, QRectF(left, 0, words + 4, self.height()), self.text(), font, ink)
        high = 34 * screen.unit
        box = QRectF(left + words + gap, (self.height() - high) / 2, cap, high)
        painter.setPen(pen(ink, max(1.0, 1.4 * screen.unit)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 5 * screen.unit, 5 * screen.unit)
        draw_text(painter, box, "Enter", small, ink, CENTRE)
        painter.end()
