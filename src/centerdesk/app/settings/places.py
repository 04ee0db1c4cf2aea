"""网格与楼栋: grids and who answers for them, compounds, and how each house is built and looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from centerdesk.app.settings.house_form import HouseForm
from centerdesk.app.settings.parts import Section, SectionEntry
from centerdesk.app.settings.places_data import POSTS, GridLine, PlacesView, read_places
from centerdesk.app.settings.rows import CENTRE, RIGHT, Cell, Head, Row, RowsTable
from centerdesk.features.places import api as places
from centerdesk.features.places.commands import AddCompound, AddGrid, AssignGrid
from centerdesk.kernel.clock import today
from centerdesk.kernel.commands import Command
from centerdesk.kernel.errors import ValidationError
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.notify import toast
from centerdesk.qtkit.painted.badge import Tone
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card
from centerdesk.qtkit.room import scrolled

if TYPE_CHECKING:
    from centerdesk.app.settings.pages import SettingsPage

STACK_BELOW = 640
"""Less room across than this, in px at 100 %: grids, houses and what belongs to them stand below each other."""
_GRID_HEADS = (
    Head("网格"),
    Head("责任人（A）", 128),
    Head("顶岗（B）", 128),
    Head("门户", 76, RIGHT, spare=True),
)
_HOUSE_HEADS = (
    Head("楼栋"),
    Head("格局", 190),
    Head("站位", 116, spare=True),
    Head("次序", 64, CENTRE, spare=True),
)


class PlacesSection(Section):
    """网格与楼栋. What is added here is what an import knows."""

    entry = SectionEntry("places", "网格与楼栋", "grid", ("places.write",))

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self._view: PlacesView | None = None
        self._duties_shown: object = None
        self.grids = RowsTable(
            "grids_table",
            self.tr("网格"),
            _GRID_HEADS,
            empty=self.tr("还没有网格。在上面写个名字，点“加网格”。"),
        )
        self.houses = RowsTable(
            "houses_table", self.tr("楼栋"), _HOUSE_HEADS,
            empty=self.tr("还没有楼栋。导入居民表，门牌里的楼栋就列在这里。"),
        )  # fmt: skip
        self.grids.chosen.connect(self._on_grid)
        self.houses.chosen.connect(self._on_house)
        left = QVBoxLayout()
        left.setSpacing(theme().size("gap"))
        left.addWidget(self._grids_card(), 1)
        left.addWidget(self._houses_card(), 1)
        self._side = QStackedWidget()
        self._side.addWidget(self._compounds_card())
        self._side.addWidget(self._duty_card())
        self.house = HouseForm()
        self.house.saved.connect(self._lay_out)
        self._side.addWidget(self.house)
        inside = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme().size("gap"))
        self._row.addLayout(left, 13)
        self._row.addWidget(self._side, 7)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inside))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One below the other where a table beside another would have no room for its names."""
        super().resizeEvent(event)
        look, ways = theme(), QBoxLayout.Direction
        below = self.width() < look.px(STACK_BELOW)
        self._row.setDirection(ways.TopToBottom if below else ways.LeftToRight)
        least = look.size("header-row") + 4 * look.size("row") if below else 0
        for table in (self.grids, self.houses, self.compounds):
            table.setMinimumHeight(least)

    def _grids_card(self) -> Card:
        card = Card(self.tr("网格"), listed=True)
        self._new_grid = _name_field("new_grid", self.tr("新网格的名字"))
        add = _small(self.tr("加网格"), "grid_add")
        add.clicked.connect(self._add_grid)
        self._new_grid.returnPressed.connect(self._add_grid)
        card.header.addWidget(self._new_grid)
        card.header.addWidget(add)
        card.body.addWidget(self.grids)
        return card

    def _houses_card(self) -> Card:
        card = Card(self.tr("楼栋"), listed=True)
        self._house_facts = text_label(role="facts", name="houses_facts")
        card.header.addWidget(self._house_facts)
        card.body.addWidget(self.houses)
        return card

    def _compounds_card(self) -> Card:
        card = Card(self.tr("小区"))
        self._new_compound = _name_field("new_compound", self.tr("新小区的名字"))
        add = _small(self.tr("加小区"), "compound_add")
        add.clicked.connect(self._add_compound)
        self._new_compound.returnPressed.connect(self._add_compound)
        row = QHBoxLayout()
        row.setContentsMargins(0, theme().px(4), 0, theme().px(4))
        row.addWidget(self._new_compound, 1)
        row.addWidget(add)
        card.body.addLayout(row)
        self.compounds = RowsTable(
            "compounds_table", self.tr("小区"), (Head(self.tr("小区")), Head(self.tr("楼栋"), 76, RIGHT)),
            empty=self.tr("还没有小区。在上面写个名字，点“加小区”。"),
        )  # fmt: skip
        card.body.addWidget(self.compounds, 1)
        words = self.tr("名字要和居民表里写的一样，导入时才认得。楼栋跟着导入的门牌来，这里补格局和站位。")
        card.body.addWidget(text_label(words, role="caption", wrap=True))
        return card

    def _duty_card(self) -> Card:
        card = Card(self.tr("谁负责"))
        card.setObjectName("duty_card")
        back = _small(self.tr("看小区"), "show_compounds")
        back.clicked.connect(self._show_compounds)
        card.header.addWidget(back)
        self._grid_name = text_label(role="record-name", name="duty_grid")
        card.body.addWidget(self._grid_name)
        self._posts: list[QComboBox] = []
        for post, title, words in (
            ("A", self.tr("责任人（A）"), self.tr("看窗、走访都先派给他")),
            ("B", self.tr("顶岗（B）"), self.tr("A 请假，或到点没看，就到他")),
        ):
            box = QComboBox()
            box.setObjectName(f"duty_{post}")
            box.setAccessibleName(title)
            card.body.addWidget(text_label(title, role="field-label", buddy=box))
            card.body.addWidget(box)
            card.body.addWidget(text_label(words, role="caption"))
            card.body.addSpacing(theme().px(6))
            self._posts.append(box)
        save = KeyButton(self.tr("从今天起这样"))
        save.setObjectName("duty_save")
        save.clicked.connect(self._assign)
        row = QHBoxLayout()
        row.setContentsMargins(0, theme().px(4), 0, theme().px(4))
        row.addWidget(save)
        row.addStretch(1)
        card.body.addLayout(row)
        note = self.tr("换人从今天算起，原来那位到昨天为止。以前的月报不变。")
        card.body.addWidget(text_label(note, role="caption", wrap=True))
        card.body.addStretch(1)
        return card

    # --- reading --------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        actor, day = self.page.host.actor(), today(self.station.clock)
        self.read(lambda session: read_places(session, actor, day), self._on_view)

    def _on_view(self, view: PlacesView) -> None:
        self._view = view
        self.say(
            self.tr("设置 · {} 个网格，{} 个小区，{} 栋楼，{:,} 户门牌").format(
                len(view.grids), len(view.compounds), len(view.buildings), view.doors
            )
        )
        self.grids.show_rows([_grid_row(line, view) for line in view.grids])
        self.houses.show_rows([_house_row(row) for row in view.buildings])
        self.compounds.show_rows(
            [Row(key, (Cell(name, strong=True), Cell(f"{count}"))) for key, name, count in view.compounds]
        )
        known = sum(bool(row.floors) for row in view.buildings)
        self._house_facts.setText(
            self.tr("格局录了 {} / {} 栋").format(known, len(view.buildings))
            if view.buildings
            else self.tr("导入居民表后自己出来")
        )
        self._on_grid(self.grids.key, turn=False)

    def _grid(self) -> GridLine | None:
        key = self.grids.key
        return next((g for g in (self._view.grids if self._view else ()) if g.id == key), None)

    def _on_grid(self, _key: object, *, turn: bool = True) -> None:
        grid, view = self._grid(), self._view
        if grid is None or view is None:
            return
        self._grid_name.setText(grid.name)
        shown = grid.id, grid.duties, view.workers
        if turn or shown != self._duties_shown:  # a refresh takes nothing away that is being chosen
            self._duties_shown = shown
            self._show_duties(grid, view)
        if turn:
            self.houses.choose(None)
            self._side.setCurrentIndex(1)

    def _show_duties(self, grid: GridLine, view: PlacesView) -> None:
        for box, held in zip(self._posts, grid.duties, strict=True):
            box.clear()
            box.addItem(self.tr("还没定"))
            for number, (account_id, name) in enumerate(view.workers, 1):
                box.addItem(name)
                if account_id == held:
                    box.setCurrentIndex(number)

    def _on_house(self, key: object) -> None:
        row = next((b for b in (self._view.buildings if self._view else ()) if b.id == key), None)
        if row is not None:
            self.grids.choose(None)
            self.house.show_house(row)
            self._side.setCurrentIndex(2)

    def _show_compounds(self) -> None:
        self.grids.choose(None)
        self._side.setCurrentIndex(0)

    # --- changing -------------------------------------------------------------------------------------------

    def _add_grid(self) -> None:
        self._add(self._new_grid, AddGrid, self.tr("加了网格 {}。"))

    def _add_compound(self) -> None:
        self._add(self._new_compound, AddCompound, self.tr("加了小区 {}。"))

    def _add(self, field: QLineEdit, kind: type[AddGrid] | type[AddCompound], told: str) -> None:
        name = field.text().strip()
        if not name:
            field.setFocus()
            return
        command: Command[UUID] = kind(name)

        def done(_key: UUID) -> None:
            field.clear()
            toast(self, told.format(name))
            self.refresh()

        self.execute(command, done)

    def _assign(self) -> None:
        grid, view = self._grid(), self._view
        if grid is None or view is None:
            return
        wanted: list[AssignGrid] = []
        chosen = [box.currentIndex() for box in self._posts]
        if chosen[0] and chosen[0] == chosen[1]:
            toast(self, self.tr("顶岗的要是另一位。"))
            return
        for post, number, held in zip(POSTS, chosen, grid.duties, strict=True):
            if number and view.workers[number - 1][0] != held:
                wanted.append(AssignGrid(grid.id, view.workers[number - 1][0], post))
        if not wanted:
            toast(self, self.tr("没有改动。"))
            return
        self._run(wanted)

    def _run(self, wanted: list[AssignGrid]) -> None:
        command, rest = wanted[0], wanted[1:]

        def done(_key: UUID) -> None:
            if rest:
                self._run(rest)
                return
            toast(self, self.tr("记下了，从今天起。"))
            self.refresh()

        self.execute(command, done)

    def _lay_out(self, command: places.LayOutBuilding) -> None:
        def done(_value: None) -> None:
            self.house.kept()
            toast(self, self.tr("格局记下了，窗帘页照着画。"))
            self.refresh()

        def failed(exc: Exception) -> None:
            if isinstance(exc, ValidationError):
                self.house.form.show_errors(exc.fields)
            else:
                present_error(self.page, exc)

        self.execute(command, done, failed)


