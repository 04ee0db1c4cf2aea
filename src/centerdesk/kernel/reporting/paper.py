"""A sheet of A4 and the pen that writes on it: text by face, rules, foot, watermark. No layout.

Text goes straight into the page's content, never through a markup parser, so no value can act (F19).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import segno
from reportlab.pdfgen.canvas import Canvas

from centerdesk.kernel.files import atomic_write
from centerdesk.kernel.reporting.document import Footing
from centerdesk.kernel.reporting.fonts import CODE_FONT, CODE_SCALE, RENDERING, Face, FontBook, Run, ttfont
from centerdesk.kernel.reporting.plaintext import one_line

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM
LEFT, TOP = 28 * MM, PAGE_HEIGHT - 37 * MM
WIDTH, HEIGHT = 156 * MM, 225 * MM
RIGHT, BOTTOM = LEFT + WIDTH, TOP - HEIGHT
"""The text area (版心) of GB/T 9704 5.2.1, in points from the lower left corner."""

PITCH = WIDTH / 28
"""Width of one character (一字) on the 28-character line."""

Progress: TypeAlias = Callable[[int, int], None]
"""Told (pages done, pages in all) on the rendering thread; raising Cancelled stops, nothing is kept."""

Colour: TypeAlias = tuple[float, float, float]
BLACK: Colour = (0, 0, 0)
RED: Colour = (0.78, 0.08, 0.11)
GREY: Colour = (0.33, 0.38, 0.43)
WATERMARK: Colour = (0.9, 0.9, 0.9)
GUIDE: Colour = (0.55, 0.74, 0.86)

_PAGE_NUMBER_SIZE = 14.0
_PAGE_NUMBER_GAP = 7 * MM
_FOOT_TOP = 279 * MM
_FOOT_SIZE = 8.0
_QR_SIZE = 10 * MM


@dataclass(slots=True)
class Pen:
    """Writes on one canvas. Positions are points from the lower left; `y` of a text is its base line."""

    canvas: Canvas
    book: FontBook
    _ink: dict[tuple[str, str, float], str]

    def width(self, face: Face, text: str, size: float, spacing: float = 0.0) -> float:
        """Advance of a line, `spacing` points added behind every character but the last."""
        return self.book.measure(face, text) * size + spacing * max(len(text) - 1, 0)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        face: Face,
        size: float,
        *,
        spacing: float = 0.0,
        colour: Colour = BLACK,
    ) -> None:
        """One line beginning at x. `text` has passed `esc` and holds no line end."""
        if text:
            red, green, blue = colour
            self.canvas.addLiteral(
                f"BT {red:g} {green:g} {blue:g} rg {spacing:.4g} Tc 1 0 0 1 {x:.3f} {y:.3f} Tm "
                f"{self._shown(face, text, size)} ET"
            )

    def text_right(
        self, x: float, y: float, text: str, face: Face, size: float, colour: Colour = BLACK
    ) -> None:
        """One line that ends at x."""
        self.text(x - self.width(face, text, size), y, text, face, size, colour=colour)

    def text_center(
        self,
        x: float,
        y: float,
        text: str,
        face: Face,
        size: float,
        *,
        spacing: float = 0.0,
        colour: Colour = BLACK,
    ) -> None:
        """One line with its middle at x."""
        left = x - self.width(face, text, size, spacing) / 2
        self.text(left, y, text, face, size, spacing=spacing, colour=colour)

    def rule(
        self, x0: float, y0: float, x1: float, y1: float, width_mm: float = 0.25, colour: Colour = BLACK
    ) -> None:
        """A straight line."""
        red, green, blue = colour
        self.canvas.addLiteral(
            f"{red:g} {green:g} {blue:g} RG {width_mm * MM:.3f} w {x0:.3f} {y0:.3f} m {x1:.3f} {y1:.3f} l S"
        )

    def seal_place(self, x: float, y: float, diameter_mm: float, label_size: float = 9.0) -> None:
        """The dashed circle that says where the seal goes (盖章处)."""
        self.canvas.saveState()
        self.canvas.setStrokeColorRGB(*RED)
        self.canvas.setLineWidth(0.3 * MM)
        self.canvas.setDash(2.4, 1.8)
        self.canvas.circle(x, y, diameter_mm * MM / 2)
        self.canvas.restoreState()
        self.text_center(x, y - label_size * 0.36, "盖章处", Face.SANS, label_size, colour=RED)

    def _shown(self, face: Face, text: str, size: float) -> str:
        """The operators that show the text; kept, as tables repeat themselves."""
        font = self.book.font(face)
        known = self._ink.get((font, text, size))
        if known is None:
            known = " ".join(self._operators(run, size) for run in self.book.runs(face, text))
            self._ink[font, text, size] = known
        return known

    def _operators(self, run: Run, size: float) -> str:
        document = self.canvas._doc  # type: ignore[attr-defined]  # reportlab has no public name for it
        font = ttfont(run.font)
        parts = []
        for subset, codes in font.splitString(run.text, document):
            name = font.getSubsetInternalName(subset, document)
            parts.append(f"{name} {size:g} Tf <{codes.hex()}> Tj")
        if run.code:  # no ActualText: pdfium drops a span whose character lies beyond U+FFFF
            parts.append(self._operators(Run(CODE_FONT, run.code), size * CODE_SCALE))
        return " ".join(parts)


def render(path: Path, book: FontBook, draw: Callable[[Pen], None]) -> None:
    """Make the PDF at `path` in one piece: properties blank, no links, no actions, nothing fetched.

    Any thread; one at a time. Raises EnvironmentFault when it cannot be written.
    """
    with RENDERING, atomic_write(path) as partial:
        start = book.font(
            Face.SONG
        )  # any face of ours: reportlab begins with Helvetica, which is not embedded
        ttfont(start)
        canvas = Canvas(
            str(partial),
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            pageCompression=1,
            invariant=1,
            initialFontName=start,  # type: ignore[arg-type]  # the stubs say float, reportlab wants the name
            lang="zh-CN",
        )
        for blank in (
            canvas.setTitle,
            canvas.setAuthor,
            canvas.setSubject,
            canvas.setCreator,
            canvas.setKeywords,
        ):
            blank("")
        canvas.setProducer("")
        draw(Pen(canvas, book, {}))
        canvas.save()


def end_page(pen: Pen, *, turned: bool = False) -> None:
    """Finish the sheet; a turned one is shown sideways but stays an upright sheet (MediaBox A4)."""
    size = (PAGE_HEIGHT, PAGE_WIDTH) if turned else (PAGE_WIDTH, PAGE_HEIGHT)
    pen.canvas.setPageSize(size)  # reportlab swaps the sides of a rotated page back
    pen.canvas.setPageRotation(90 if turned else 0)
    pen.canvas.showPage()


def page_number(pen: Pen, number: int) -> None:
    """`— 1 —` in 4号, its dash 7 mm below the text area, one character in, outer side (GB/T 9704 7.5)."""
    text = f"— {number} —"
    y = BOTTOM - _PAGE_NUMBER_GAP - pen.book.top(Face.SONG, "—") * _PAGE_NUMBER_SIZE
    if number % 2:
        pen.text_right(RIGHT - PITCH, y, text, Face.SONG, _PAGE_NUMBER_SIZE)
    else:
        pen.text(LEFT + PITCH, y, text, Face.SONG, _PAGE_NUMBER_SIZE)


def foot(pen: Pen, footing: Footing, page: int, pages: int, *, draft: bool) -> None:
    """Below the page number: the code, which figures these are, page x of y. A draft has no code."""
    top = PAGE_HEIGHT - _FOOT_TOP
    left = LEFT
    lines = tuple(map(one_line, footing.lines()))
    if draft:
        lines = ("草稿，没有校验码；核对通过后重新打印", lines[1])
    else:
        qr_code(pen, footing.qr(), LEFT, top)
        left += _QR_SIZE + 2.6 * MM
    for at, line in enumerate(lines):
        pen.text(left, top - (3.6 + 4.1 * at) * MM, line, Face.SANS, _FOOT_SIZE, colour=GREY)
    pen.text_right(RIGHT, top - 5.8 * MM, f"第 {page} 页 共 {pages} 页", Face.SANS, _FOOT_SIZE, GREY)


def watermark(pen: Pen) -> None:
    """草稿 across the page, below everything that is drawn after it."""
    pen.canvas.saveState()
    pen.canvas.translate(PAGE_WIDTH / 2, PAGE_HEIGHT / 2)
    pen.canvas.rotate(45)
    pen.text_center(0, -60, "草稿", Face.HEI, 150, spacing=40, colour=WATERMARK)
    pen.canvas.restoreState()


def guides(pen: Pen, lines: int) -> None:
    """Text area, characters and lines in blue: for the preview only, never printed (UI 28)."""
    canvas = pen.canvas
    canvas.saveState()
    canvas.setStrokeColorRGB(*GUIDE)
    canvas.setLineWidth(0.2 * MM)
    canvas.lines([(LEFT + PITCH * i, TOP, LEFT + PITCH * i, TOP + 1.8 * MM) for i in range(29)])
    step = HEIGHT / lines
    canvas.lines([(LEFT - 1.8 * MM, TOP - step * i, LEFT, TOP - step * i) for i in range(lines + 1)])
    canvas.setDash(3, 2)
    canvas.rect(LEFT, BOTTOM, WIDTH, HEIGHT)
    canvas.restoreState()


def qr_code(pen: Pen, content: str, left: float, top: float, size: float = _QR_SIZE) -> None:
    """A QR code as one filled path, `size` points wide."""
    matrix = _matrix(content)
    module = size / len(matrix)
    squares = [
        f"{left + x * module:.3f} {top - (y + 1) * module:.3f} {module:.3f} {module:.3f} re"
        for y, row in enumerate(matrix)
        for x, dark in enumerate(row)
        if dark
    ]
    pen.canvas.addLiteral(f"q 0 0 0 rg {' '.join(squares)} f Q")


@lru_cache(maxsize=1)  # the same stands at the foot of every page of a paper
def _matrix(content: str) -> tuple[bytearray, ...]:
    matrix: tuple[bytearray, ...] = segno.make(content, error="m", micro=False).matrix
    return matrix
