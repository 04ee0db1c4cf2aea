"""The right side of the return: a column where there is room, a drawer over the table where there is not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from centerdesk.features.returns.ui.checks_card import ChecksCard
from centerdesk.features.returns.ui.paper_card import PaperCard
from centerdesk.features.returns.ui.records_card import RecordsCard
from centerdesk.qtkit.look import theme, theme_hub

LOW = 620
"""Height at 100 % below which the paper takes less."""

NARROW = 1000
"""Page width at 100 % below which the side becomes a drawer."""


def is_narrow(page: QWidget) -> bool:
    """Is there no room for table and side beside each other? 长者 and zoom need more of it."""
    look = theme()
    return page.width() < NARROW * (1.25 if look.large else 1) * look.zoom / 100


class Side(QWidget):
    """右栏: checks, records, paper. As a drawer it starts closed; `toggle` is Ctrl I."""

    def __init__(
        self, body: QWidget, row: QHBoxLayout, checks: ChecksCard, records: RecordsCard, paper: PaperCard
    ) -> None:
        super().__init__(body)
        self.setObjectName("return_side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._body, self._row = body, row
        self._checks, self._records, self._paper = checks, records, paper
        self._drawer, self._wanted = False, True
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(checks)
        self._column.addWidget(records, 1)
        self._column.addWidget(paper)
        row.addWidget(self)
        body.installEventFilter(self)
        theme_hub().changed.connect(self.place)

    @property
    def drawer(self) -> bool:
        """Does it lie over the table?"""
        return self._drawer

    def set_drawer(self, on: bool) -> None:
        """Change between column and drawer."""
        if on != self._drawer:
            self._drawer, self._wanted = on, not on
            self.setProperty("ground", "paper" if on else "")
            self.style().polish(self)
            if on:
                self._row.removeWidget(self)
            else:
                self._row.addWidget(self)
        self.place()

    def open(self) -> None:
        """Show it."""
        self._wanted = True
        self.place()

    def close_drawer(self) -> bool:
        """Put the drawer away; False when there was none."""
        if not (self._drawer and self._wanted):
            return False
        self._wanted = False
        self.place()
        return True

    def toggle(self) -> None:
        """Ctrl I."""
        self._wanted = not self._wanted
        self.place()

    def place(self) -> None:
        """Width, height of the checks, and where a drawer lies."""
        look = theme()
        gap = look.size("gap-narrow" if self._drawer else "gap")
        self._column.setSpacing(gap)
        wide = min(look.size("detail"), max(240, self._body.width() - look.px(24)))
        self.setVisible(self._wanted)
        self.setFixedWidth(wide)
        high = self._body.height()
        low = high < look.px(LOW)
        self._paper.set_low(low)
        others = self._records.minimumSizeHint().height() + self._paper.sizeHint().height() + 2 * gap
        room = min(round(high * (0.36 if low else 0.34)), high - others)
        room = max(look.size("card-header") + look.px(82), room)
        self._checks.setFixedHeight(min(self._checks.wanted_height(), room))
        if self._drawer:
            inset = look.px(10)
            self._column.setContentsMargins(inset, 0, 0, 0)
            self.setGeometry(self._body.width() - wide, 0, wide, high)
            self.raise_()
        else:
            self._column.setContentsMargins(0, 0, 0, 0)
        self._column.invalidate()  # asked while another layout is at work, it would keep the heights from before
        self._column.activate()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False
