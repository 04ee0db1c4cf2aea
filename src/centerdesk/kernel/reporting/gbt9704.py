"""A letter after GB/T 9704-2012 (公文格式): 22 lines of 28 characters in 156 × 225 mm, and all around it.

The body is set into lines first, the lines are dealt out to pages, then everything is drawn.
"""

from __future__ import annotations

from math import ceil
from pathlib import Path

from centerdesk.kernel.record import record
from centerdesk.kernel.reporting import paper
from centerdesk.kernel.reporting.document import ExportReport, Report, day_text
from centerdesk.kernel.reporting.fonts import Face, FontBook
from centerdesk.kernel.reporting.gbt9704_body import SIZE, SPACING, SetLine, draw_line, set_report
from centerdesk.kernel.reporting.linebreak import break_lines
from centerdesk.kernel.reporting.paper import (
    BOTTOM,
    HEIGHT,
    LEFT,
    MM,
    PITCH,
    RED,
    RIGHT,
    TOP,
    WIDTH,
    Pen,
    Progress,
)
from centerdesk.kernel.reporting.plaintext import esc, one_line

LINES, CHARACTERS = 22, 28
_SIZE_2, _SIZE_4 = 22.0, 14.0
_OFFICE_DROP = 35 * MM
_OFFICE_MAX = 32.0
_OFFICE_SPACING = 2.2
_RULE_BELOW_NUMBER = 4 * MM
_MIDDLE = 0.38
"""Base line of a hanzi below its own middle, in em: characters stand in the middle of their line."""

_LINE_CHOICES = (22, 23, 21, 24, 20)
"""Lines a page: the standard's first; the others where only they keep the signature off a page of its own."""

_COLOPHON_ROW = 10.9 * MM
_COLOPHON_RISE = 0.9 * MM
"""How far its lowest rule stands above the foot of the text area."""


@record
class _Page:
    """Lines by their place on the page, counted from 0; the signature begins at line `signed_at`."""

    lines: tuple[tuple[int, SetLine], ...]
    signed_at: int | None = None


def write_report(
    path: Path,
    report: Report,
    *,
    system_faces: bool = True,
    clean: bool = False,
    guides: bool = False,
    progress: Progress | None = None,
) -> ExportReport:
    """Write the letter as PDF. `clean` leaves the foot out, `guides` draws the preview's measures.

    Any thread. Raises EnvironmentFault when the file cannot be written, what `progress` raises when it stops.
    """
    book = FontBook(system=system_faces)
    outcome: list[tuple[int, int]] = []

    def draw(pen: Pen) -> None:
        outcome.append(_draw(pen, report, clean=clean, show_guides=guides, progress=progress))

    paper.render(path, book, draw)
    pages, lines = outcome[0]
    return ExportReport(pages, dict(book.faces), book.missing_glyphs(), lines)


def _draw(
    pen: Pen, report: Report, *, clean: bool, show_guides: bool, progress: Progress | None
) -> tuple[int, int]:
    pages, per_page = _paginate(pen, report)
    colophon = _colophon_lines(pen, report)
    total = _pages_with_colophon(report, pages, colophon, per_page)
    for number in range(1, total + 1):
        if report.draft:
            paper.watermark(pen)
        if show_guides:
            paper.guides(pen, per_page)
        if number == 1:
            _draw_head(pen, report, per_page)
        if number <= len(pages):
            _draw_page(pen, pages[number - 1], report, HEIGHT / per_page)
            paper.page_number(pen, number)
        if number == total and colophon:
            _draw_colophon(pen, report, colophon)
        if report.footing and not clean:
            paper.foot(pen, report.footing, number, total, draft=report.draft)
        paper.end_page(pen)
        if progress:
            progress(number, total)
    return total, per_page


# --- pages ---


def _paginate(pen: Pen, report: Report) -> tuple[list[_Page], int]:
    """Deal the lines out so that the signature shares its page with two lines of text at least, and no page
    before the 版记 stays empty."""
    lines = set_report(pen, report)
    colophon = _colophon_lines(pen, report)
    dealt = {per_page: _deal(pen, report, lines, per_page) for per_page in _LINE_CHOICES}
    for per_page, pages in dealt.items():
        if _signature_in_company(pages) and not _leaves_blank(report, pages, colophon, per_page):
            return pages, per_page
    for per_page, pages in dealt.items():
        if _signature_in_company(
            pages
        ):  # none of them has room for the 版记 where it would leave a page empty
            return _move_on(pages), per_page
    return _carry_over(dealt[LINES]), LINES


def _leaves_blank(report: Report, pages: list[_Page], colophon: list[str], per_page: int) -> bool:
    return _pages_with_colophon(report, pages, colophon, per_page) > len(pages) + 1


