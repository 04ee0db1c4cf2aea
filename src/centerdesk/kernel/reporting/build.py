"""From a return's specification and its rows to the `Document` that is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from sqlalchemy.orm import Session

from centerdesk.kernel.clock import Month
from centerdesk.kernel.record import record
from centerdesk.kernel.reporting.document import (
    NOTE_KEY,
    Cell,
    Col,
    Document,
    Footing,
    Kind,
    Row,
    Section,
    SignField,
    cell_text,
)

TOTAL_TITLE = "合计"


@record
class Heading:
    """A line between rows that begins a section (一、窗帘看护)."""

    title: str


SpecRow: TypeAlias = Mapping[str, Cell] | Heading


@record
class ReturnSpec:
    """A monthly return as data (月报表): what the rows are, never how a page looks.

    `rows` answers for one month with cells by column key, `Heading`s between them. `form` is the 表号,
    `issuer` the 制表机关 printed beside it.
    """

    code: str
    title: str
    columns: Sequence[Col]
    rows: Callable[[Session, Month], Sequence[SpecRow]]
    signatures: Sequence[str] = ("制表人", "审核人")
    form: str = ""
    issuer: str = ""
    unit_note: str = "见表内"


def build(
    spec: ReturnSpec,
    session: Session,
    month: Month,
    *,
    office: str = "",
    explanations: Sequence[str] = (),
    signed: Mapping[str, str] | None = None,
    footing: Footing | None = None,
    draft: bool = False,
) -> Document:
    """The return of one month. `signed` gives what is printed into a signature field, by its label.

    Raises ValueError for a cell under a key that is no column, or a total over rates.
    """
    return assemble(
        spec,
        spec.rows(session, month),
        period=month_text(month),
        office=office,
        explanations=explanations,
        signed=signed or {},
        footing=footing,
        draft=draft,
    )


def assemble(
    spec: ReturnSpec,
    rows: Sequence[SpecRow],
    *,
    period: str,
    office: str = "",
    explanations: Sequence[str] = (),
    signed: Mapping[str, str] | None = None,
    footing: Footing | None = None,
    draft: bool = False,
) -> Document:
    """`build` for rows that are at hand already, for example those stored with a submitted return."""
    columns = tuple(spec.columns)
    has_notes = any(column.key == NOTE_KEY for column in columns)
    loose: list[str] = []
    sections = _sections(columns, rows, has_notes, loose)
    if any(column.total for column in columns):
        everything = [row for section in sections for row in section.rows]
        sections = [*sections, Section("", (_total(columns, everything),))]
    given = signed or {}
    return Document(
        code=spec.code,
        title=spec.title,
        period=period,
        office=office,
        columns=columns,
        sections=tuple(sections),
        form=spec.form,
        issuer=spec.issuer,
        unit_note=spec.unit_note,
        explanations=(*explanations, *loose),
        signatures=tuple(SignField(label, given.get(label, "")) for label in spec.signatures),
        footing=footing,
        draft=draft,
    )


def month_text(month: Month) -> str:
    """`2026 年 11 月`, as it stands below a return's title."""
    return f"{month.year} 年 {month.month} 月"


def _sections(
    columns: tuple[Col, ...], rows: Sequence[SpecRow], has_notes: bool, loose: list[str]
) -> list[Section]:
    sections: list[Section] = []
    title, pending = "", list[Row]()
    for row in rows:
        if isinstance(row, Heading):
            if title or pending:
                sections.append(Section(title, tuple(pending)))
            title, pending = row.title, []
            continue
        pending.append(_row(columns, row, has_notes, loose))
    sections.append(Section(title, tuple(pending)))
    return sections


def _row(columns: tuple[Col, ...], cells: Mapping[str, Cell], has_notes: bool, loose: list[str]) -> Row:
    unknown = set(cells) - {column.key for column in columns}
    if unknown:
        raise ValueError(f"no such column: {', '.join(sorted(unknown))}")
    filled = {column.key: cells.get(column.key, _blank(column)) for column in columns}
    if has_notes:
        if not filled[NOTE_KEY].value:
            filled[NOTE_KEY] = Cell(_remarks(columns, cells))
    else:
        name = cell_text(filled[columns[0].key], columns[0])
        loose += [
            f"{name}·{c.title}：{cells[c.key].note}" for c in columns if c.key in cells and cells[c.key].note
        ]
    return Row(tuple(filled.values()))


def _blank(column: Col) -> Cell:
    """A cell the specification left out prints as nothing, not as “—”: nobody counted it."""
    return Cell("", kind=Kind.TEXT) if column.kind.is_figure else Cell("")


def _remarks(columns: tuple[Col, ...], cells: Mapping[str, Cell]) -> str:
    """n/d of the first rate of the row, then the notes of its cells (UI 28)."""
    present = [cells[column.key] for column in columns if column.key in cells]
    rates = [f"{cell.n}/{cell.d}" for cell in present if cell.is_rate and cell.d]
    return " ".join(dict.fromkeys(rates[:1] + [cell.note for cell in present if cell.note]))


def _total(columns: tuple[Col, ...], rows: Sequence[Row]) -> Row:
    """Sums of the columns that ask for it. Rows that begin indented (其中：) are part of the row above."""
    cells: list[Cell] = []
    counted = [row for row in rows if not row.cells[0].indent]
    for at, column in enumerate(columns):
        if not column.total:
            cells.append(Cell(TOTAL_TITLE if at == 0 else "", kind=Kind.TEXT, bold=True))
            continue
        if column.kind is Kind.PERCENT or any(row.cells[at].is_rate for row in counted):
            raise ValueError(f"a rate has no total: {column.key}")
        cells.append(Cell(_sum(row.cells[at] for row in counted), bold=True))
    return Row(tuple(cells), bold=True)


def _sum(cells: Iterable[Cell]) -> int | Decimal:
    total: int | Decimal = 0
    for cell in cells:
        if isinstance(cell.value, int | Decimal):
            total += cell.value
    return total
