"""The desk's own pages, beside those of the features, and the order of all of them on the rail."""

from __future__ import annotations

from collections.abc import Sequence

from centerdesk.kernel.identity import Actor
from centerdesk.kernel.manifest import Manifests, PageEntry
from centerdesk.kernel.record import record
from centerdesk.qtkit.painted.keycap import key_words
from centerdesk.qtkit.painted.nav_rail import RailItem

TODAY = PageEntry("today", "今日", "today", "centerdesk.app.today.page:TodayPage", "desk.use", "Ctrl+1")
SETTINGS = PageEntry(
    "settings", "设置", "settings", "centerdesk.app.settings.pages:SettingsPage", "desk.use", "Ctrl+,"
)


@record
class ShellPages:
    """All pages of the desk. A rail page with a number key stands above, one without at the foot."""

    entries: tuple[PageEntry, ...]

    @classmethod
    def of(cls, manifests: Manifests) -> ShellPages:
        return cls((TODAY, *manifests.pages(), SETTINGS))

    def find(self, page_id: str) -> PageEntry:
        """Raises KeyError."""
        for entry in self.entries:
            if entry.id == page_id:
                return entry
        raise KeyError(page_id)

    def allowed(self, actor: Actor) -> frozenset[str]:
        return frozenset(e.id for e in self.entries if actor.may(e.permission))

    @property
    def top(self) -> Sequence[RailItem]:
        """今日 and the numbered pages in the order of their keys' features."""
        return [_item(e) for e in self.entries if e.rail and _numbered(e)]

    @property
    def foot(self) -> Sequence[RailItem]:
        """导入 and 设置."""
        return [_item(e) for e in self.entries if e.rail and not _numbered(e)]


def _numbered(entry: PageEntry) -> bool:
    return entry.shortcut[-1:].isdigit()


def _item(entry: PageEntry) -> RailItem:
    return RailItem(entry.id, entry.title, entry.icon, key_words(entry.shortcut) if entry.shortcut else "")