def _name_field(name: str, title: str) -> QLineEdit:
    field = QLineEdit()
    field.setObjectName(name)
    field.setAccessibleName(title)
    field.setPlaceholderText(title)
    field.setMaxLength(40)
    field.setMinimumWidth(theme().px(150))
    return field


def _small(text: str, name: str) -> KeyButton:
    button = KeyButton(text, small=True)
    button.setObjectName(name)
    return button


def _grid_row(line: GridLine, view: PlacesView) -> Row:
    cells = [Cell(line.name, strong=True)]
    for account_id in line.duties:
        name = view.name_of(account_id)
        first = len(cells) == 1
        cells.append(
            Cell(name, token="ink") if name else Cell(tr("还没定"), token="dawn-ink" if first else "ink3")
        )
    return Row(line.id, (*cells, Cell(f"{line.doors:,}")))


def _house_row(row: places.BuildingRow) -> Row:
    layout = tr("{} 层 × {} 单元 × {} 户").format(row.floors, row.units, row.doors_per_unit)
    known: Any = Cell(layout, token="ink") if row.floors else Cell(badge=tr("还没录"), tone=Tone.SOON)
    if row.floors and row.mirrored:
        known = Cell(layout, token="ink", badge=tr("左右反看"), tone=Tone.PLAIN)
    return Row(
        row.id,
        (
            Cell(tr("{} 栋").format(row.name), row.compound, strong=True),
            known,
            Cell(row.standing_point or "—"),
            Cell(str(row.route_order) if row.route_order else "—"),
        ),
    )
