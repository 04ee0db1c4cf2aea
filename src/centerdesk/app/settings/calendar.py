"""工作日历: station hours, days off and on, years that are announced, where the sun rises (kernel.calendar)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.app.settings import resuming
from centerdesk.app.settings.calendar_days import Holiday, gap_words, holidays_of
from centerdesk.app.settings.parts import Section, SectionEntry
from centerdesk.kernel.calendar import (
    DAYS_OFF,
    DAYS_ON,
    HOURS,
    LATITUDE,
    LONGITUDE,
    SETTINGS,
    YEARS,
    Calendar,
    lunar_text,
    solar_term_text,
    sun_times,
)
from centerdesk.kernel.change_setting import ChangeSetting
from centerdesk.kernel.clock import local, today
from centerdesk.kernel.errors import ValidationError
from centerdesk.kernel.record import record
from centerdesk.kernel.settings import Setting, SettingsReader
from centerdesk.qtkit.beside import Beside
from centerdesk.qtkit.editors import MultilineEditor, TextEditor
from centerdesk.qtkit.fact_rows import FactRows
from centerdesk.qtkit.forms import Field, Form
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.notify import toast
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Card
from centerdesk.qtkit.room import scrolled
from centerdesk.qtkit.segments import Segments

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from centerdesk.app.settings.pages import SettingsPage

_NAMES: dict[str, Setting[Any]] = {
    "hours": HOURS, "days_off": DAYS_OFF, "days_on": DAYS_ON, "years": YEARS,
    "latitude": LATITUDE, "longitude": LONGITUDE,
}  # fmt: skip


@record
class CalendarDraft:
    """工作日历, as text: one value a line."""

    hours: str = ""
    days_off: str = ""
    days_on: str = ""
    years: str = ""
    latitude: str = ""
    longitude: str = ""


@record
class CalendarView:
    """The settings in force, and what follows from them for today."""

    draft: CalendarDraft
    facts: tuple[tuple[str, str], ...]
    year: int
    holidays: dict[int, tuple[Holiday, ...]]
    gap: str


def year_words(years: Iterable[int]) -> str:
    """2007–2026 年, 2024、2026 年."""
    found = sorted(years)
    if not found:
        return tr("还没有")
    if len(found) == found[-1] - found[0] + 1 > 2:
        return tr("{}–{} 年").format(found[0], found[-1])
    return tr("{} 年").format(tr("、").join(str(year) for year in found[-4:]))


def as_text(value: object) -> str:
    """A setting's value as it is typed."""
    return "\n".join(value) if isinstance(value, tuple) else str(value)


def as_value(setting: Setting[Any], text: str) -> object:
    """What was typed as the setting's own type; text that is none stays text, and `accept` refuses it."""
    if isinstance(setting.default, tuple):
        return tuple(line.strip() for line in text.splitlines() if line.strip())
    if isinstance(setting.default, float):
        try:
            return float(text)
        except ValueError:
            return text
    return text


def problem_of(setting: Setting[Any], text: str) -> str:
    """Why this text is no value of the setting, "" when it is."""
    value = as_value(setting, text)
    raw = list(value) if isinstance(value, tuple) else value
    return "" if setting.accept(raw) is not None else tr("不能这样填。{}").format(setting.hint)


