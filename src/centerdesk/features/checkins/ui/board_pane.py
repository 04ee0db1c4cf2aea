"""The middle pane: 楼面, 名单 or 月历 of one route, chips for whose, the legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from centerdesk.features.checkins.queries import RoundRow
from centerdesk.features.checkins.rules import DUE, HELP, NOT_OK, OK, PAUSED, UNCLEAR, UNSEEN
from centerdesk.features.checkins.ui.houses import Houses
from centerdesk.features.checkins.ui.state_legend import LegendItem, StateLegend
from centerdesk.features.checkins.ui.words import glyph, legend_word
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.buttons import Chip
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.painted.day_strip import DayStrip
from centerdesk.qtkit.painted.facade import FacadeBoard
from centerdesk.qtkit.painted.house import BuildingView
from centerdesk.qtkit.painted.sky import Sky
from centerdesk.qtkit.painted.window_glyph import WindowState

VIEWS = (("facade", "楼面"), ("roll", "名单"), ("month", "月历"))
_LEGEND = (OK, NOT_OK, UNCLEAR, HELP, DUE, UNSEEN, PAUSED)


class Segments(QWidget):
    """分段钮. One of a few views; arrow keys move between them."""

    chosen = Signal(str)

    def __init__(self, name: str, items: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._keys = [key for key, _ in items]
        for number, (key, words) in enumerate(items):
            button = QToolButton()
            button.setText(words)
            button.setObjectName(f"{name}_{key}")
            button.setAccessibleName(words)
            button.setCheckable(True)
            last = number == len(items) - 1
            button.setProperty("segment", "first" if number == 0 else "last" if last else "middle")
            self._group.addButton(button, number)
            row.addWidget(button)
        self._group.idClicked.connect(self._on_clicked)

    @property
    def first(self) -> QWidget:
        return self._group.button(0)

    def show_choice(self, key: str) -> None:
        """Mark one without telling anybody."""
        self._group.button(self._keys.index(key)).setChecked(True)

    def _on_clicked(self, number: int) -> None:
        self.chosen.emit(self._keys[number])


@dataclass(frozen=True)
class RouteChip:
    """One chip: a worker's route, or all (`worker` None)."""

    worker: UUID | None
    words: str


