"""What the table of a return shows, as data: lines under their headings, filtered, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from uuid import UUID

from PySide6.QtCore import Qt

from centerdesk.features.returns.rules import Figure, change_of, depths, is_large, line_numbers
from centerdesk.features.returns.rules_checks import Finding, Level
from centerdesk.features.returns.rules_document import form_title, number_text, numbered
from centerdesk.kernel.record import record
from centerdesk.kernel.reporting.figures import NO_BASE, signed_text


class Only(Enum):
    """Which lines are listed."""

    ALL = "all"
    CHANGED = "changed"
    WRONG = "wrong"


@record
class HeadingRow:
    """一、居民: a line over the whole width that cannot be chosen."""

    title: str


@record
class LineRow:
    """One line of the return. `mark` is what the checks found at it, `large` a change of 30 % and more."""

    figure: Figure
    number: str
    depth: int
    mark: Level | None
    large: bool

    @property
    def title(self) -> str:
        return form_title(self.figure, self.depth)

    @property
    def base(self) -> str:
        """n/d of a rate, "" for a count."""
        month = self.figure.month
        return f"{month.n}/{month.d}" if month.d else ""


FigureRow = HeadingRow | LineRow


@record
class FigureColumn:
    """One column: its words, and how wide it is at 100 % (0: takes the rest)."""

    key: str
    title: str
    width: int
    text: Callable[[LineRow], str]
    right: bool = True


def _change(row: LineRow) -> str:
    moved = change_of(row.figure)
    return NO_BASE if moved is None else signed_text(moved)


COLUMNS = (
    FigureColumn("line", "行号", 52, lambda r: r.number, right=False),
    FigureColumn("title", "指标", 0, lambda r: f"{r.title} {r.base}".strip(), right=False),
    FigureColumn("unit", "单位", 62, lambda r: r.figure.unit, right=False),
    FigureColumn("month", "本月", 96, lambda r: number_text(r.figure.month)),
    FigureColumn("previous", "上月", 88, lambda r: number_text(r.figure.previous)),
    FigureColumn("change", "环比%", 84, _change),
    FigureColumn("year", "本年累计", 104, lambda r: number_text(r.figure.year_to_date)),
)
MONTH = next(at for at, c in enumerate(COLUMNS) if c.key == "month")
TITLE = next(at for at, c in enumerate(COLUMNS) if c.key == "title")
ALIGN_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
ALIGN_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@record
class Counts:
    """How many lines each chip would list."""

    all: int
    changed: int
    wrong: int


def marks(found: Sequence[Finding]) -> Mapping[str, Level]:
    """The worst finding at each line it begins with."""
    marked: dict[str, Level] = {}
    for finding in found:
        key = finding.keys[0]
        if marked.get(key) is not Level.ERROR:
            marked[key] = finding.level
    return marked


def is_changed(f: Figure) -> bool:
    """Is the month's number another than the month before?"""
    return (f.month.value, f.month.n, f.month.d) != (f.previous.value, f.previous.n, f.previous.d)


def counts(figures: Sequence[Figure], place: UUID | None, found: Sequence[Finding]) -> Counts:
    """What stands on the chips."""
    here = [f for f in figures if f.where_id == place]
    wrong = {key for finding in found for key in finding.keys}
    return Counts(len(here), sum(map(is_changed, here)), sum(f.indicator in wrong for f in here))


def rows_of(
    figures: Sequence[Figure], place: UUID | None, only: Only, found: Sequence[Finding]
) -> tuple[FigureRow, ...]:
    """Lines of one place (None: the station) with the headings of the groups that have any."""
    lines, deep, marked = line_numbers(figures), depths(figures), marks(found)
    wrong = {key for finding in found for key in finding.keys}
    here = [f for f in figures if f.where_id == place]
    headings = numbered(here)
    rows: list[FigureRow] = []
    group = None
    for f in here:
        if only is Only.CHANGED and not is_changed(f):
            continue
        if only is Only.WRONG and f.indicator not in wrong:
            continue
        if f.group != group:
            group = f.group
            rows.append(HeadingRow(headings[group]))
        mark = marked.get(f.indicator) if place is None else None
        large = is_large(f)
        if mark is Level.HINT and large:
            mark = None  # the bold change says it
        rows.append(LineRow(f, lines[f.indicator], deep[f.indicator], mark, large))
    return tuple(rows)
