"""The route sheet on paper (UI 27 c): doors and numbers in walking order, boxes to tick; no name, no word why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from uuid import UUID

from centerdesk.features.checkins.queries import RoundView
from centerdesk.features.checkins.rules import PAUSED, SLOT_TITLES
from centerdesk.features.checkins.rules_sheet import route_letter, sheet_code, standing
from centerdesk.kernel.clock import local
from centerdesk.kernel.record import record
from centerdesk.kernel.reporting.document import ExportReport
from centerdesk.kernel.reporting.fonts import Face, FontBook
from centerdesk.kernel.reporting.paper import (
    BLACK,
    GREY,
    MM,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    Pen,
    end_page,
    qr_code,
    render,
)
from centerdesk.kernel.reporting.plaintext import one_line

_LEFT, _RIGHT = 17 * MM, PAGE_WIDTH - 17 * MM
_TOP, _FIRST = PAGE_HEIGHT - 20 * MM, PAGE_HEIGHT - 45 * MM
_ROW, _BOX, _FOOT = 8.2 * MM, 4.6 * MM, 46 * MM
_BOXES = tuple(_LEFT + x * MM for x in (84, 105, 126, 147))
_TIME = (_RIGHT - 20 * MM, _RIGHT)
_MORNING = ("开", "没开", "不清", "求助", "几点")
_EVENING = ("拉上", "没拉", "不清", "求助", "几点")
_LINES = int((_FIRST - _FOOT - 4 * MM) / _ROW)
"""Lines a page holds, headings counted as lines."""


@record
class SheetHome:
    """一户 on the sheet: its number on the walk and its door."""

    number: int
    door: str
    stand: str


@record
class RouteSheet:
    """路线单. `copy` from 1; `span` are the instants between which one looks."""

    code: str
    copy: int
    day: date
    slot: str
    span: tuple[datetime, datetime] | None
    homes: tuple[SheetHome, ...]
    paused: int


def route_sheet(view: RoundView, worker_id: UUID, copy: int) -> RouteSheet:
    """The sheet of one worker's route; paused homes are counted, not printed."""
    mine = [row for row in view.rows if row.worker_id == worker_id]
    walked = [row for row in mine if row.state != PAUSED]
    compounds = {row.compound for row in walked}
    homes = tuple(
        SheetHome(n, f"{row.compound} {row.door}".strip() if len(compounds) > 1 else row.door, row.stand)
        for n, row in enumerate(walked, start=1)
    )
    letter = route_letter([route.worker_id for route in view.routes], worker_id)
    times = [(row.opens_at, row.due_at) for row in walked]
    span = (min(t[0] for t in times), max(t[1] for t in times)) if times else None
    code = sheet_code(view.day, view.slot, letter)
    return RouteSheet(code, copy, view.day, view.slot, span, homes, len(mine) - len(walked))


def write_route_sheet(path: Path, sheet: RouteSheet, *, system_faces: bool = True) -> ExportReport:
    """Write the sheet as PDF. Any thread. Raises EnvironmentFault when it cannot be written."""
    book = FontBook(system=system_faces)
    pages = paginate(sheet_lines(sheet.homes))

    def draw(pen: Pen) -> None:
        for number, lines in enumerate(pages, start=1):
            _head(pen, sheet)
            bottom = _table(pen, sheet.slot, lines)
            _foot(pen, sheet, bottom, number, len(pages))
            end_page(pen)

    render(path, book, draw)
    return ExportReport(len(pages), dict(book.faces), book.missing_glyphs())


Line = SheetHome | str
"""A home, or the heading of a standing point."""


def sheet_lines(homes: Sequence[SheetHome]) -> list[Line]:
    """Homes in walking order under their standing points."""
    lines: list[Line] = []
    for stand, group in groupby(homes, key=lambda home: home.stand):
        here = list(group)
        lines += [f"{standing(stand)}　{len(here)} 户" if stand else f"{len(here)} 户", *here]
    return lines


def paginate(lines: list[Line]) -> list[list[Line]]:
    """Pages of lines; a heading never stands last on its page."""
    pages: list[list[Line]] = [[]]
    for at, line in enumerate(lines):
        last = len(pages[-1]) == _LINES - 1
        lonely = isinstance(line, str) and last and at + 1 < len(lines)
        if len(pages[-1]) >= _LINES or lonely:
            pages.append([])
        pages[-1].append(line)
    return pages


def _head(pen: Pen, sheet: RouteSheet) -> None:
    """Title, when, and at the right the number; nothing says what these doors have in common."""
    pen.text(_LEFT, _TOP - 6 * MM, "楼面巡看单", Face.TITLE, 20)
    when = f"{sheet.day.year} 年 {sheet.day.month} 月 {sheet.day.day} 日"
    if sheet.span is not None:
        when += f" {local(sheet.span[0]):%H:%M}–{local(sheet.span[1]):%H:%M}"
    words = f"路线 {sheet.code[6:]} · {SLOT_TITLES[sheet.slot]} · {when}"
    pen.text(_LEFT, _TOP - 13 * MM, words, Face.SANS, 10)
    pen.text_right(_RIGHT, _TOP - 6 * MM, f"单 {sheet.code}", Face.HEI, 13)
    again = f"第 {sheet.copy} 张，前面印的作废" if sheet.copy > 1 else "当天交回，一张不少"
    pen.text_right(_RIGHT, _TOP - 13 * MM, again, Face.SANS, 9.5)


