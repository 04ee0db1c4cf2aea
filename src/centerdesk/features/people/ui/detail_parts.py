"""Parts of the detail pane: the square with the surname, tags with their days, the household."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from centerdesk.features.people.queries_detail import HouseholdMember, ResidentDetail
from centerdesk.features.people.rules import PRESENT
from centerdesk.features.people.ui.columns import tag_badge
from centerdesk.kernel.chinese import split_name
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.more_editors import FlowLayout
from centerdesk.qtkit.painted.badge import Badge, Tone
from centerdesk.qtkit.painted.base import PaintedWidget, begin, draw_in_middle


class Avatar(PaintedWidget):
    """A square with the surname: where a photo would invite guessing."""

    def __init__(self) -> None:
        super().__init__()
        self._letter = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_name(self, name: str) -> None:
        """The first character of the surname."""
        surname = split_name(name)[0] if name else ""
        self._letter = (surname or name)[:1]
        self.update()

    def sizeHint(self) -> QSize:
        """44 square."""
        side = round(theme().scale(44))
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Wash and letter."""
        look, painter = theme(), begin(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("wash"))
        radius = look.size("radius-control")
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        draw_in_middle(
            painter, QRectF(self.rect()), self._letter, look.font_px(21, bold=True, serif=True), "primary-d"
        )
        painter.end()


class TagLine(QWidget):
    """标签. Each with the month since when it holds; a stored one without a day says no day."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("detail_tags")
        self._flow = FlowLayout(self, gap=5)
        self._badges: list[Badge] = []

    def show_tags(self, detail: ResidentDetail) -> None:
        """Stored tags first, then those that follow from the age; a departure before all."""
        for old in self._badges:
            self._flow.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._badges = [self._badge(text, tone) for text, tone in self._words(detail)]
        for badge in self._badges:
            self._flow.addWidget(badge)
            badge.show()
        self.setVisible(bool(self._badges))
        self.updateGeometry()

    def words(self) -> tuple[str, ...]:
        """What the badges say."""
        return tuple(badge.text for badge in self._badges)

    @staticmethod
    def _badge(text: str, tone: Tone) -> Badge:
        return Badge(text, tone)

    @staticmethod
    def _words(detail: ResidentDetail) -> list[tuple[str, Tone]]:
        row, found = detail.row, list[tuple[str, Tone]]()
        if row.status != PRESENT:
            found.append(
                (f"{row.status} {detail.left_on:%Y-%m}" if detail.left_on else row.status, Tone.SOON)
            )
        if row.residence != "常住":
            found.append((row.residence, Tone.SOON))
        since = dict(detail.tag_since)
        for tag in row.tags:
            if tag == "老年":
                continue  # the age stands beside the name
            first = since.get(tag)
            words = f"{tag} {first:%Y-%m} 起" if first is not None else tag
            found.append((words, tag_badge(tag).tone))
        return found


class HouseholdView(QWidget):
    """一户. The others behind the same door; a name opens that person."""

    opened = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("household")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(3, 1)
        self._made: list[QWidget] = []

    def show_members(self, members: Sequence[HouseholdMember], this_year: int) -> None:
        """Everybody but the person shown above."""
        for old in self._made:
            self._grid.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._made = []
        for line, member in enumerate(members):
            name = QPushButton(member.name)
            name.setObjectName(f"member_{line}")
            name.setProperty("kind", "link")
            name.setFont(theme().font("table", bold=True))
            name.clicked.connect(self._opening(member.id))
            age = "" if member.age is None else f"{member.age} 岁"
            cells: list[QWidget] = [
                name,
                text_label(member.relation or "—", role="secondary"),
                text_label(age, role="table"),
                text_label(_note(member, this_year), role="hint"),
            ]
            for column, cell in enumerate(cells):
                side = Qt.AlignmentFlag.AlignRight if column == 3 else Qt.AlignmentFlag.AlignLeft
                self._grid.addWidget(cell, line, column, side | Qt.AlignmentFlag.AlignVCenter)
            self._made += cells

    def _opening(self, resident_id: UUID) -> Callable[[], None]:
        def open_member() -> None:
            self.opened.emit(resident_id)

        return open_member


def _note(member: HouseholdMember, this_year: int) -> str:
    if member.status != PRESENT:
        return f"{member.status} {_month(member.left_on, this_year)}".strip()
    return "" if member.residence == "常住" else member.residence


def _month(day: date | None, _this_year: int) -> str:
    return "" if day is None else f"{day:%Y-%m}"


def home_title(detail: ResidentDetail) -> str:
    """一户 · 户主 李桂兰: names in it come from the record on the screen."""
    if detail.relation == "户主":
        return f"一户 · 户主 {detail.row.name}"
    head = next((m.name for m in detail.members if m.relation == "户主" and m.status == PRESENT), "")
    return f"一户 · 户主 {head}" if head else "一户 · 没写户主"