class BoardPane(Card):
    """楼面栏. Holds board, roll and month; the page fills them."""

    view_chosen = Signal(str)
    slot_chosen = Signal(str)
    route_chosen = Signal(object)
    home_picked = Signal(object)
    home_opened = Signal(object)

    def __init__(self, roll: QWidget, month: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, padded=False)
        self.setObjectName("board_pane")
        self.setAccessibleName(self.tr("楼面栏"))
        self.body.setSpacing(0)
        self.views = Segments("views", VIEWS)
        self.slots_choice = Segments("slots", (("morning", "早间"), ("evening", "晚间")))
        self.slots_choice.hide()
        self._chips: list[tuple[Chip, RouteChip]] = []
        self._bar = QWidget()
        self._row = QHBoxLayout(self._bar)
        self._row.addWidget(self.views)
        self._row.addWidget(self.slots_choice)
        self._row.addStretch(1)
        self.board = FacadeBoard()
        self.strip = DayStrip(labels_above=True)
        self.strip.hide()
        self._strip_rule = Rule()
        self._strip_rule.hide()
        facade = QWidget()
        column = QVBoxLayout(facade)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.strip)
        column.addWidget(self._strip_rule)
        column.addWidget(self.board, 1)
        self._pages = QWidget()
        self.stack = QStackedLayout(self._pages)
        for page in (facade, roll, month):
            self.stack.addWidget(page)
        self.legend = StateLegend()
        self._legend_rule = Rule()
        for widget in (self._bar, Rule(self)):
            self.body.addWidget(widget)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self._legend_rule)
        self.body.addWidget(self.legend)
        self._houses: Houses | None = None
        self._narrow = False
        self._connect()
        self._measure_bar()
        self.show_view("facade")

    def _connect(self) -> None:
        self.views.chosen.connect(self.view_chosen)
        self.slots_choice.chosen.connect(self.slot_chosen)
        self.board.current_changed.connect(self.home_picked)
        self.board.activated.connect(self.home_opened)
        self.board.page_changed.connect(self._on_page)
        self.strip.activated.connect(self.home_picked)
        self.strip.building_clicked.connect(self._on_building)
        theme_hub().changed.connect(self._measure_bar)

    # --- what the page fills in -------------------------------------------------------------------------------

    def show_view(self, view: str) -> None:
        """Turn to 楼面, 名单 or 月历."""
        keys = [key for key, _ in VIEWS]
        self.stack.setCurrentIndex(keys.index(view))
        self.views.show_choice(view)
        self.legend.setVisible(view != "month")
        self._legend_rule.setVisible(view != "month")

    @property
    def view(self) -> str:
        return VIEWS[self.stack.currentIndex()][0]

    def show_slots(self, slot: str, *, both: bool) -> None:
        """Which half of the day is shown; the choice stands only while both rounds exist."""
        self.slots_choice.setVisible(both)
        self.slots_choice.show_choice(slot)

    def show_chips(self, chips: Sequence[RouteChip], chosen: UUID | None) -> None:
        """Whose route."""
        if [c for _, c in self._chips] != list(chips):
            self._make_chips(chips)
        for chip, route in self._chips:
            chip.setChecked(route.worker == chosen)

    def _make_chips(self, chips: Sequence[RouteChip]) -> None:
        keep = len(self._chips) == len(chips)
        if keep:
            for (chip, _), route in zip(self._chips, chips, strict=True):
                chip.setText(route.words)
            self._chips = [(chip, route) for (chip, _), route in zip(self._chips, chips, strict=True)]
            return
        for chip, _ in self._chips:
            self._row.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self._chips = []
        for number, route in enumerate(chips):
            chip = Chip(route.words, plain=True)
            chip.setObjectName(f"route_chip_{number}")
            chip.clicked.connect(self._on_chip)
            self._row.addWidget(chip)
            self._chips.append((chip, route))

    def show_houses(self, houses: Houses, route: Sequence[UUID]) -> None:
        """The houses of the route; `route` are the checks in walking order, for Tab."""
        self._houses = houses
        self.board.set_buildings(houses.views, [houses.window_of.get(c, c) for c in route])
        self._fill_strip()

    def show_current(self, check_id: UUID | None) -> None:
        """The ring, and the pin where one stands."""
        if self._houses is None:
            return
        window = self._houses.window_of.get(check_id) if check_id is not None else None
        self.board.set_current(window)
        self.board.set_standing_point(self._houses.pin_of.get(check_id, "") if check_id else "")
        self._fill_strip()

    def show_sky(self, sky: Sky) -> None:
        self.board.set_sky(sky)

    def show_counts(self, rows: Sequence[RoundRow], slot: str, *, low: bool) -> None:
        """The legend with how many are in each state."""
        counts = Counter(row.state for row in rows)
        items = [LegendItem(glyph(s, slot), legend_word(s, slot), counts[s]) for s in _LEGEND]
        items.append(LegendItem(WindowState.NOT_ENROLLED, WindowState.NOT_ENROLLED.word, None))
        self.legend.set_items(items, only_present=low)

    def set_narrow(self, narrow: bool) -> None:
        """One building enlarged, the others as a strip above it."""
        if narrow != self._narrow:
            self._narrow = narrow
            self.board.set_single(narrow)
            self._measure_bar()
            self._fill_strip()

    # --- the strip of the other buildings ----------------------------------------------------------------------

    def _fill_strip(self) -> None:
        others = self._others() if self._narrow else []
        self.strip.setVisible(bool(others))
        self._strip_rule.setVisible(bool(others))
        if others:
            self.strip.set_buildings(others)

    def _others(self) -> list[BuildingView]:
        """Buildings beside the one on show, as many as fit around it."""
        views = self._houses.views if self._houses else ()
        here = self.board.page
        near = sorted((n for n in range(len(views)) if n != here), key=lambda n: (abs(n - here), n))
        room, kept = float(self.width()), list[int]()
        for n in near:
            # The strip may shrink its drawings to two thirds; four fifths still read well.
            wide = theme().scale(35 + max(1, len(views[n].windows)) * 25) * 0.8
            if wide > room:
                break
            room -= wide
            kept.append(n)
        return [views[n] for n in sorted(kept)]

    def _on_building(self, name: str) -> None:
        names = self._houses.page_names() if self._houses else ()
        if name in names:
            self.board.set_page(names.index(name))

    def _on_page(self, _page: int, _pages: int) -> None:
        self._fill_strip()

    def _on_chip(self) -> None:
        for chip, route in self._chips:
            if chip is self.sender():
                self.route_chosen.emit(route.worker)

    def _measure_bar(self) -> None:
        look = theme()
        self._bar.setFixedHeight(look.size("card-header"))
        side = look.px(10 if self._narrow else 14)
        self._row.setContentsMargins(side, 0, side, 0)
        self._row.setSpacing(look.px(8))
        self._bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, False)
