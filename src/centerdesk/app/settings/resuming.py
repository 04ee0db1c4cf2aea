"""Forms of the settings that a crash or a locked desk cut short: their kinds, and how each is opened again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from centerdesk.kernel.manifest import DraftKind
from centerdesk.qtkit.page import Errand, PageHost

if TYPE_CHECKING:
    from centerdesk.app.settings.accounts import AccountsSection
    from centerdesk.app.settings.calendar import CalendarSection
    from centerdesk.app.settings.pages import SettingsPage
    from centerdesk.app.settings.places import PlacesSection

_HERE = "centerdesk.app.settings.resuming"
CALENDAR, ACCOUNT, ROLES, LEAVE, HOUSE = (
    DraftKind("settings.calendar", "工作日历", f"{_HERE}:calendar", "settings.change"),
    DraftKind("settings.account", "新账号", f"{_HERE}:account", "staff.manage"),
    DraftKind("settings.roles", "改身份", f"{_HERE}:roles", "staff.manage"),
    DraftKind("settings.leave", "登记请假", f"{_HERE}:leave", "staff.approve"),
    DraftKind("settings.house", "楼栋格局", f"{_HERE}:house", "places.write"),
)
KINDS = (CALENDAR, ACCOUNT, ROLES, LEAVE, HOUSE)

Values = Mapping[str, Any]


def calendar(host: PageHost, _record: UUID | None, values: Values) -> None:
    """工作日历."""

    def put_back(section: CalendarSection) -> None:
        section.form.restore(values)

    _in_section(host, "calendar", put_back)


def account(host: PageHost, _record: UUID | None, values: Values) -> None:
    """新账号; its password is to be typed again."""

    def put_back(section: AccountsSection) -> None:
        section.show_new()
        section.form.restore(values)

    _in_section(host, "accounts", put_back)


def roles(host: PageHost, account_id: UUID | None, values: Values) -> None:
    """身份 of an account."""

    def put_back(section: AccountsSection) -> None:
        if section.show_account(account_id):
            section.roles.restore(values)

    _in_section(host, "accounts", put_back)


def leave(host: PageHost, account_id: UUID | None, values: Values) -> None:
    """请假 of an account."""

    def put_back(section: AccountsSection) -> None:
        if section.show_account(account_id):
            section.leave.form.restore(values)

    _in_section(host, "accounts", put_back)


def house(host: PageHost, building_id: UUID | None, values: Values) -> None:
    """楼栋格局."""

    def put_back(section: PlacesSection) -> None:
        section.houses.choose(building_id)
        if section.house.shown == building_id:
            section.house.form.restore(values)

    _in_section(host, "places", put_back)


def _in_section(host: PageHost, section_id: str, put_back: Callable[[Any], None]) -> None:
    """Open the section; what was typed goes over what it has read."""

    def do(page: SettingsPage) -> None:
        section = page.section(section_id)
        if section is not None:
            section.once_read(lambda: put_back(section))
            page.open_section(section_id)

    host.go("settings", Errand(do))
