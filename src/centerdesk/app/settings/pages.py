"""The settings page: a list at the left, one section at the right; what a role may not change is not offered."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QStackedWidget, QVBoxLayout, QWidget

from centerdesk.app.settings.accounts import AccountsSection
from centerdesk.app.settings.calendar import CalendarSection
from centerdesk.app.settings.look import LookSection
from centerdesk.app.settings.parts import Section, SettingsList
from centerdesk.app.settings.places import PlacesSection
from centerdesk.app.settings.safety import SafetySection
from centerdesk.qtkit.actions import DeskAction
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.page import Page, PageHost
from centerdesk.qtkit.painted.card import Card

if TYPE_CHECKING:
    from centerdesk.app.bootstrap import OpenStation
    from centerdesk.app.desk.host import DeskHost

SECTIONS: tuple[type[Section], ...] = (
    CalendarSection,
    PlacesSection,
    AccountsSection,
    SafetySection,
    LookSection,
)
"""In the order of the list."""
FLAT_BELOW = 700
"""Less room across than this, in px at 100 %: the list stands over the section, in one row."""
QWIDGETSIZE_MAX = (1 << 24) - 1


class SettingsPage(Page):
    """设置. `restore_ordered` with a `restoring.Order`: the desk closes everything, carries it out, opens again.

    Administrators see counts here, no persons. GUI thread.
    """

    page_id = "settings"
    title = "设置"
    permission = "desk.use"
    watches = (
        "account", "account_role", "leave", "grid", "grid_duty", "compound", "building", "community", "setting"
    )  # fmt: skip

    restore_ordered = Signal(object)

    def __init__(self, host: PageHost, parent: QWidget | None = None) -> None:
        super().__init__(host, parent)
        self.desk_host = cast("DeskHost", host)
        self._current = ""
        self._list = SettingsList()
        self._shelf = QStackedWidget()
        self._sections: dict[str, Section] = {}
        for kind in SECTIONS:
            if kind.entry.allowed(host.actor()):
                self._sections[kind.entry.id] = kind(self)
        for section in self._sections.values():
            self._shelf.addWidget(section)
            section.facts_changed.connect(self._on_facts)
        self._make()
        self._backup = DeskAction(
            "settings.backup", self.tr("现在备份"), self._back_up, "backup.now", "Ctrl+B", "xianzaibeifen xzbf",
            group=self.title, icon="save",
        )  # fmt: skip
        host.actions.add(self._backup)
        self._pack = DeskAction(
            "settings.pack", self.tr("导出诊断包"), self._export_pack, "backup.now", "",
            "daochuzhenduanbao dczdb", group=self.title, icon="toolbox",
        )  # fmt: skip
        host.actions.add(self._pack)
        self._list.opened.connect(self.open_section)
        theme_hub().changed.connect(self._measure)
        first = "safety" if host.actor().may("backup.restore") and "safety" in self._sections else ""
        self.open_section(first or next(iter(self._sections)))

    @property
    def station(self) -> OpenStation:
        return self.desk_host.desk.station

    @property
    def heading(self) -> str:
        """The section's name stands in the head."""
        section = self._sections.get(self._current)
        return section.entry.title if section is not None else self.title

    @property
    def help_id(self) -> str:
        """Each section has a help of its own."""
        return f"{self.page_id}.{self._current}"

    def _make(self) -> None:
        self._card = Card()
        self._card.setObjectName("settings_menu")
        self._card.body.addWidget(self._list)
        self._card.body.addStretch(1)
        actor = self.host.actor()
        self._note = self._machine_note(actor.name)
        self._noted = "administrator" in actor.roles and "secretary" not in actor.roles
        self._card.body.addWidget(self._note)
        right = QVBoxLayout()
        right.setSpacing(theme().size("gap"))
        right.addWidget(self._shelf, 1)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self.body)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._card)
        self._row.addLayout(right, 1)
        self._measure()

    def _machine_note(self, name: str) -> QFrame:
        note = QFrame()
        note.setProperty("card", "quiet")
        box = QVBoxLayout(note)
        box.setContentsMargins(theme().px(10), theme().px(8), theme().px(10), theme().px(8))
        box.setSpacing(theme().px(2))
        box.addWidget(text_label(self.tr("{} 只管机器").format(name), role="table-strong"))
        words = self.tr("看不到居民。恢复、换钥匙要书记同按")
        box.addWidget(text_label(words, role="caption", wrap=True))
        return note

    def _measure(self) -> None:
        look = theme()
        narrow = self.width() < look.px(1200)
        flat = self.width() < look.scale(FLAT_BELOW)
        wide = look.px(210) if look.large else look.px(150 if narrow else 168)
        self._card.setMinimumWidth(0 if flat else wide)
        self._card.setMaximumWidth(QWIDGETSIZE_MAX if flat else wide)
        ways = QBoxLayout.Direction
        self._row.setDirection(ways.TopToBottom if flat else ways.LeftToRight)
        self._list.set_flat(flat)
        self._note.setVisible(self._noted and not flat)
        self._row.setSpacing(look.size("gap-narrow" if narrow else "gap"))
        pad = look.px(7)
        self._card.body.setContentsMargins(pad, pad, pad, pad)

    # --- sections -------------------------------------------------------------------------------------------

    @property
    def current(self) -> Section:
        """The section on show."""
        return self._sections[self._current]

    def section(self, section_id: str) -> Section | None:
        """A section by its id; None where the role does not have it."""
        return self._sections.get(section_id)

    def open_section(self, section_id: str) -> None:
        """Show a section and read it anew."""
        if section_id not in self._sections:
            return
        self._current = section_id
        entries = [section.entry for section in self._sections.values()]
        self._list.show_entries(entries, section_id)
        self._shelf.setCurrentWidget(self.current)
        self._facts = ""  # the head must be written anew even when the words are the same
        self.set_facts(self.current.facts or self._place_words())
        if section_id == "safety":
            self.set_actions(self._backup, self._pack)
        else:
            self.set_actions(None)
        if self.isVisible():
            self.current.refresh()

    def _place_words(self) -> str:
        station = self.station.station
        device = station.device or self.station.site.desk
        return self.tr("设置 · {} · 这台机器：{}").format(station.name, device)

    def _on_facts(self, facts: str) -> None:
        if self.sender() is self._sections.get(self._current):
            self.set_facts(facts or self._place_words())

    def refresh(self) -> None:
        self.current.refresh()

    def focus_record(self, row_id: Hashable) -> None:
        """The id of a section."""
        if isinstance(row_id, str):
            self.open_section(row_id)

    def _back_up(self) -> None:
        if (section := self._safety()) is not None:
            section.back_up()

    def _export_pack(self) -> None:
        if (section := self._safety()) is not None:
            section.choose_pack()

    def _safety(self) -> SafetySection | None:
        self.open_section("safety")
        section = self._sections.get("safety")
        return section if isinstance(section, SafetySection) else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()
