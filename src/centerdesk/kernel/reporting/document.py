"""What is printed, never how: returns and lists as tables (`Document`), letters after GB/T 9704 (`Report`).

Renderers, preview and golden tests read only these. All are values, free to cross threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import TypeAlias

from centerdesk.kernel.clock import local, until_said
from centerdesk.kernel.record import record
from centerdesk.kernel.reporting.figures import NO_BASE, rate, signed_text

Value: TypeAlias = str | int | Decimal | date | None
"""What a cell holds. None prints as nothing in a text column and as “—” in a column of figures."""


NOTE_KEY = "note"
"""Key of the 备注 column: n/d and the cells' notes are written there."""


class Kind(Enum):
    """How a value is written. A whole number, one decimal, a percentage, a day, or words."""

    TEXT = "text"
    INT = "int"
    DECIMAL1 = "decimal1"
    PERCENT = "percent"
    DATE = "date"

    @property
    def is_figure(self) -> bool:
        return self in (Kind.INT, Kind.DECIMAL1, Kind.PERCENT)


@record
class Col:
    """A column (栏). `width_mm` 0 shares what the others leave; `total` asks for the 合计 row."""

    key: str
    title: str
    kind: Kind = Kind.TEXT
    width_mm: float = 0.0
    total: bool = False
    center: bool = False


@record
class Cell:
    """A figure or words (单元格). With `n` and `d` it is the rate n ÷ d and `value` is not looked at.

    `kind` None takes the column's. `indent` is in characters (其中：is 2). `signed` writes + and −.
    `note` goes into the row's 备注, or under the table where the return has no such column.
    """

    value: Value = None
    n: int | None = None
    d: int | None = None
    kind: Kind | None = None
    bold: bool = False
    indent: int = 0
    note: str = ""
    signed: bool = False

    @property
    def is_rate(self) -> bool:
        return self.n is not None and self.d is not None


@record
class Row:
    """One line of the table: its cells in the order of the columns."""

    cells: tuple[Cell, ...]
    bold: bool = False


@record
class Section:
    """Rows under one heading (一、窗帘看护); an empty title prints no heading line."""

    title: str
    rows: tuple[Row, ...]


@record
class SignField:
    """A field to be signed by hand (单位负责人, 填表人); `value` is printed into it, for example a date."""

    label: str
    value: str = ""


@record
class Footing:
    """The line below every page (页脚): which version of which figures this is. Instants are aware.

    `code` is the short check code (7F3A-91C2), `audit_head` the head of the journal chain, `audit_seq` the
    number of its last entry, `definition` the version of the definitions (口径), `as_of` the instant up to
    which was counted.
    """

    code: str
    audit_head: str
    audit_seq: int
    definition: str
    as_of: datetime
    printed_at: datetime
    printed_by: str

    def lines(self) -> tuple[str, str]:
        """The two lines as printed."""
        return (
            f"校验 {self.code} · 留痕到第 {self.audit_seq:,} 条 · 口径 {self.definition}",
            f"数到 {until_said(self.as_of, year=True)} · "
            f"打印 {local(self.printed_at):%Y-%m-%d %H:%M} · {self.printed_by}",
        )

    def qr(self) -> str:
        """Plain words for the code beside the lines; not an address, so no reader opens anything."""
        return f"{self.code} {self.audit_seq} {self.audit_head[:16]}".upper()


