"""Whose route is chosen above the board."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.buttons import Chip


@dataclass(frozen=True)
class RouteChip:
    """One chip: a worker's route, or all (`worker` None)."""

    worker: UUID | None
    words: str


class RouteChips(QWidget):
    """谁的路线. All as chips where there is room, else a menu that names the chosen one."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("route_chips")
        self._chips: list[tuple[Chip, RouteChip]] = []
        self._chosen: UUID | None = None
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme().px(8))
        self._more = Chip(self.tr("换路线"), menu_arrow=True)
        self._more.setObjectName("route_more")
        self._more.clicked.connect(self._open_menu)
        self._more.hide()
        self._row.addWidget(self._more)

    def show_chips(self, chips: Sequence[RouteChip], chosen: UUID | None) -> None:
        """These routes, one of them chosen."""
        self._chosen = chosen
        if [c.worker for _, c in self._chips] != [c.worker for c in chips]:
            self._make(chips)
        for (chip, _), route in zip(self._chips, chips, strict=True):
            if chip.text() != route.words:
                chip.setText(route.words)
            chip.setChecked(route.worker == chosen)
        self._chips = [(chip, route) for (chip, _), route in zip(self._chips, chips, strict=True)]

    def fit(self, room: int) -> None:
        """Show what `room` px hold."""
        gap = self._row.spacing()
        needed = sum(chip.sizeHint().width() + gap for chip, _ in self._chips) - gap
        fits = needed <= room or len(self._chips) < 2
        for chip, route in self._chips:
            chip.setVisible(fits)
            if not fits and route.worker == self._chosen:
                self._more.setText(route.words)
        self._more.setVisible(not fits)

    def _make(self, chips: Sequence[RouteChip]) -> None:
        for chip, _ in self._chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for number, route in enumerate(chips):
            chip = Chip(route.words, plain=True)
            chip.setObjectName(f"route_chip_{number}")
            chip.clicked.connect(self._choosing(route.worker))
            self._row.insertWidget(number, chip)
            self._chips.append((chip, route))

    def _choosing(self, worker: UUID | None) -> Callable[[], None]:
        def choose() -> None:
            self.chosen.emit(worker)

        return choose

    def _open_menu(self) -> None:
        menu = QMenu(self)
        menu.setObjectName("route_menu_all")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for _, route in self._chips:
            menu.addAction(route.words).triggered.connect(self._choosing(route.worker))
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))
