"""月历: one row a door, one column a day, morning above evening, and beside it when each curtain opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from centerdesk.features.checkins.queries_elder import MonthRow
from centerdesk.features.checkins.rules import PAUSED, UNSEEN
from centerdesk.features.checkins.ui.month_cells import paint_half, paint_rhythm
from centerdesk.features.checkins.ui.words import clock_word, state_word
from centerdesk.kernel.clock import Month
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.accessible import Role, give_role
from centerdesk.qtkit.painted.base import CENTRE, draw_text, follow_look, text_width
from centerdesk.qtkit.pens import pen

_ROW, _HEAD, _FOOT, _COLUMN = 27.0, 44.0, 28.0, 18.5
_WEEK = "一二三四五六日"


@dataclass(frozen=True)
class MonthSheet:
    """What the matrix shows. `today` frames a column; `as_of` says up to when the figures count."""

    month: Month
    rows: tuple[MonthRow, ...]
    today: date
    as_of: datetime
    until: date | None = None

    @property
    def days(self) -> tuple[date, ...]:
        """The month, and behind it the first days of the next where it has just ended."""
        count = ((self.until or self.month.last) - self.month.first).days + 1
        return tuple(self.month.first + timedelta(days=n) for n in range(count))


class MonthMatrix(QAbstractScrollArea):
    """月历表. Arrow keys walk the cells, Enter opens the day of a home; rows carry doors, never names."""

    cell_chosen = Signal(object, object)  # MonthRow, date
    cursor_moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        give_role(self, Role.Table)
        self.setObjectName("month_matrix")
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._sheet: MonthSheet | None = None
        self._row = self._column = 0
        self._wanted: UUID | None = None
        follow_look(self)
        theme_hub().changed.connect(self._fit)

    @property
    def cursor_cell(self) -> tuple[MonthRow, date] | None:
        """Where the keyboard is."""
        if self._sheet is None or not self._sheet.rows:
            return None
        return self._sheet.rows[self._row], self._sheet.days[self._column]

    def show_sheet(self, sheet: MonthSheet) -> None:
        """Another month, or the same one read again."""
        same = self._sheet is not None and self._sheet.month == sheet.month
        self._sheet = sheet
        if not same and sheet.today in sheet.days:
            self._column = sheet.days.index(sheet.today)
        self._column = min(self._column, len(sheet.days) - 1)
        self._row = min(self._row, max(0, len(sheet.rows) - 1))
        self._take_wanted()
        self._fit()
        self._say()
        self.viewport().update()

    def want_row(self, enrolment_id: UUID) -> None:
        """Put the cursor on this home, as soon as a sheet holds it."""
        self._wanted = enrolment_id
        self._take_wanted()

    def _take_wanted(self) -> None:
        rows = self._sheet.rows if self._sheet is not None else ()
        place = next((n for n, row in enumerate(rows) if row.enrolment_id == self._wanted), None)
        if place is not None:
            self._row, self._wanted = place, None
            self._show_cursor()

    # --- geometry -------------------------------------------------------------------------------------------

    def _left(self) -> float:
        return theme().scale(84)

    def _step(self) -> float:
        """Width of a day: as drawn, less where the pane is narrow."""
        days = len(self._sheet.days) if self._sheet else 31
        return min(
            theme().scale(_COLUMN), (self.viewport().width() - self._left() - theme().scale(10)) / days
        )

    def _rhythm(self) -> QRectF | None:
        """Where the rhythm strips stand, None when there is no room for them."""
        days = len(self._sheet.days) if self._sheet else 31
        left = self._left() + days * self._step() + theme().scale(20)
        wide = self.viewport().width() - left - theme().scale(14)
        return QRectF(left, 0, wide, 0) if wide >= theme().scale(110) else None

    def _fit(self) -> None:
        rows = len(self._sheet.rows) if self._sheet else 0
        look = theme()
        body = self.viewport().height() - look.scale(_HEAD + _FOOT)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, round(rows * look.scale(_ROW) - body)))
        bar.setPageStep(max(1, round(body)))
        bar.setSingleStep(round(look.scale(_ROW)))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(260), theme().px(160))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # --- keyboard and pointer ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0),
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is not None and self._sheet is not None and self._sheet.rows:
            self._row = max(0, min(len(self._sheet.rows) - 1, self._row + step[0]))
            self._column = max(0, min(len(self._sheet.days) - 1, self._column + step[1]))
            self._show_cursor()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (at := self.cursor_cell) is not None:
            self.cell_chosen.emit(*at)
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._sheet is None:
            return
        look = theme()
        column = int((event.position().x() - self._left()) // self._step())
        top = event.position().y() - look.scale(_HEAD) + self.verticalScrollBar().value()
        row = int(top // look.scale(_ROW))
        if 0 <= row < len(self._sheet.rows) and event.position().y() > look.scale(_HEAD):
            self._row = row
            if 0 <= column < len(self._sheet.days):
                self._column = column
            self._show_cursor()

    def _show_cursor(self) -> None:
        look, bar = theme(), self.verticalScrollBar()
        top = self._row * look.scale(_ROW)
        room = self.viewport().height() - look.scale(_HEAD + _FOOT)
        if top < bar.value():
            bar.setValue(round(top))
        elif top + look.scale(_ROW) > bar.value() + room:
            bar.setValue(round(top + look.scale(_ROW) - room))
        self._say()
        self.viewport().update()

    def _say(self) -> None:
        """The cell in words, for a screen reader."""
        self.setAccessibleName(
            self.tr("月历 {}").format(self._sheet.month) if self._sheet else self.tr("月历")
        )
        at = self.cursor_cell
        self.setAccessibleDescription("" if at is None else cell_words(*at))
        self.cursor_moved.emit()

    # --- painting ---------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._sheet is None:
            return
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, step, left = theme(), self._step(), self._left()
        head, foot = look.scale(_HEAD), look.scale(_FOOT)
        body = QRectF(0, head, self.viewport().width(), self.viewport().height() - head - foot)
        above = look.scale(20)
        high = min(body.height(), len(self._sheet.rows) * look.scale(_ROW)) + above
        for number, day in enumerate(self._sheet.days):
            if day.weekday() >= 5:
                ground = QRectF(left + number * step, head - above, step, high)
                painter.fillRect(ground, look.colour("surface2"))
        painter.save()
        painter.setClipRect(body)
        top = head - self.verticalScrollBar().value()
        for number, row in enumerate(self._sheet.rows):
            rect = QRectF(0, top + number * look.scale(_ROW), body.width(), look.scale(_ROW))
            if rect.bottom() > body.top() and rect.top() < body.bottom():
                self._paint_row(painter, rect, row, current=number == self._row and self.hasFocus())
        painter.restore()
        self._paint_head(painter, step, left)
        self._paint_foot(painter, step, left)
        self._paint_today(painter, step, left)
        painter.end()

    def _paint_head(self, painter: QPainter, step: float, left: float) -> None:
        look, sheet = theme(), self._sheet
        assert sheet is not None
        small, line = look.font("small-mark"), look.scale(17)
        top = look.scale(_HEAD) - 2 * line - look.scale(4)
        for number, day in enumerate(sheet.days):
            x = left + number * step
            today = day == sheet.today
            ink = "primary-d" if today else "ink3"
            if day.weekday() >= 5 or today:
                week = "今" if today else _WEEK[day.weekday()]
                draw_text(painter, QRectF(x, top, step, line), week, small, ink, CENTRE)
            elif day.day == 1 and number:
                self._paint_month(painter, QRectF(x, top, step, line), number)
            if day.day == 1 and number:
                painter.setPen(pen("control", look.edge("hair")))
                painter.drawLine(QPointF(x, top), QPointF(x, self.viewport().height() - look.scale(4)))
            if today or self._numbered(day, step):
                wide = max(step, text_width(small, "30"))  # a number may stand into its empty neighbours
                place = QRectF(x + (step - wide) / 2, top + line, wide, line)
                draw_text(painter, place, str(day.day), small, ink, CENTRE)
        title = QRectF(look.scale(14), top + line, left - look.scale(14), line)
        draw_text(painter, title, self.tr("门牌"), look.font("caption"), "ink3")
        if (strip := self._rhythm()) is not None:
            words = self.tr("几点看到开 · 越高越晚")
            first = QRectF(strip.left(), top, strip.width(), line)
            draw_text(painter, first, words, look.font("caption", bold=True), "ink", elide=True)
            below = QRectF(strip.left(), top + line, strip.width(), line)
            draw_text(
                painter,
                below,
                self.tr("带子是平常的时段，▲ 晚 60 分以上"),
                look.font("caption"),
                "ink3",
                elide=True,
            )

    def _paint_month(self, painter: QPainter, box: QRectF, number: int) -> None:
        """The next month's name over its first days, where nothing else stands so near."""
        assert self._sheet is not None
        words, small = f"{self._sheet.days[number].month}月", theme().font("small-mark")
        marked = (n for n, d in enumerate(self._sheet.days) if n > number and self._marked(d))
        wide = (next(marked, len(self._sheet.days)) - number) * box.width() - theme().scale(2)
        if wide >= text_width(small, words):
            place = QRectF(box.left() + theme().scale(2), box.top(), wide, box.height())
            draw_text(painter, place, words, small, "ink2")

    def _marked(self, day: date) -> bool:
        """Does a word stand over this day: a weekend's or today's."""
        return day.weekday() >= 5 or (self._sheet is not None and day == self._sheet.today)

    def _numbered(self, day: date, step: float) -> bool:
        """Does this day bear its number: all where they stand apart, else the first and every fifth."""
        apart = step >= text_width(theme().font("small-mark"), "30") + theme().scale(3)
        sheet = self._sheet
        near = sheet is not None and sheet.today in sheet.days and abs((sheet.today - day).days) == 1
        return apart or (not near and (day.day == 1 or (day.day % 5 == 0 and day.day < 30)))

    def _paint_foot(self, painter: QPainter, step: float, left: float) -> None:
        """漏看 is the only row that is summed."""
        look, sheet = theme(), self._sheet
        assert sheet is not None
        top = self.viewport().height() - look.scale(_FOOT)
        painter.setPen(pen("line", look.edge("hair")))
        painter.drawLine(QPointF(0, top), QPointF(self.viewport().width(), top))
        room = QRectF(look.scale(14), top, left, look.scale(_FOOT))
        draw_text(painter, room, self.tr("漏看"), look.font("table"), "ink2")
        for number, day in enumerate(sheet.days):
            cells = [row.cells.get((day, slot)) for row in sheet.rows for slot in ("morning", "evening")]
            missed = sum(c is not None and c.state == UNSEEN for c in cells)
            box = QRectF(left + number * step, top, step, look.scale(_FOOT))
            words = str(missed) if missed else "·"
            draw_text(
                painter,
                box,
                words,
                look.font("caption", bold=bool(missed)),
                "ink" if missed else "ink3",
                CENTRE,
            )

    def _paint_today(self, painter: QPainter, step: float, left: float) -> None:
        sheet = self._sheet
        if sheet is None or sheet.today not in sheet.days:
            return
        look = theme()
        x = left + sheet.days.index(sheet.today) * step
        frame = QRectF(x, look.scale(4), step, self.viewport().height() - look.scale(8))
        painter.setPen(pen("primary", look.scale(1.5)))
        painter.setBrush(look.colour("primary", 0.06))
        painter.drawRoundedRect(frame, look.scale(3), look.scale(3))

    def _paint_row(self, painter: QPainter, rect: QRectF, row: MonthRow, *, current: bool) -> None:
        look, sheet, step = theme(), self._sheet, self._step()
        assert sheet is not None
        if current:
            painter.fillRect(rect, look.colour("wash"))
            painter.fillRect(QRectF(0, rect.top(), look.scale(3), rect.height()), look.colour("primary"))
        painter.setPen(pen("line", look.edge("hair")))
        foot = round(rect.bottom()) - 0.5
        painter.drawLine(QPointF(rect.left(), foot), QPointF(rect.right(), foot))
        room = QRectF(look.scale(14), rect.top(), self._left() - look.scale(18), rect.height())
        draw_text(painter, room, row.door, look.font("table", bold=current), "ink", elide=True)
        for number, day in enumerate(sheet.days):
            x = self._left() + number * step
            cell = QRectF(x + 1.2, rect.top() + 2, step - 2.4, rect.height() - 4)
            half = cell.height() / 2
            upper = QRectF(cell.left(), cell.top(), cell.width(), half - 0.8)
            lower = QRectF(cell.left(), cell.top() + half + 0.8, cell.width(), half - 0.8)
            self._paint_day(painter, upper, lower, row, day)
            if current and number == self._column:
                painter.setPen(pen("primary", look.scale(1.8)))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(cell.adjusted(-1.5, -1.5, 1.5, 1.5), 2, 2)
        if (strip := self._rhythm()) is not None:
            band = QRectF(strip.left(), rect.top(), strip.width(), rect.height())
            paint_rhythm(painter, band, row, sheet.days)

    def _paint_day(self, painter: QPainter, upper: QRectF, lower: QRectF, row: MonthRow, day: date) -> None:
        """Both windows of a day. Days to come show pauses only; an evening not watched is one dot."""
        sheet = self._sheet
        assert sheet is not None
        for rect, slot in ((upper, "morning"), (lower, "evening")):
            cell = row.cells.get((day, slot))
            if cell is None and day <= sheet.today and any(d == day for d, _ in row.cells):
                paint_half(painter, rect, None, slot)
            elif cell is not None and (day <= sheet.today or cell.state == PAUSED):
                paint_half(painter, rect, cell, slot)


def cell_words(row: MonthRow, day: date) -> str:
    """3-2-501，11 月 15 日，早 已开 07:41，晚 没拉 19:40，忘拉."""
    parts = [row.door, f"{day.month} 月 {day.day} 日"]
    for slot, word in (("morning", "早"), ("evening", "晚")):
        cell = row.cells.get((day, slot))
        if cell is None:
            continue
        late = " 到点后看到" if cell.late else ""
        said = f"{word} {state_word(cell.state, slot)} {clock_word(cell.look_at)}".rstrip()
        parts.append(f"{said}{late}{f' {cell.outcome}' if cell.outcome else ''}")
    return "，".join(parts)