@record
class Table:
    """A plain list (明细, 台账): the records behind a number, or what a list page shows.

    `rows` are values in the order of `columns`, read once through. `subtitle` is the line of
    unit and date below the title.
    """

    title: str
    columns: tuple[Col, ...]
    rows: Iterable[Sequence[Value]]
    subtitle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A monthly return ready for paper (月报表): the street's table form, filled.

    `code` is the return's own stable code, `form` the 表号, `issuer` the 制表机关, `unit_note` the 计量单位,
    `office` the 填报单位. `draft` prints 草稿 across and leaves the check code out.
    """

    code: str
    title: str
    period: str
    office: str
    columns: tuple[Col, ...]
    sections: tuple[Section, ...]
    form: str = ""
    issuer: str = ""
    unit_note: str = "见表内"
    explanations: tuple[str, ...] = ()
    signatures: tuple[SignField, ...] = ()
    footing: Footing | None = None
    draft: bool = False

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for section in self.sections for row in section.rows)


class Level(Enum):
    """Levels of a letter's body: 一、(黑体), （一）(楷体), plain text (仿宋)."""

    FIRST = 1
    SECOND = 2
    PARA = 0


@record
class Block:
    """A paragraph (段). `head` stands in the face of its level, `text` runs on behind it in 仿宋."""

    text: str = ""
    head: str = ""
    level: Level = Level.PARA


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A letter after GB/T 9704 (公文, 报告). Line breaks in `title` are kept: it is broken by meaning.

    `seal` leaves room for a seal across name and date; without it the signature is set as an unsealed one.
    """

    office: str
    number: str
    title: str
    addressee: str
    body: tuple[Block, ...]
    signatory: str
    dated: date
    attachments: tuple[str, ...] = ()
    copy_to: str = ""
    issued_by: str = ""
    issued_on: date | None = None
    seal: bool = True
    footing: Footing | None = None
    draft: bool = False


@record
class MissingGlyph:
    """A character no face at hand can draw (字库缺字); on paper it is 〓 with its code point."""

    char: str
    context: str = field(repr=False)  # people's text: shown to the clerk, never logged

    @property
    def code_point(self) -> str:
        return f"U+{ord(self.char):04X}"


@record
class ExportReport:
    """What became of an export: pages, the face used for each role (仿宋 → …), characters none could draw."""

    pages: int
    faces: Mapping[str, str]
    missing_glyphs: tuple[MissingGlyph, ...] = ()
    lines_per_page: int = 0

    def sentences(self) -> tuple[str, ...]:
        """What the preview and the export record say, in plain Chinese."""
        said = tuple(
            f"这台机器没有可嵌入的{role}，用“{face}”代替。"
            for role, face in self.faces.items()
            if role in _OFFICIAL and face.startswith(_BUNDLED)
        )
        if self.missing_glyphs:
            codes = "、".join(dict.fromkeys(glyph.code_point for glyph in self.missing_glyphs))
            said += (f"有字库缺字，纸上印作〓：{codes}。请核对这些字，必要时手写补上。",)
        return said


_OFFICIAL = ("仿宋", "楷体", "黑体", "小标宋")
_BUNDLED = ("Noto ", "Chuangming ")


def day_text(day: date) -> str:
    """`2026年12月4日`: no zeros in front (GB/T 9704 7.3.5)."""
    return f"{day.year}年{day.month}月{day.day}日"


def cell_text(cell: Cell, column: Col) -> str:
    """The cell as printed."""
    kind = cell.kind or column.kind
    value = figure(cell)
    if value is None:
        return NO_BASE if kind.is_figure and (cell.is_rate or cell.value is None) else ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return f"{local(value) if value.tzinfo else value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat() if kind is Kind.DATE else day_text(value)
    return _figure_text(value, kind, signed=cell.signed)


def figure(cell: Cell) -> Value:
    """The value behind the cell: the rounded rate where it is one, else what it holds."""
    if cell.n is not None and cell.d is not None:
        return rate(cell.n, cell.d)
    return cell.value


def _figure_text(value: int | Decimal, kind: Kind, *, signed: bool) -> str:
    if kind is Kind.TEXT:
        return str(value)
    if kind is not Kind.INT:
        value = Decimal(value).quantize(Decimal("0.1"))
    text = signed_text(Decimal(value)) if signed else f"{value:,}".replace("-", "−")
    return f"{text}%" if kind is Kind.PERCENT else text
