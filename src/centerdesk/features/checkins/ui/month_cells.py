"""The cells of 月历: one half a window, and the strip of opening times beside a row. Painter functions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from statistics import median

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from centerdesk.features.checkins.queries_elder import MonthCell, MonthRow
from centerdesk.features.checkins.rules import DUE, HELP, NOT_OK, OK, PAUSED, UNCLEAR, UNSEEN
from centerdesk.kernel.clock import minute_of_day
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import CENTRE, draw_text
from centerdesk.qtkit.pens import pen

LATE_MINUTES = 60
"""Later than the home's own middle by more than this is drawn larger (UI 20)."""


def paint_half(painter: QPainter, rect: QRectF, cell: MonthCell | None, slot: str) -> None:
    """Morning open: light with two side strips; evening closed: cloth with a seam; the rest by its sign."""
    look = theme()
    painter.setPen(Qt.PenStyle.NoPen)
    if cell is None:
        if slot == "evening":
            painter.setBrush(look.colour("line2"))
            painter.drawEllipse(rect.center(), 1.0, 1.0)
        return
    if cell.state == OK:
        _paint_good(painter, rect, slot)
    elif cell.state == PAUSED:
        painter.setBrush(look.colour("ink3"))
        for x in (-2.4, 1.0):
            painter.drawRect(QRectF(rect.center().x() + x, rect.center().y() - 3, 1.4, 6))
    elif cell.state == DUE:
        painter.setPen(pen("c4", 1, dashes=(2, 1.6)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        _paint_odd(painter, rect, cell.state)


def _paint_good(painter: QPainter, rect: QRectF, slot: str) -> None:
    look = theme()
    side = rect.width() * 0.24
    painter.setBrush(look.colour("c3" if slot == "morning" else "c2"))
    painter.drawRect(rect)
    if slot == "morning":
        painter.setBrush(look.colour("dawn2"))
        painter.drawRect(rect.adjusted(side, 0.6, -side, -0.6))
    else:
        painter.setPen(pen("c4", 1))
        painter.drawLine(QPointF(rect.center().x(), rect.top()), QPointF(rect.center().x(), rect.bottom()))


def _paint_odd(painter: QPainter, rect: QRectF, state: str) -> None:
    look = theme()
    grown = rect.adjusted(-0.6, -0.6, 0.6, 0.6)
    if state == UNSEEN:
        painter.setBrush(look.colour("unseen"))
        painter.drawRect(grown)
        painter.setPen(pen("on-unseen", 1.4))
        painter.drawLine(grown.bottomLeft() + QPointF(3, -2), grown.topRight() + QPointF(-3, 2))
        return
    ground, edge, sign, ink = {
        NOT_OK: ("surface", "redfill", "!", "red"),
        UNCLEAR: ("dawn-wash", "dawn-ink", "?", "dawn-ink"),
        HELP: ("redfill", "redfill", "求", "on-red"),
    }[state]
    painter.setPen(pen(edge, 1.6))
    painter.setBrush(look.colour(ground))
    painter.drawRect(grown)
    draw_text(painter, grown, sign, look.font_px(9, bold=True), ink, CENTRE)


def paint_rhythm(painter: QPainter, rect: QRectF, row: MonthRow, days: Sequence[date]) -> None:
    """When the curtain was first seen open each day, against the home's own middle; up is later."""
    look = theme()
    minutes = [_opened(row.cells.get((day, "morning"))) for day in days]
    known = [m for m in minutes if m is not None]
    if len(known) < 3:
        return
    usual, step = median(known), rect.width() / len(days)
    middle, high = rect.center().y(), rect.height() * 0.36
    painter.setPen(pen("dawn", 1))
    painter.setBrush(look.colour("dawn-wash"))
    painter.drawRect(QRectF(rect.left(), middle - high / 2, rect.width(), high))
    painter.setPen(Qt.PenStyle.NoPen)
    for number, minute in enumerate(minutes):
        x = rect.left() + (number + 0.5) * step
        cell = row.cells.get((days[number], "morning"))
        if minute is not None:
            late = minute - usual > LATE_MINUTES
            y = middle - max(-1.0, min(1.0, (minute - usual) / LATE_MINUTES)) * rect.height() * 0.36
            painter.setBrush(look.colour("dawn-ink" if late else "c4"))
            if late:
                paint_late(painter, QPointF(x, y))
            else:
                painter.drawEllipse(QPointF(x, y), look.scale(1.7), look.scale(1.7))
        elif cell is not None and cell.state in (NOT_OK, HELP):
            painter.setPen(pen("red", 1.4))
            painter.drawLine(QPointF(x - 2, middle - 2), QPointF(x + 2, middle + 2))
            painter.drawLine(QPointF(x - 2, middle + 2), QPointF(x + 2, middle - 2))
            painter.setPen(Qt.PenStyle.NoPen)


def paint_late(painter: QPainter, at: QPointF) -> None:
    """A solid triangle: more than an hour later than usual."""
    side = theme().scale(3.4)
    painter.drawPolygon(
        QPolygonF([at + QPointF(0, -side), at + QPointF(side, side * 0.8), at + QPointF(-side, side * 0.8)])
    )


def _opened(cell: MonthCell | None) -> int | None:
    if cell is None or cell.state != OK or cell.look_at is None:
        return None
    return minute_of_day(cell.look_at)
