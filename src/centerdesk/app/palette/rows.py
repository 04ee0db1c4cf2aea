"""What the palette lists: people, what can be done with one, pages and commands; headings between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from centerdesk.app.palette.match import Match, match
from centerdesk.kernel.manifest import SearchHit, Target
from centerdesk.kernel.record import record
from centerdesk.qtkit.actions import DeskAction
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import draw_text, line_height, text_width
from centerdesk.qtkit.painted.keycap import key_words, keycap_width, paint_keycap

TEN = 10
"""Results shown; the list never scrolls."""
PEOPLE, ACTS = 5, 3
ROW = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class RowKind(StrEnum):
    """What a line is; headings cannot be chosen."""

    HEAD = "head"
    PERSON = "person"
    ACT = "act"
    COMMAND = "command"


@record
class PaletteRow:
    """One line. `marks` are the characters of the title that matched."""

    kind: RowKind
    title: str
    detail: str = ""
    icon: str = ""
    key: str = ""
    marks: tuple[int, ...] = ()
    target: Target | None = None
    action_id: str = ""


def heading(text: str) -> PaletteRow:
    return PaletteRow(RowKind.HEAD, text)


def person_rows(hits: Iterable[SearchHit], wanted: str) -> Iterator[PaletteRow]:
    """Hits of the features' searches, under the heading each names."""
    group = ""
    for hit in hits:
        if hit.group != group:
            group = hit.group
            yield heading(group)
        found = match(hit.title, wanted)
        yield PaletteRow(
            RowKind.PERSON,
            hit.title,
            hit.detail,
            "person",
            marks=found.marks if found else (),
            target=hit.target,
        )


def act_rows(actions: Sequence[DeskAction], person: str, target: Target, limit: int) -> Iterator[PaletteRow]:
    """What can be done with the first person found."""
    if actions:
        yield heading(f"对「{person}」可以做")
    for action in actions[:limit]:
        yield PaletteRow(
            RowKind.ACT, action.text, "", action.icon or "edit", action.shortcut, (), target, action.id
        )


def command_rows(actions: Iterable[DeskAction], wanted: str, limit: int) -> list[PaletteRow]:
    """Commands that answer to the wish, best first, in the registry's order where equal."""
    found: list[tuple[Match, int, DeskAction]] = []
    for place, action in enumerate(actions):
        if (hit := match(action.text, wanted)) is not None:
            found.append((hit, place, action))
    best = sorted(found, key=lambda each: (each[0].rank, each[0].first, each[1]))[:limit]
    rows = [
        PaletteRow(RowKind.COMMAND, a.text, _where(a), a.icon or "run", a.shortcut, hit.marks, None, a.id)
        for hit, _place, a in best
    ]
    return [heading("命令"), *rows] if rows else []


def _where(action: DeskAction) -> str:
    blocked = action.enabled is not None and not action.enabled()
    if blocked:
        return action.why_not() if action.why_not else "现在不能办"
    return "打开这一页" if action.id.startswith("go.") else action.group


def row_height(row: PaletteRow) -> int:
    """How high a line is painted, px."""
    look = theme()
    if row.kind is RowKind.HEAD:
        return round(line_height(look.font("caption")) + look.scale(15))
    return round(look.scale(44))


class PaletteModel(QAbstractListModel):
    """The lines as they stand. GUI thread."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[PaletteRow, ...] = ()

    @property
    def rows(self) -> tuple[PaletteRow, ...]:
        return self._rows

    def set_rows(self, rows: Iterable[PaletteRow]) -> None:
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return "，".join(part for part in (row.title, row.detail, row.key) if part)
        return row if role == ROW else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if self._rows[index.row()].kind is RowKind.HEAD:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class PaletteDelegate(QStyledItemDelegate):
    """Paints a line: icon, title with its hits lit, detail, key."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, row_height(index.data(ROW)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: PaletteRow = index.data(ROW)
        look = theme()
        rect = QRectF(getattr(option, "rect"))  # noqa: B009 - the stubs do not know the option's fields
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.kind is RowKind.HEAD:
            words = rect.adjusted(look.px(18), look.px(6), 0, 0)
            draw_text(painter, words, row.title, look.font("caption"), "ink3")
            painter.restore()
            return
        chosen = bool(getattr(option, "state") & QStyle.StateFlag.State_Selected)  # noqa: B009
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("wash"))
            body = rect.adjusted(look.px(6), 0, -look.px(6), 0)
            painter.drawRoundedRect(body, look.size("radius-control"), look.size("radius-control"))
        side = look.size("icon")
        left = rect.left() + look.px(18)
        paint_icon(painter, QRectF(left, rect.center().y() - side / 2, side, side), row.icon, "ink2")
        x = left + side + look.px(12)
        right = self._paint_key(painter, rect, row, chosen=chosen)
        x = self._paint_title(painter, QRectF(x, rect.top(), right - x, rect.height()), row)
        room = QRectF(x + look.px(12), rect.top(), right - x - look.px(16), rect.height())
        draw_text(painter, room, row.detail, look.font("table"), "ink2", elide=True)
        painter.restore()

    @staticmethod
    def _paint_title(painter: QPainter, rect: QRectF, row: PaletteRow) -> float:
        """Character by character, those that matched on light; answers where it ends."""
        look = theme()
        font = look.font("card_title", bold=row.kind is RowKind.PERSON)
        if row.kind is not RowKind.PERSON:
            font.setWeight(font.Weight.Normal)
        x, high = rect.left(), line_height(font)
        for place, char in enumerate(row.title):
            wide = text_width(font, char)
            hit = place in row.marks
            if hit:
                top = rect.center().y() - high / 2
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.colour("dawn2"))
                painter.drawRoundedRect(QRectF(x - 0.5, top, wide + 1, high), 2, 2)
            draw_text(
                painter,
                QRectF(x, rect.top(), wide + 2, rect.height()),
                char,
                font,
                "on-hit" if hit else "ink",
            )
            x += wide
        return x

    @staticmethod
    def _paint_key(painter: QPainter, rect: QRectF, row: PaletteRow, *, chosen: bool) -> float:
        look = theme()
        key = key_words(row.key) if row.key else "Enter" if chosen else ""
        if not key:
            return rect.right() - look.px(18)
        right = rect.right() - look.px(18)
        if not row.key:
            word = "打开" if row.kind is RowKind.PERSON or row.action_id.startswith("go.") else "办"
            wide = text_width(look.font("table"), word)
            draw_text(painter, QRectF(right - wide, rect.top(), wide + 2, rect.height()), word,
                      look.font("table"), "ink2")  # fmt: skip
            right -= wide + look.px(10)
        cap, high = keycap_width(key), look.size("keycap")
        paint_keycap(painter, QRectF(right - cap, rect.center().y() - high / 2, cap, high), key)
        return right - cap - look.px(8)