def _deal(pen: Pen, report: Report, lines: list[SetLine], per_page: int) -> list[_Page]:
    """Fill page after page; no page begins with a blank line or ends with a heading."""
    pages: list[list[tuple[int, SetLine]]] = [[]]
    row = _first_line(pen, report, per_page)
    for line in lines:
        if row >= per_page or (line.keep and row == per_page - 1):
            pages.append([])
            row = 0
        if row or line.pieces:
            pages[-1].append((row, line))
            row += 1
    blank, needed = (2, 5) if report.seal else (1, 3)
    dealt = [_Page(tuple(page)) for page in pages]
    if row + needed <= per_page:
        return [*dealt[:-1], _Page(dealt[-1].lines, row + blank)]
    return [*dealt, _Page((), blank)]


def _signature_in_company(pages: list[_Page]) -> bool:
    return sum(line.text for _row, line in pages[-1].lines) >= 2


def _carry_over(pages: list[_Page]) -> list[_Page]:
    """Where no number of lines helps: take the last two lines of text along to the signature's page."""
    *before, page, last = pages
    kept, moved = page.lines[:-2], page.lines[-2:]
    if last.lines or not kept:
        return pages
    carried = tuple((at, line) for at, (_row, line) in enumerate(moved))
    return [*before, _Page(kept), _Page(carried, len(carried) + 2)]


def _move_on(pages: list[_Page]) -> list[_Page]:
    """Where the 版记 would leave an empty page before it: begin that page with the last two lines of text."""
    *before, last = pages
    text = [at for at, (_row, line) in enumerate(last.lines) if line.text]
    at = text[-2]
    while at and last.lines[at - 1][1].keep:
        at -= 1
    if at == 0 or last.signed_at is None:
        return pages
    up = last.lines[at][0]
    moved = tuple((row - up, line) for row, line in last.lines[at:])
    return [*before, _Page(last.lines[:at]), _Page(moved, last.signed_at - up)]


# --- the head of page one ---


@record
class _Head:
    """Where the head's parts stand: points from the bottom, lines counted from 0."""

    office_y: float
    office_size: float
    number_y: float
    rule_y: float
    title: tuple[str, ...]
    title_at: int


def _head(pen: Pen, report: Report, per_page: int) -> _Head:
    office = one_line(report.office)
    leading = HEIGHT / LINES
    width = pen.book.measure(Face.TITLE, office)
    room = WIDTH - _OFFICE_SPACING * max(len(office) - 1, 0)
    size = min(_OFFICE_MAX, room / max(width, 1))
    office_y = TOP - _OFFICE_DROP - pen.book.top(Face.TITLE, office or "口") * size
    bottom = office_y - 0.12 * size
    number_y = bottom - 2 * leading - SIZE * 0.88
    rule_y = number_y - 0.12 * SIZE - _RULE_BELOW_NUMBER
    step = HEIGHT / per_page
    title_at = ceil((TOP - rule_y) / step + 2)
    return _Head(office_y, size, number_y, rule_y, tuple(_title_lines(pen, report.title)), title_at)


def _first_line(pen: Pen, report: Report, per_page: int) -> int:
    """The addressee's line on page one: one blank line below the title."""
    head = _head(pen, report, per_page)
    return head.title_at + len(head.title) + 1


def _title_lines(pen: Pen, title: str) -> list[str]:
    """The title's own line breaks; a longer line is broken before 关于, else into lines of even length."""
    lines: list[str] = []
    for part in esc(title).split("\n"):
        pieces = [part]
        if pen.width(Face.TITLE, part, _SIZE_2) > WIDTH and "关于" in part[1:]:
            at = part.index("关于", 1)
            pieces = [part[:at], part[at:]]
        for piece in pieces:
            lines += _even(pen, piece)
    return lines


def _even(pen: Pen, text: str) -> list[str]:
    widths = [pen.book.advance(Face.TITLE, char) * _SIZE_2 for char in text]
    count = ceil(sum(widths) / WIDTH) or 1
    for extra in range(8):
        room = min(WIDTH, sum(widths) / count + (1 + extra) * _SIZE_2)
        lines = break_lines(text, widths, room)
        if len(lines) <= count or room >= WIDTH:
            break
    return [text[line.start : line.end].strip(" ") for line in lines]