def _table(pen: Pen, slot: str, lines: Sequence[Line]) -> float:
    """The page's lines under their header; answers where they end."""
    top = _FIRST + _ROW
    pen.rule(_LEFT, top, _RIGHT, top, 0.6)
    base = top - 5.6 * MM
    pen.text(_LEFT, base, "号", Face.SANS, 9.5, colour=GREY)
    pen.text(_LEFT + 14 * MM, base, "门", Face.SANS, 9.5, colour=GREY)
    words = _EVENING if slot == "evening" else _MORNING
    middles = (*(x + _BOX / 2 for x in _BOXES), sum(_TIME) / 2)
    for middle, word in zip(middles, words, strict=True):
        pen.text_center(middle, base, word, Face.SANS, 9.5, colour=GREY)
    pen.rule(_LEFT, _FIRST, _RIGHT, _FIRST, 0.4)
    y = _FIRST
    for line in lines:
        if isinstance(line, str):
            _heading(pen, line, y)
        else:
            _home(pen, line, y)
        y -= _ROW
    pen.rule(_LEFT, y, _RIGHT, y, 0.4)
    return y


def _heading(pen: Pen, words: str, top: float) -> None:
    pen.canvas.addLiteral(
        f"q 0.955 0.94 0.91 rg {_LEFT:.2f} {top - _ROW:.2f} {_RIGHT - _LEFT:.2f} {_ROW:.2f} re f Q"
    )
    pen.text(_LEFT + 2 * MM, top - 5.5 * MM, one_line(words), Face.HEI, 10)
    for y in (top, top - _ROW):
        pen.rule(_LEFT, y, _RIGHT, y, 0.25)


def _home(pen: Pen, home: SheetHome, top: float) -> None:
    base = top - 5.6 * MM
    pen.text(_LEFT, base, str(home.number), Face.SANS, 10)
    pen.text(_LEFT + 14 * MM, base, one_line(home.door), Face.HEI, 11)
    for left in _BOXES:
        pen.canvas.saveState()
        pen.canvas.setStrokeColorRGB(*BLACK)
        pen.canvas.setLineWidth(0.3 * MM)
        pen.canvas.roundRect(left, top - (_ROW + _BOX) / 2, _BOX, _BOX, 0.8 * MM)
        pen.canvas.restoreState()
    for x in _dots(*_TIME):
        pen.rule(x, top - 6.6 * MM, x + 0.5 * MM, top - 6.6 * MM, 0.25, GREY)
    pen.rule(_LEFT, top - _ROW, _RIGHT, top - _ROW, 0.1, GREY)


def _dots(start: float, end: float) -> Iterator[float]:
    while start < end:
        yield start
        start += 1.1 * MM


def _foot(pen: Pen, sheet: RouteSheet, top: float, number: int, pages: int) -> None:
    """The line for exceptions, who looked and when it came back, the code for the back entry."""
    y = min(top, _FOOT + 2 * MM) - 7 * MM
    words = "都拉上了？只写没拉的号：" if sheet.slot == "evening" else "都开着？只写没开的号："
    pen.text(_LEFT, y, words, Face.HEI, 10)
    start = _LEFT + pen.width(Face.HEI, words, 10) + 1.5 * MM
    pen.rule(start, y - 1 * MM, _LEFT + 108 * MM, y - 1 * MM)
    _blank(pen, _LEFT + 116 * MM, y, "看的人", 36)
    left = _blank(pen, _LEFT + 116 * MM, y - 8 * MM, "交回", 14)
    _blank(pen, left + 1 * MM, y - 8 * MM, "时", 14, after="分")
    if sheet.paused:
        pen.text(_LEFT, y - 8 * MM, f"暂停的 {sheet.paused} 户单上不印。", Face.SANS, 9.5)
    qr_code(pen, sheet.code, _LEFT, y - 13 * MM, 15 * MM)
    usual = "全拉上" if sheet.slot == "evening" else "全开"
    notes = (
        f"回来以后扫这个码，或在电脑上按 Ctrl K 打 {sheet.code}：默认{usual}，只改写了号的。",
        "单上没有姓名、电话，也不写为什么看。",
    )
    for at, note in enumerate(notes):
        pen.text(_LEFT + 18 * MM, y - (17 + 5 * at) * MM, note, Face.SANS, 9, colour=GREY)
    pen.text_right(_RIGHT, y - 27 * MM, f"第 {number} 页 共 {pages} 页", Face.SANS, 9, colour=GREY)


def _blank(pen: Pen, x: float, y: float, words: str, wide: float, *, after: str = "") -> float:
    """Words and a line to write on; answers where it ends."""
    pen.text(x, y, words, Face.SANS, 10, colour=BLACK)
    start = x + pen.width(Face.SANS, words, 10) + 1.5 * MM
    end = start + wide * MM
    pen.rule(start, y - 1 * MM, end, y - 1 * MM)
    pen.text(end + 1 * MM, y, after, Face.SANS, 10)
    return end
