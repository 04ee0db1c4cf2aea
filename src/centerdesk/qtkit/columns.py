"""What a table shows, as data: columns and badges, no query and no painting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, IntEnum
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Qt

from centerdesk.kernel.record import record
from centerdesk.qtkit.labels import plain_tip
from centerdesk.qtkit.painted.badge import Tone

__all__ = ["Align", "Badge", "Column", "Role", "Tone", "plain_column"]

R = TypeVar("R")


@record
class Badge:
    """标记. A word with a tone; `icon` is a name of `qtkit.icons`."""

    text: str
    tone: Tone = Tone.PLAIN
    icon: str = ""


class Align(Enum):
    LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
    RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    CENTER = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter


class Role(IntEnum):
    """Item roles beside Qt's own, for the delegate, the clipboard and tests."""

    ROW = Qt.ItemDataRole.UserRole + 1  # the frozen row, None in the tail row
    ROW_ID = Qt.ItemDataRole.UserRole + 2
    BADGES = Qt.ItemDataRole.UserRole + 3  # tuple[Badge, ...]
    BOLD = Qt.ItemDataRole.UserRole + 4
    TAIL = Qt.ItemDataRole.UserRole + 5  # Tail | None
    HIT = Qt.ItemDataRole.UserRole + 6  # bool: the search found this cell


@record
class Column(Generic[R]):
    """One column. `text` answers masked values only: they are copied and read aloud."""

    key: str  # stable: column memory and sorting use it
    title: str
    text: Callable[[R], str]
    align: Align = Align.LEFT
    width: int = 96  # px at 100 %
    stretch: bool = False  # takes what the others leave, at least its width; one in a table
    badges: Callable[[R], tuple[Badge, ...]] | None = None  # drawn instead of the text, which copies them
    bold: bool = False
    tone: Callable[[R], Tone | None] | None = None
    tooltip: Callable[[R], str] | None = None
    sort_key: str = ""  # empty: not sortable
    hit: bool = False  # the search looks in here: a row that was found marks this cell
    visible: bool = True
    fixed: bool = False  # may not be hidden
    number: Callable[[R], float] | None = None  # the footer adds it up over the selected rows


def plain_column(key: str, title: str, attribute: str, *, empty: str = "", **options: Any) -> Column[Any]:
    """A column that shows one attribute of the row as text; `empty` stands for None and ""."""

    def text(row: Any) -> str:
        value = getattr(row, attribute)
        return empty if value is None or value == "" else str(value)

    return Column(key, title, text, **options)


def tsv_cell(text: str) -> str:
    """A cell for the clipboard: one line, and never a formula where it is pasted (RELIABILITY 3.7)."""
    text = " ".join(text.split())
    risky = text[:1] in ("=", "+", "@") or (text[:1] == "-" and not text[1:2].isdigit())
    return f"'{text}" if risky and len(text) > 1 else text


def cell_text(column: Column[Any], row: Any) -> str:
    """What the cell says: its text, or the words of its badges."""
    text = column.text(row)
    if not text and column.badges is not None:
        return "、".join(badge.text for badge in column.badges(row))
    return text


CELL_READERS: Mapping[int, Callable[[Column[Any], Any], Any]] = {
    Qt.ItemDataRole.DisplayRole: cell_text,
    Qt.ItemDataRole.TextAlignmentRole: lambda column, _row: column.align.value,
    Qt.ItemDataRole.ToolTipRole: lambda column, row: (
        plain_tip(column.tooltip(row)) if column.tooltip else None
    ),
    Qt.ItemDataRole.AccessibleTextRole: lambda column, row: f"{column.title} {cell_text(column, row)}",
    Role.BADGES: lambda column, row: column.badges(row) if column.badges else (),
    Role.BOLD: lambda column, _row: column.bold,
}
"""How each item role is answered from a column and a row."""
