"""How one house is built: floors, units, doors, from where it is looked at; drawn while it is typed."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from centerdesk.app.settings import resuming
from centerdesk.features.places import api as places
from centerdesk.kernel.errors import ValidationError
from centerdesk.kernel.record import record
from centerdesk.qtkit.editors import ChoiceEditor, IntEditor, TextEditor
from centerdesk.qtkit.forms import Field, Form
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.base import CENTRE, PaintedWidget, begin, draw_text
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card
from centerdesk.qtkit.painted.house import BuildingView, HouseLayout, natural_size, paint_house, paint_labels
from centerdesk.qtkit.room import scrolled

_MOST = {"floors": 60, "units": 20, "doors": 12}
_DRAWN_FLOORS = 12
"""Higher houses are drawn with their lowest floors only."""


@record
class HouseDraft:
    """楼栋格局."""

    floors: int | None = None
    units: int | None = None
    doors: int | None = None
    standing_point: str = ""
    route_order: int | None = None
    mirrored: bool = False


class HousePreview(PaintedWidget):
    """The house as it will stand on the façade board (楼的样子)."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("house_preview")
        self._house: BuildingView | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_house(self, house: BuildingView | None) -> None:
        """None: floors, units or doors are missing still."""
        self._house = house
        told = (
            self.tr("{} 层，{} 单元，每层 {} 户").format(house.floors, house.units, house.doors_per_unit)
            if house
            else self.tr("还没填全")
        )
        self.describe(self.tr("楼的样子"), told)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(240), theme().px(190))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(120), theme().px(120))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter, house = theme(), begin(self), self._house
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("surface2"))
        radius = look.size("radius-control")
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        if house is None:
            draw_text(
                painter,
                QRectF(self.rect()),
                self.tr("填了层、单元、户，这里就画出来"),
                look.font("table"),
                "ink3",
                CENTRE,
            )
            painter.end()
            return
        wide, high = natural_size(house)
        above, below, side = look.scale(34), look.scale(26), look.scale(40)
        unit = min((self.width() - 2 * side) / wide, (self.height() - above - below) / high, look.scale(1.2))
        layout = HouseLayout(house, unit)
        left = (self.width() - layout.wall_width) / 2
        origin = QPointF(left, self.height() - below - layout.wall_height)
        paint_house(painter, origin, layout)
        paint_labels(painter, origin, layout)
        painter.end()


class HouseForm(Card):
    """一栋楼的格局. `saved` with the command; `kept` once it stands."""

    saved = Signal(object)

    def __init__(self) -> None:
        super().__init__(self.tr("格局"))
        self.setObjectName("house_form_card")
        self.shown: UUID | None = None
        """The house in hand."""
        self._name = ""
        self._house_name = text_label(role="record-name", name="house_name")
        self.preview = HousePreview()
        self.form: Form[HouseDraft] = Form(
            [
                Field("floors", self.tr("几层"), lambda: IntEditor(1, _MOST["floors"]), required=True),
                Field("units", self.tr("几个单元"), lambda: IntEditor(1, _MOST["units"]), required=True),
                Field("doors", self.tr("每层每单元几户"), lambda: IntEditor(1, _MOST["doors"]), required=True),
                Field("mirrored", self.tr("从站位看过去"), lambda: ChoiceEditor(
                    [(False, self.tr("1 单元在左")), (True, self.tr("1 单元在右"))], blank="")),
                Field("standing_point", self.tr("站在哪儿看"), lambda: TextEditor(max_length=40)),
                Field("route_order", self.tr("走到它是第几"), lambda: IntEditor(0, 999)),
            ],
            columns=2,
        )  # fmt: skip
        self.form.setObjectName("house_form")
        self.form.keep_as(resuming.HOUSE.id, lambda: self.shown)
        self.form.edited.connect(self._draw)
        self.save = KeyButton(self.tr("记下格局"))
        self.save.setObjectName("house_save")
        self.save.clicked.connect(self._save)
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, theme().px(6), 0)
        box.addWidget(self._house_name)
        box.addWidget(self.preview, 1)
        box.addWidget(self.form)
        row = QHBoxLayout()
        row.setContentsMargins(0, theme().px(4), 0, theme().px(4))
        row.addWidget(self.save)
        row.addStretch(1)
        box.addLayout(row)
        self.body.addWidget(scrolled(inside))

    def show_house(self, row: places.BuildingRow) -> None:
        """The house that was chosen; zeros are what nobody recorded."""
        self.shown, self._name = row.id, row.name
        self._house_name.setText(self.tr("{} · {} 栋").format(row.compound, row.name))
        self.form.load(
            HouseDraft(
                row.floors or None,
                row.units or None,
                row.doors_per_unit or None,
                row.standing_point,
                row.route_order or None,
                row.mirrored,
            )
        )
        self._draw()

    def kept(self) -> None:
        """It stands in the database."""
        self.form.mark_clean()

    def _draw(self) -> None:
        draft = self.form.loose_draft()
        if not (draft.floors and draft.units and draft.doors):
            self.preview.show_house(None)
            return
        if any(getattr(draft, name) > most for name, most in _MOST.items()):
            return
        floors = min(draft.floors, _DRAWN_FLOORS)
        name = self.tr("{} 栋").format(self._name)
        self.preview.show_house(
            BuildingView(name, floors, draft.units, draft.doors, mirror=bool(draft.mirrored))
        )

    def _save(self) -> None:
        try:
            draft = self.form.draft()
        except ValidationError:
            return
        if self.shown is None or draft.floors is None or draft.units is None or draft.doors is None:
            return
        self.saved.emit(
            places.LayOutBuilding(
                self.shown,
                draft.floors,
                draft.units,
                draft.doors,
                draft.standing_point,
                draft.route_order or 0,
                bool(draft.mirrored),
            )
        )
