"""The first two steps of the set-up: which station this is, and its grids and compounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from centerdesk.app.bootstrap import OpenStation, create_station
from centerdesk.app.first_run.parts import StepPage, aside_card, topped
from centerdesk.app.first_run.state import Progress, Step
from centerdesk.app.first_run.typed import type_into, typed_in
from centerdesk.features.places import api as places
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.errors import ValidationError
from centerdesk.kernel.identity import Actor, system_actor
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.record import record
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.qtkit.controls import link
from centerdesk.qtkit.editors import IntEditor, MultilineEditor, TextEditor
from centerdesk.qtkit.fact_rows import FactRows
from centerdesk.qtkit.forms import Field, Form
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.one_line import OneLine
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card
from centerdesk.qtkit.room import Room

if TYPE_CHECKING:
    from centerdesk.app.first_run.parts import Wizard

_TENS = "一二三四五六七八九十"
_MOST_GRIDS = 99


@record
class SiteDraft:
    """站点. What the first step asks."""

    name: str = ""
    street: str = ""
    area_code: str = ""
    device: str = ""


@record
class PlacesDraft:
    """网格和小区, one a line."""

    grids: str = ""
    compounds: str = ""


def founder(desk: str) -> Actor:
    """The system actor that may write before anybody can sign in."""
    return system_actor([staff.FOUND], desk)


def found_site(
    data: DataDir, clock: Clock, station: OpenStation | None, draft: SiteDraft
) -> tuple[OpenStation, RecoveryCode | None]:
    """Create the station, or give the open one other names. Blocking. Raises EnvironmentFault.

    The code is that of a new station's sheet, None for one that stood already.
    """
    code: RecoveryCode | None = None
    if station is None:
        station, code = create_station(data, draft.name, clock)
    named = replace(station.station, name=draft.name, device=draft.device or station.station.device)
    station.station = named
    named.save(station.data.station_file)
    station.bus.run(
        places.FoundPlaces(draft.name, street=draft.street, area_code=draft.area_code),
        actor=founder(station.site.desk),
    )
    return station, code


def _area_code_problem(text: str) -> str:
    if text.isascii() and text.isdigit() and len(text) in (6, 9, 12):
        return ""
    return tr("统计用区划代码是 12 位数字（到街道 9 位）。不清楚就先空着。")


class SiteStep(StepPage):
    """站点. Saving it makes the encrypted database."""

    step = Step.SITE
    heading = "先说这是哪个站"

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        main = Card(self.tr("这个站"))
        self.form: Form[SiteDraft] = Form(
            [
                Field("name", self.tr("社区"), lambda: TextEditor(max_length=40), required=True,
                      help=self.tr("纸上、月报上都用它，例如 云和社区"), wide=True),
                Field("street", self.tr("街道"), lambda: TextEditor(max_length=40), required=True),
                Field("area_code", self.tr("统计用区划代码"),
                      lambda: TextEditor(max_length=12, check=_area_code_problem)),
                Field("device", self.tr("这台电脑叫什么"), lambda: TextEditor(max_length=30),
                      help=self.tr("留痕里写的是它，例如 前台一号"), wide=True),
            ],
            columns=2,
        )  # fmt: skip
        self.form.setObjectName("site_form")
        self.form.edited.connect(self.typed_on)
        main.body.addWidget(self.form)
        aside = aside_card(
            self.tr("按下“下一步”就有了"),
            [
                ("database", self.tr("一个加密的库，在这台电脑上：{}").format(wizard.data.root)),
                ("key", self.tr("两把钥匙：本机一把，停电重启后没人登录也能守着；恢复单一把，最后一步印出来。")),
                ("shield_check", self.tr("每一步都自己存。关窗、断电都不怕，回来接着做。")),
            ],
        )  # fmt: skip
        aside.body.addStretch(1)
        self._rescue = link(self.tr("电脑换了：手里有备份和恢复单"), "site_rescue", wizard.rescue)
        aside.body.addWidget(self._rescue, 0, Qt.AlignmentFlag.AlignLeft)
        self.two_cards(main, aside)

    def fit(self) -> None:
        super().fit()
        self.form.set_columns(1 if self.width() < theme().scale(440) else 2)

    def show_progress(self, progress: Progress) -> None:
        super().show_progress(progress)
        self._rescue.setVisible(not progress.name)
        if not self.form.dirty:
            self.form.load(SiteDraft(progress.name, progress.street, progress.area_code, progress.device))
        self.foot.note.setText("" if progress.name else self.tr("先不用联网，什么都不往外传。"))

    def typed(self) -> dict[str, Any]:
        return typed_in(self.form)

    def type_again(self, typed: Mapping[str, Any]) -> None:
        type_into(self.form, typed)

    def enter(self) -> None:
        self.form.focus_first()

    def save(self) -> None:
        try:
            draft = self.form.draft()
        except ValidationError:
            return
        wizard = self.wizard
        data, clock, station = wizard.data, wizard.clock, wizard.station

        def done(answer: tuple[OpenStation, RecoveryCode | None]) -> None:
            self.form.mark_clean()
            wizard.adopt(*answer)
            wizard.go_on(self.step)

        wizard.work(
            lambda _tell, _stopped: found_site(data, clock, station, draft),
            done,
            label=self.tr("建库"),
            page=self,
        )


class GridsStep(StepPage):
    """网格. Grids and compounds by name; buildings come with the import."""

    step = Step.GRIDS
    heading = "再说有哪些网格、小区"

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        main = Card(self.tr("一行写一个"))
        count = QHBoxLayout()
        self._count = IntEditor(1, _MOST_GRIDS)
        self._count.widget.setObjectName("grid_count")
        self._count.widget.setAccessibleName(self.tr("几个网格"))
        fill = KeyButton(self.tr("照数起名"), small=True)
        fill.setObjectName("grid_fill")
        fill.clicked.connect(self._fill)
        ask = OneLine(self.tr("叫第一、第二……的，有几个"), role="secondary", wants=True)
        ask.setBuddy(self._count.widget)
        count.addWidget(ask)
        count.addWidget(self._count.widget)
        count.addWidget(fill)
        count.addStretch(1)
        main.body.addLayout(count)
        self.form: Form[PlacesDraft] = Form(
            [
                Field("grids", self.tr("新加的网格"), lambda: MultilineEditor(lines=9, check=_names_problem)),
                Field("compounds", self.tr("新加的小区"),
                      lambda: MultilineEditor(lines=9, check=_names_problem)),
            ],
            columns=2,
        )  # fmt: skip
        self.form.setObjectName("places_form")
        main.body.addWidget(self.form, 1)
        self._have = FactRows("places_have")
        aside = Card(self.tr("已经有的"))
        aside.body.addWidget(Room(topped(self._have)), 1)
        note = self.tr("名字要和居民表里写的一样，导入时才认得。漏了不要紧，导入时还能补。")
        aside.body.addWidget(text_label(note, role="caption", wrap=True))
        self.two_cards(main, aside)
        self.form.edited.connect(self._say_missing)
        self.form.edited.connect(self.typed_on)

    def typed(self) -> dict[str, Any]:
        return typed_in(self.form)

    def type_again(self, typed: Mapping[str, Any]) -> None:
        type_into(self.form, typed)
        self._say_missing()

    def fit(self) -> None:
        super().fit()
        number = self._count.widget
        number.setFixedWidth(max(theme().px(70), number.minimumSizeHint().width()))
        self.form.set_columns(1 if self.width() < theme().scale(440) else 2)

    def show_progress(self, progress: Progress) -> None:
        super().show_progress(progress)
        if not self.form.dirty:
            self.form.load(PlacesDraft())
        rows = [(name, self.tr("网格")) for name in progress.grids]
        rows += [(name, self.tr("小区")) for name in progress.compounds]
        self._have.show_rows(rows, self.tr("还没有。写在左边，按“下一步”就存。"))
        self._say_missing()

    def _say_missing(self) -> None:
        typed = _lines(self.form.loose_draft().grids)
        self.foot.forward.set_missing("" if typed or self.progress.grids else self.tr("还差网格"))

    def _fill(self) -> None:
        count = self._count.value()
        if count is None or self._count.problem():
            self._count.widget.setFocus()
            return
        names = [grid_name(number) for number in range(1, count + 1)]
        editor = self.form.editor("grids")
        typed = [line for line in _lines(editor.value() or "") if line not in names]
        editor.set_value("\n".join([*names, *typed]))

    def save(self) -> None:
        if self.foot.forward.missing:
            return
        try:
            draft = self.form.draft()
        except ValidationError:
            return
        station = self.wizard.require_station()
        grids, compounds = _lines(draft.grids), _lines(draft.compounds)

        def job(_tell: object, _stopped: object) -> None:
            found_places(station, grids, compounds)

        def done(_value: None) -> None:
            self.form.mark_clean()
            self.wizard.go_on(self.step)

        self.wizard.work(job, done, label=self.tr("建网格"), page=self)


def found_places(station: OpenStation, grids: tuple[str, ...], compounds: tuple[str, ...]) -> None:
    """Add grids and compounds; names that stand already are left alone. Blocking."""
    with station.database.read_session() as session:
        held = places.community(session)
    if not grids and not compounds:
        return
    name, street, code = (held.name, held.street, held.area_code) if held else (station.station.name, "", "")
    station.bus.run(
        places.FoundPlaces(name, street=street, area_code=code, grids=grids, compounds=compounds),
        actor=founder(station.site.desk),
    )


def grid_name(number: int) -> str:
    """第一网格, 第十二网格, 第三十网格."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_TENS[tens - 1]}十"
    return f"第{head}{_TENS[ones - 1] if ones else ''}网格"


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def _names_problem(text: str) -> str:
    long = [line for line in _lines(text) if len(line) > 40]
    return tr("名字不超过 40 个字，有一行太长了。一行只写一个。") if long else ""
