"""The body of a letter set into lines of 28 characters (GB/T 9704 5.2): paragraphs, heads, attachments."""

from __future__ import annotations

from collections.abc import Iterator

from centerdesk.kernel.record import record
from centerdesk.kernel.reporting.document import Block, Level, Report
from centerdesk.kernel.reporting.fonts import Face
from centerdesk.kernel.reporting.linebreak import break_lines
from centerdesk.kernel.reporting.paper import PITCH, WIDTH, Pen
from centerdesk.kernel.reporting.plaintext import esc, one_line

SIZE = 16.0
"""3号, in points."""

SPACING = PITCH - SIZE
"""Put behind every character, so that hanzi stand on the grid of 28."""

_SQUEEZE = 0.5
"""A line may be this many characters too wide before it is broken; it is then set tighter."""

_MAX_STRETCH = 0.15 * SIZE
_HALF = 0.5
"""Two marks side by side (），) share the empty half of the first; in em."""

_CLOSING = frozenset("、。，；：）》」』】〗〕〉”’")
_OPENING = frozenset("（《「『【〖〔〈“‘")
_FACES = {Level.FIRST: Face.HEI, Level.SECOND: Face.KAI, Level.PARA: Face.BODY}


@record
class Piece:
    """Characters of one face; `kern` points are taken out behind the last."""

    face: Face
    text: str
    kern: float = 0.0


@record
class SetLine:
    """One set line, `left` points from the text area's edge, `spacing` points behind each character.

    `keep`: never the last line of a page (a heading). `text`: counts as body beside a signature.
    """

    pieces: tuple[Piece, ...] = ()
    left: float = 0.0
    spacing: float = SPACING
    keep: bool = False
    text: bool = False


def draw_line(pen: Pen, line: SetLine, x: float, y: float) -> None:
    """Write a set line; x is the edge of the text area, y the base line."""
    x += line.left
    for piece in line.pieces:
        pen.text(x, y, piece.text, piece.face, SIZE, spacing=line.spacing)
        x += pen.width(piece.face, piece.text, SIZE, line.spacing) + line.spacing - piece.kern


def set_report(pen: Pen, report: Report) -> list[SetLine]:
    """Addressee, body and attachments, in order."""
    lines = list(paragraph(pen, ((Face.BODY, _addressee(report)),), indent=0))
    for block in report.body:
        lines += _block(pen, block)
    if report.attachments:
        lines.append(SetLine())
        lines += _attachments(pen, report.attachments)
    return lines


def paragraph(
    pen: Pen, styled: tuple[tuple[Face, str], ...], *, indent: float, left: float = 0.0, keep: bool = False
) -> Iterator[SetLine]:
    """Set a paragraph: full lines end flush right, `indent` and `left` are in characters."""
    text = "".join(piece for _face, piece in styled)
    faces = [face for face, piece in styled for _char in piece]
    kerns = [_kern(char, after) for char, after in zip(text, text[1:] + " ", strict=False)]
    widths = [
        pen.book.advance(face, char) * SIZE + SPACING - kern
        for face, char, kern in zip(faces, text, kerns, strict=True)
    ]
    width = WIDTH - left * PITCH
    lines = break_lines(text, widths, width + _SQUEEZE * PITCH, first_indent=indent * PITCH)
    for at, line in enumerate(lines):
        shift = indent if at == 0 else 0.0
        shown = len(text[line.start : line.end].rstrip(" "))
        natural = sum(widths[line.start : line.start + shown])
        spacing = SPACING + _stretch(width - shift * PITCH - natural, shown, ends=line.ends)
        cut = _pieces(text, faces, kerns, range(line.start, line.end))
        yield SetLine(cut, (left + shift) * PITCH, spacing, keep=keep, text=True)


def _kern(char: str, after: str) -> float:
    return _HALF * SIZE if char in _CLOSING and (after in _CLOSING or after in _OPENING) else 0.0


def _stretch(slack: float, shown: int, *, ends: bool) -> float:
    """What is added between characters so that the line fills its width; a last line is only squeezed."""
    if shown < 2 or (ends and slack > 0):
        return 0.0
    extra = slack / (shown - 1)
    return extra if extra <= _MAX_STRETCH else 0.0


def _pieces(text: str, faces: list[Face], kerns: list[float], span: range) -> tuple[Piece, ...]:
    """The characters of a line, cut where the face changes and behind a kern."""
    pieces: list[Piece] = []
    for at in span:
        last = pieces[-1] if pieces else None
        if last and last.face is faces[at] and not last.kern:
            pieces[-1] = Piece(faces[at], last.text + text[at], kerns[at])
        else:
            pieces.append(Piece(faces[at], text[at], kerns[at]))
    return tuple(pieces)


def _block(pen: Pen, block: Block) -> Iterator[SetLine]:
    """A head of the first level stands alone; one of the second runs on into its text."""
    head, text = esc(block.head), esc(block.text)
    if block.level is Level.FIRST and head:
        yield from paragraph(pen, ((Face.HEI, head),), indent=2, keep=True)
        head = ""
    for at, part in enumerate(text.split("\n") if text or not head else [""]):
        pieces = ((_FACES[block.level], head),) if at == 0 and head else ()
        if part or pieces:
            yield from paragraph(pen, (*pieces, (Face.BODY, part)), indent=2)


def _attachments(pen: Pen, names: tuple[str, ...]) -> Iterator[SetLine]:
    """附件： two characters in; several are numbered, their second lines stand under the first character."""
    label = "附件："
    for at, name in enumerate(names, 1):
        number = f"{at}. " if len(names) > 1 else ""
        hang = 5 + pen.width(Face.BODY, number, SIZE, SPACING) / PITCH
        lines = paragraph(pen, ((Face.BODY, one_line(name)),), indent=0, left=hang)
        for i, line in enumerate(lines):
            if i == 0:
                lead = label + number if at == 1 else number
                left = 2.0 if at == 1 else 5.0
                yield SetLine((Piece(Face.BODY, lead), *line.pieces), left * PITCH, line.spacing, text=True)
            else:
                yield line


def _addressee(report: Report) -> str:
    name = one_line(report.addressee)
    return name if name.endswith(("：", ":")) else f"{name}："