def _draw_head(pen: Pen, report: Report, per_page: int) -> None:
    head = _head(pen, report, per_page)
    middle = LEFT + WIDTH / 2
    pen.text_center(
        middle,
        head.office_y,
        one_line(report.office),
        Face.TITLE,
        head.office_size,
        spacing=_OFFICE_SPACING,
        colour=RED,
    )
    pen.text_center(middle, head.number_y, one_line(report.number), Face.BODY, SIZE, spacing=SPACING)
    pen.rule(LEFT, head.rule_y, RIGHT, head.rule_y, 0.5, RED)
    for at, line in enumerate(head.title):
        y = _baseline(head.title_at + at, HEIGHT / per_page, _SIZE_2)
        pen.text_center(middle, y, line, Face.TITLE, _SIZE_2)


# --- drawing ---


def _baseline(row: int, leading: float, size: float) -> float:
    return TOP - (row + 0.5) * leading - _MIDDLE * size


def _draw_page(pen: Pen, page: _Page, report: Report, leading: float) -> None:
    for row, line in page.lines:
        draw_line(pen, line, LEFT, _baseline(row, leading, SIZE))
    if page.signed_at is not None:
        _draw_signature(pen, report, page.signed_at, leading)


def _draw_signature(pen: Pen, report: Report, row: int, leading: float) -> None:
    """Sealed: date four characters from the right, name centred above it. Unsealed: name two characters from
    the right, the date begins two characters right of the name (7.3.5)."""
    name, dated = one_line(report.signatory), day_text(report.dated)
    name_width = pen.width(Face.BODY, name, SIZE, SPACING)
    date_width = pen.width(Face.BODY, dated, SIZE, SPACING)
    if report.seal:
        date_x = RIGHT - 4 * PITCH - date_width
        name_x = min(date_x + (date_width - name_width) / 2, RIGHT - name_width)
    else:
        name_x = RIGHT - 2 * PITCH - name_width
        date_x = min(name_x + 2 * PITCH, RIGHT - date_width)
        if date_x < name_x + 2 * PITCH:
            name_x = date_x - 2 * PITCH
    name_y, date_y = _baseline(row, leading, SIZE), _baseline(row + 1, leading, SIZE)
    pen.text(name_x, name_y, name, Face.BODY, SIZE, spacing=SPACING)
    pen.text(date_x, date_y, dated, Face.BODY, SIZE, spacing=SPACING)
    if report.seal:
        pen.seal_place(date_x + date_width / 2, TOP - (row + 1) * leading, 38, 12)


# --- 版记 ---


def _colophon_lines(pen: Pen, report: Report) -> list[str]:
    """The 抄送 set in 4号 between one character at both sides; empty where the letter has no 版记."""
    if not (report.copy_to or report.issued_by):
        return []
    if not report.copy_to:
        return [""]
    text = f"抄送：{one_line(report.copy_to)}"
    widths = [pen.book.advance(Face.BODY, char) * _SIZE_4 for char in text]
    return [text[line.start : line.end] for line in break_lines(text, widths, WIDTH - 2 * PITCH)]


def _pages_with_colophon(report: Report, pages: list[_Page], colophon: list[str], per_page: int) -> int:
    """The 版记 closes the last page, which is an even one; pages added for it have no number (7.4, 7.5)."""
    count = len(pages)
    if not colophon:
        return count
    last = pages[-1]
    signed = [] if last.signed_at is None else [last.signed_at + (3 if report.seal else 2)]
    used = max([row + 1 for row, _line in last.lines] + signed, default=0)
    free = (per_page - used) * HEIGHT / per_page
    needed = (sum(map(bool, colophon)) + 1) * _COLOPHON_ROW + _COLOPHON_RISE
    if count % 2:
        return count + 1
    return count if free >= needed else count + 2


def _draw_colophon(pen: Pen, report: Report, lines: list[str]) -> None:
    rows = [line for line in lines if line]
    y = BOTTOM + _COLOPHON_RISE
    issued = report.issued_by or report.signatory
    on = day_text(report.issued_on or report.dated)
    base = y + _COLOPHON_ROW / 2 - _MIDDLE * _SIZE_4
    pen.rule(LEFT, y, RIGHT, y, 0.35)
    pen.text(LEFT + PITCH, base, one_line(issued), Face.BODY, _SIZE_4)
    pen.text_right(RIGHT - PITCH, base, f"{on}印发", Face.BODY, _SIZE_4)
    for at, line in enumerate(reversed(rows), 1):
        pen.text(LEFT + PITCH, base + at * _COLOPHON_ROW, line, Face.BODY, _SIZE_4)
    if rows:
        pen.rule(LEFT, y + _COLOPHON_ROW, RIGHT, y + _COLOPHON_ROW, 0.25)
    top = y + (len(rows) + 1) * _COLOPHON_ROW
    pen.rule(LEFT, top, RIGHT, top, 0.35)
