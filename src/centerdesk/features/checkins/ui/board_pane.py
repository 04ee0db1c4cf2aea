"""The middle pane: 楼面, 名单 or 月历 of one route, chips for whose, the legend."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.features.checkins.queries import RoundRow
from centerdesk.features.checkins.rules import DUE, HELP, NOT_OK, OK, PAUSED, UNCLEAR, UNSEEN
from centerdesk.features.checkins.ui.choices import RouteChip, RouteChips
from centerdesk.features.checkins.ui.houses import Houses
from centerdesk.features.checkins.ui.state_legend import LegendItem, StateLegend
from centerdesk.features.checkins.ui.words import glyph, legend_word
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.painted.day_strip import DayStrip
from centerdesk.qtkit.painted.facade import FacadeBoard
from centerdesk.qtkit.painted.house import BuildingView
from centerdesk.qtkit.painted.sky import Sky
from centerdesk.qtkit.painted.window_glyph import WindowState
from centerdesk.qtkit.room import Shelf
from centerdesk.qtkit.segments import Segments

VIEWS = (("facade", "楼面"), ("roll", "名单"), ("month", "月历"))
_LEGEND = (OK, NOT_OK, UNCLEAR, HELP, DUE, UNSEEN, PAUSED)


class BoardPane(Card):
    """楼面栏. Holds board, roll and month; the page fills them."""

    view_chosen = Signal(object)
    slot_chosen = Signal(object)
    route_chosen = Signal(object)
    home_picked = Signal(object)
    home_opened = Signal(object)

    def __init__(self, roll: QWidget, month: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, padded=False)
        self.setObjectName("board_pane")
        self.setAccessibleName(self.tr("楼面栏"))
        self.views = Segments("views", self.tr("怎么看"), VIEWS)
        self.slots_choice = Segments("slots", self.tr("哪一趟"), (("morning", "早间"), ("evening", "晚间")))
        self.slots_choice.hide()
        self.routes = RouteChips()
        self._bar = QWidget()
        self._row = QHBoxLayout(self._bar)
        self._row.addWidget(self.views)
        self._row.addWidget(self.slots_choice)
        self._row.addStretch(1)
        self._row.addWidget(self.routes)
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
        self._pages = self.stack = Shelf()
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
        self.views.picked.connect(self.view_chosen)
        self.slots_choice.picked.connect(self.slot_chosen)
        self.routes.chosen.connect(self.route_chosen)
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
        self.views.show_value(view)
        self.legend.setVisible(view != "month")
        self._legend_rule.setVisible(view != "month")

    @property
    def view(self) -> str:
        return VIEWS[self.stack.currentIndex()][0]

    def show_slots(self, slot: str, *, both: bool) -> None:
        """Which half of the day is shown; the choice stands only while both rounds exist."""
        self.slots_choice.setVisible(both)
        self.slots_choice.show_value(slot)

    def show_chips(self, chips: Sequence[RouteChip], chosen: UUID | None) -> None:
        """Whose route."""
        self.routes.show_chips(chips, chosen)
        self._fit_chips()

    def _fit_chips(self) -> None:
        used = self.views.sizeHint().width() + self._row.contentsMargins().left() * 2 + theme().px(24)
        if not self.slots_choice.isHidden():
            used += self.slots_choice.sizeHint().width() + theme().px(8)
        self.routes.fit(self.width() - used)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_chips()
        self._fill_strip()

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
        if others:
            self.strip.set_buildings(others)
        left = self._pages.height() - self.strip.sizeHint().height()
        shown = bool(others) and (left >= self.board.least_height or not self.isVisible())
        self.strip.setVisible(shown)
        self._strip_rule.setVisible(shown)

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

    def _measure_bar(self) -> None:
        look = theme()
        self._bar.setFixedHeight(look.size("card-header"))
        side = look.px(10 if self._narrow else 14)
        self._row.setContentsMargins(side, 0, side, 0)
        self._row.setSpacing(look.px(8))
        self._bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, False)