class HolidayRows(QWidget):
    """放假安排: a holiday and its days under each other, made anew each time."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("calendar_days")
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(theme().px(3))

    def show_holidays(self, holidays: Sequence[Holiday], unknown: str) -> None:
        """`unknown` stands where there is none."""
        while (item := self._box.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for each in holidays:
            self._box.addWidget(text_label(each.name, role="table-strong"))
            self._box.addWidget(text_label(each.words, role="facts", wrap=True))
        if not holidays:
            self._box.addWidget(text_label(unknown, role="faint", wrap=True))


class CalendarSection(Section):
    """工作日历. Deadlines and the light of the day follow from these."""

    entry = SectionEntry("calendar", "工作日历", "calendar", ("settings.change",))

    def __init__(self, page: SettingsPage) -> None:
        super().__init__(page)
        self._kept = CalendarDraft()
        self._view: CalendarView | None = None
        self.form: Form[CalendarDraft] = Form(
            [_field(name, setting) for name, setting in _NAMES.items()], columns=2
        )
        self.form.setObjectName("calendar_form")
        self.form.keep_as(resuming.CALENDAR.id)
        self.save = KeyButton(self.tr("存下"), kind=Kind.PRIMARY)
        self.save.setObjectName("calendar_save")
        self.save.clicked.connect(self._save)
        main = Card(self.tr("班次和日子"))
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, theme().px(6), 0)
        box.addWidget(self.form)
        row = QHBoxLayout()
        row.setContentsMargins(0, theme().px(4), 0, theme().px(4))
        row.addWidget(self.save)
        row.addStretch(1)
        box.addLayout(row)
        box.addStretch(1)
        main.body.addWidget(scrolled(inside))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(Beside(main, self._aside(), (13, 9)))

    def _aside(self) -> Card:
        """What follows from it: today, and the holidays of this year and the next."""
        aside = Card(self.tr("照这样算"))
        self._gap = text_label(role="warning", name="calendar_gap", wrap=True)
        self._gap.hide()
        self._facts = FactRows("calendar_facts")
        self._years = QHBoxLayout()
        self._year: Segments | None = None
        self._days = HolidayRows()
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, theme().px(6), 0)
        box.setSpacing(theme().px(8))
        box.addWidget(self._gap)
        box.addWidget(self._facts)
        box.addWidget(text_label(self.tr("放假和调休"), role="table-strong"))
        box.addLayout(self._years)
        box.addWidget(self._days)
        words = self.tr(
            "吹哨、心愿的时限按上班时间算。国务院的放假通知每年一出，随新版程序一起来；等不及就先在这里补。"
        )
        box.addWidget(text_label(words, role="caption", wrap=True))
        box.addStretch(1)
        aside.body.addWidget(scrolled(inside))
        return aside

    def refresh(self) -> None:
        clock = self.station.clock

        def read(session: Session) -> CalendarView:
            settings = SettingsReader(session)
            draft = CalendarDraft(**{name: as_text(settings.get(s)) for name, s in _NAMES.items()})
            calendar, day = Calendar.load(settings), today(clock)
            status = calendar.status(day)
            sun = sun_times(day, settings.get(LATITUDE), settings.get(LONGITUDE))
            facts = (
                (tr("今天"), f"{status.kind.value} {status.name}".strip()),
                (tr("现在"), tr("上班时间") if calendar.is_open(clock.now()) else tr("下班时间")),
                (tr("农历"), lunar_text(day)),
                (tr("节气"), solar_term_text(day)),
                (tr("日出日落"), f"{local(sun.rise):%H:%M} – {local(sun.set):%H:%M}"),
                (tr("放假已录"), year_words(calendar.years)),
            )
            year = day.year
            both = {each: holidays_of(calendar, each) for each in (year, year + 1)}
            return CalendarView(draft, facts, year, both, gap_words(calendar, day))

        self.read(read, self._on_view)

    def _on_view(self, view: CalendarView) -> None:
        self._facts.show_rows(view.facts)
        self._gap.setText(view.gap)
        self._gap.setVisible(bool(view.gap))
        self._view = view
        if self._year is None:
            years = [(year, tr("{} 年").format(year)) for year in view.holidays]
            self._year = Segments("calendar_year", self.tr("看哪一年"), years, wide=True)
            self._year.picked.connect(self._show_year)
            self._year.show_value(view.year)
            self._years.addWidget(self._year)
        self._show_year(self._year.value)
        if not self.form.dirty:
            self._kept = view.draft
            self.form.load(view.draft)

    def _show_year(self, year: object) -> None:
        """The holidays of one year, or that nobody knows them yet."""
        rows = self._view.holidays.get(year, ()) if self._view and isinstance(year, int) else ()
        unknown = self.tr("这一年的放假安排还没有录，暂按双休算。")
        self._days.show_holidays(rows, unknown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.form.set_columns(1 if self.width() < theme().scale(900) else 2)

    def _save(self) -> None:
        try:
            draft = self.form.draft()
        except ValidationError:
            return
        wanted = [
            ChangeSetting(setting, as_value(setting, getattr(draft, name)))
            for name, setting in _NAMES.items()
            if getattr(draft, name) != getattr(self._kept, name)
        ]
        if not wanted:
            toast(self, self.tr("没有改动。"))
            return
        self._run(wanted, draft)

    def _run(self, wanted: list[ChangeSetting], draft: CalendarDraft) -> None:
        """One after the other, so that each stands in the journal; what failed may be sent again."""
        command, rest = wanted[0], wanted[1:]

        def done(_value: None) -> None:
            if rest:
                self._run(rest, draft)
                return
            self._kept = draft
            self.form.mark_clean()
            toast(self, self.tr("存下了，马上照新的算。"))
            self.refresh()

        self.execute(command, done)


def _field(name: str, setting: Setting[Any]) -> Field:
    def check(text: str) -> str:
        return problem_of(setting, text)

    if isinstance(setting.default, tuple):
        lines = 3 if name in ("hours", "years") else 5
        return Field(
            name, setting.title, lambda: MultilineEditor(lines=lines, check=check), help=setting.hint
        )
    return Field(
        name, setting.title, lambda: TextEditor(max_length=20, check=check), required=True, help=setting.hint
    )


if len(_NAMES) != len(SETTINGS):
    raise RuntimeError("every setting of the calendar has a field")
