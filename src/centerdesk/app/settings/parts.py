"""What all settings share: the list at the left, the base of a section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar, TypeVar

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import (
    QSizePolicy,
    QWidget,
)

from centerdesk.kernel.identity import Actor
from centerdesk.kernel.record import record
from centerdesk.qtkit.drafts import HOLDS_DRAFTS
from centerdesk.qtkit.icons import paint_icon
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import CENTRE, PaintedWidget, begin, draw_text
from centerdesk.qtkit.style import paint_focus_ring

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from centerdesk.app.bootstrap import OpenStation
    from centerdesk.app.settings.pages import SettingsPage
    from centerdesk.kernel.commands import Command

R = TypeVar("R")


@record
class SectionEntry:
    """One line of the list: id, words, icon, and any of the permissions that shows it (none: everybody)."""

    id: str
    title: str
    icon: str
    permissions: tuple[str, ...] = ()

    def allowed(self, actor: Actor) -> bool:
        return not self.permissions or any(actor.may(each) for each in self.permissions)


class SettingsList(PaintedWidget):
    """设置的目录. Arrow keys move, a click opens. Rows below each other, or words in one row where it is `flat`."""

    opened = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_list")
        self._entries: tuple[SectionEntry, ...] = ()
        self._current = ""
        self._flat = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_flat(self, flat: bool) -> None:
        """In one row, for a window that has no room at its side."""
        if flat != self._flat:
            self._flat = flat
            self.updateGeometry()
            self.update()

    def show_entries(self, entries: Sequence[SectionEntry], current: str) -> None:
        """Offer these."""
        self._entries, self._current = tuple(entries), current
        names = [entry.title for entry in self._entries]
        here = next((e.title for e in self._entries if e.id == current), "")
        self.describe(self.tr("设置：{}").format(here), self.tr("、").join(names))
        self.updateGeometry()
        self.update()

    @property
    def ids(self) -> tuple[str, ...]:
        """What is offered, in order."""
        return tuple(entry.id for entry in self._entries)

    def sizeHint(self) -> QSize:
        """One row each."""
        return QSize(theme().px(120), theme().size("row") * (1 if self._flat else len(self._entries)))

    def minimumSizeHint(self) -> QSize:
        """The same height."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Icon and words, in one row the words alone; the current one on its ground."""
        look, painter = theme(), begin(self)
        for number, entry in enumerate(self._entries):
            row = self._row(number)
            current = entry.id == self._current
            if current:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(look.colour("wash"))
                radius = look.size("radius-control")
                painter.drawRoundedRect(row.adjusted(0, 1, 0, -1), radius, radius)
                if self.hasFocus():
                    paint_focus_ring(painter, row.adjusted(0, 1, 0, -1))
            ink = "primary-d" if current else "ink"
            if self._flat:
                draw_text(painter, row, entry.title, look.font("body", bold=current), ink, CENTRE, elide=True)
                continue
            side = look.size("icon-button")
            left = look.px(12)
            box = QRectF(left, row.center().y() - side / 2, side, side)
            paint_icon(painter, box, entry.icon, ink if current else "ink2", filled=current)
            text = QRectF(
                left + side + look.px(9), row.top(), row.width() - left - side - look.px(12), row.height()
            )
            draw_text(painter, text, entry.title, look.font("body", bold=current), ink, elide=True)
        painter.end()

    def _row(self, number: int) -> QRectF:
        high = theme().size("row")
        if self._flat:
            wide = self.width() / max(1, len(self._entries))
            return QRectF(number * wide, 0, wide, high)
        return QRectF(0, number * high, self.width(), high)

    def _open(self, number: int) -> None:
        if 0 <= number < len(self._entries):
            self.opened.emit(self._entries[number].id)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        self._open(next((n for n in range(len(self._entries)) if self._row(n).contains(at)), -1))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = Qt.Key
        steps = {keys.Key_Down: 1, keys.Key_Right: 1, keys.Key_Up: -1, keys.Key_Left: -1}
        step = steps.get(keys(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._open(self.ids.index(self._current) + step if self._current in self.ids else 0)


class Section(QWidget):
    """One section of the settings (一节设置). Builds its widgets at once, reads in `refresh`. GUI thread."""

    entry: ClassVar[SectionEntry]

    facts_changed = Signal(str)

    def __init__(self, page: SettingsPage) -> None:
        super().__init__()
        self.page = page
        self.setObjectName(f"section_{self.entry.id}")
        self.setAccessibleName(self.entry.title)
        self.setProperty(HOLDS_DRAFTS, True)  # another section on show gives nothing up
        self.facts = ""
        self._waiting: Callable[[], None] | None = None

    @property
    def station(self) -> OpenStation:
        return self.page.station

    def say(self, facts: str) -> None:
        """The line under the title."""
        self.facts = facts
        self.facts_changed.emit(facts)

    def refresh(self) -> None:
        """Read everything that is shown."""

    def read(self, fn: Callable[[Session], R], done: Callable[[R], None]) -> None:
        """A query on a read lane; its failure stands on the page."""

        def taken(value: R) -> None:
            done(value)
            waiting, self._waiting = self._waiting, None
            if waiting is not None:
                waiting()

        self.page.runner.query(self, fn, taken, self.page.show_failure)

    def once_read(self, then: Callable[[], None]) -> None:
        """Do it after the next reading."""
        self._waiting = then

    def run(self, job: Callable[[], R], done: Callable[[R], None], label: str = "") -> None:
        """Slow work without progress; its failure is told over the window."""
        self.page.runner.run(self, lambda _tell, _stopped: job(), done, label=label)

    def execute(
        self,
        command: Command[R],
        done: Callable[[R], None],
        failed: Callable[[Exception], None] | None = None,
        second: Actor | None = None,
    ) -> None:
        """A command on the write lane."""
        self.page.runner.execute(self, command, done, failed, second=second)
