"""What a feature tells the rest of the program about itself, and the registry `app` builds of it.

A manifest is data: code is named by `"module:name"` strings and imported on first use, so that reading all
manifests at start costs nothing and `feature.py` stays free of Qt. Where a low page must show what lies above
it, it asks the registry it was handed; the answers are the row types of this module.
"""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar
from uuid import UUID

from centerdesk.kernel.record import record

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from centerdesk.kernel.clock import Clock
    from centerdesk.kernel.identity import Actor
    from centerdesk.kernel.settings import Setting

Entry: TypeAlias = str
"""`"package.module:NAME"`; NAME is one object, or a tuple of them where a manifest field takes several."""


class Tone(StrEnum):
    """What a colour means; the theme knows which colour that is. Never the only cue."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    ALARM = "alarm"
    MUTED = "muted"


@record
class Target:
    """Where a click leads: a page, and the record to select there (None: the page as it stands)."""

    page: str
    row_id: UUID | None = None


@record
class TimelineRow:
    """时间轴的一行. Something that happened to a household or person; texts are already masked."""

    at: datetime
    kind: str
    title: str
    detail: str = ""
    tone: Tone = Tone.PLAIN
    target: Target | None = None


@record
class TodayCard:
    """今天页的一张卡. `value` is the figure as shown (“40/46”), `order` its place (small first)."""

    id: str
    title: str
    value: str
    detail: str = ""
    tone: Tone = Tone.PLAIN
    target: Target | None = None
    order: int = 100


@record
class SearchHit:
    """搜索结果的一行. `group` is the Chinese heading it stands under; texts are already masked."""

    group: str
    title: str
    detail: str
    target: Target


@record
class DoorMark:
    """How one door of the building sheet is painted; `text` is the two or three characters in it."""

    tone: Tone
    text: str = ""


@record
class DoorLayer:
    """楼栋图的一层颜色. `marks(session, actor, building_id, day)` answers by dwelling id."""

    id: str
    title: str
    permission: str
    legend: tuple[DoorMark, ...]
    marks: Callable[[Session, Actor, UUID, date], Mapping[UUID, DoorMark]]


class TodaySource(Protocol):
    """Cards for this person now; read lane."""

    def __call__(self, session: Session, actor: Actor, clock: Clock) -> Sequence[TodayCard]: ...


class SearchSource(Protocol):
    """At most `limit` hits, best first, only what `actor` may see; read lane."""

    def __call__(self, session: Session, actor: Actor, query: str, limit: int) -> Sequence[SearchHit]: ...


class FitsRecord(Protocol):
    """Whether an act can be done with this record now, so that it is worth offering; read lane."""

    def __call__(self, session: Session, actor: Actor, row_id: UUID, clock: Clock) -> bool: ...


class TimelineSource(Protocol):
    """Newest first, at most `limit` rows older than `before` (None: from now); read lane.

    `kind` is "household" or "resident".
    """

    def __call__(
        self, session: Session, actor: Actor, kind: str, row_id: UUID, before: datetime | None, limit: int
    ) -> Sequence[TimelineRow]: ...


@record
class Permission:
    """权限. `id` is what commands name, `title` what the permission page shows."""

    id: str
    title: str


@record
class PageEntry:
    """导航里的一页. `target` names the widget class; hidden from roles without `permission`."""

    id: str
    title: str
    icon: str
    target: Entry
    permission: str
    shortcut: str = ""
    rail: bool = True


@record
class Action:
    """能做的一件事, for menus, palette and the key sheet. `on` is the kind of record it wants, "" for none.

    `target` is called with the page host, and with the record's id where `on` is not empty; GUI thread.
    `fits` names a `FitsRecord`; without it the act is offered for every record of its kind.
    """

    id: str
    title: str
    target: Entry
    permission: str
    on: str = ""
    icon: str = ""
    shortcut: str = ""
    fits: Entry = ""


@record
class DraftKind:
    """一种没填完的表. `id` is what its form is kept as, `title` what it is called when it is offered again.

    `target` is called with the page host, the record's id (None: a new one) and the values by field; GUI thread.
    """

    id: str
    title: str
    target: Entry
    permission: str


@record
class Feature:
    """功能模块的清单. `order` is its place on the rail; all other code is named, not imported.

    `search`, `today`, `timeline` name one source function each (or a tuple), `door_layers` a `DoorLayer`,
    `settings` and `indicators` tuples of declarations, `models` the module of tables. `opens` maps a kind of
    matter to the function that opens one; `demo` makes the feature's share of the demo station.
    """

    id: str
    title: str
    order: int
    icon: str
    help_page: str
    permissions: tuple[Permission, ...] = ()
    pages: tuple[PageEntry, ...] = ()
    actions: tuple[Action, ...] = ()
    drafts: tuple[DraftKind, ...] = ()
    indicators: tuple[Entry, ...] = ()
    settings: tuple[Entry, ...] = ()
    today: tuple[Entry, ...] = ()
    search: tuple[Entry, ...] = ()
    timeline: tuple[Entry, ...] = ()
    door_layers: tuple[Entry, ...] = ()
    opens: Mapping[str, Entry] = field(default_factory=dict)
    models: str = ""
    demo: Entry | None = None


Named = TypeVar("Named", Feature, PageEntry, Action)


def load(entry: Entry) -> Any:
    """The object an entry names. Raises ImportError or AttributeError, both bugs."""
    module, colon, name = entry.partition(":")
    if not (module and colon and name):
        raise ImportError(f"not a module:name entry: {entry!r}")
    found = importlib.import_module(module)
    try:
        return getattr(found, name)
    except AttributeError:
        raise AttributeError(f"entry {entry!r} names nothing") from None


class Manifests:
    """All manifests of the program, in rail order. Built once by `app` and handed on; immutable, any thread.

    Raises ValueError when two features claim the same id, page, permission, action or shortcut.
    """

    def __init__(self, features: Iterable[Feature]) -> None:
        self.features = tuple(sorted(features, key=lambda f: (f.order, f.id)))
        self._refuse_doubles("feature", (f.id for f in self.features))
        self._refuse_doubles("permission", (p.id for p in self.permissions()))
        self._refuse_doubles("page", (p.id for p in self.pages()))
        self._refuse_doubles("action", (a.id for a in self.actions()))
        entries: tuple[PageEntry | Action, ...] = (*self.pages(), *self.actions())
        self._refuse_doubles("shortcut", (e.shortcut for e in entries if e.shortcut))
        self._refuse_doubles("draft", (d.id for f in self.features for d in f.drafts))
        self._refuse_doubles("opens", (kind for f in self.features for kind in f.opens))

    def feature(self, feature_id: str) -> Feature:
        """Raises KeyError."""
        return self._one(self.features, feature_id)

    def permissions(self) -> tuple[Permission, ...]:
        return tuple(p for f in self.features for p in f.permissions)

    def pages(self) -> tuple[PageEntry, ...]:
        return tuple(p for f in self.features for p in f.pages)

    def page(self, page_id: str) -> PageEntry:
        """Raises KeyError."""
        return self._one(self.pages(), page_id)

    def actions(self, on: str | None = None) -> tuple[Action, ...]:
        """All actions, or those that act on one kind of record ("" for those that want none)."""
        return tuple(a for f in self.features for a in f.actions if on is None or a.on == on)

    def action(self, action_id: str) -> Action:
        """Raises KeyError."""
        return self._one(self.actions(), action_id)

    def drafts(self) -> Mapping[str, DraftKind]:
        """The forms that are kept over a crash, by what they are kept as."""
        return {d.id: d for f in self.features for d in f.drafts}

    def indicators(self) -> tuple[Any, ...]:
        return tuple(self._loaded("indicators"))

    def settings(self) -> tuple[Setting[Any], ...]:
        return tuple(self._loaded("settings"))

    def today_sources(self) -> tuple[TodaySource, ...]:
        return tuple(self._loaded("today"))

    def search_sources(self) -> tuple[SearchSource, ...]:
        return tuple(self._loaded("search"))

    def timeline_sources(self) -> tuple[TimelineSource, ...]:
        return tuple(self._loaded("timeline"))

    def door_layers(self) -> tuple[DoorLayer, ...]:
        return tuple(self._loaded("door_layers"))

    def opener(self, kind: str) -> Callable[..., Any]:
        """The function that opens a matter of `kind`. Raises KeyError when no feature does."""
        for feature in self.features:
            if kind in feature.opens:
                opener: Callable[..., Any] = load(feature.opens[kind])
                return opener
        raise KeyError(kind)

    def demos(self) -> tuple[tuple[str, Callable[..., Any]], ...]:
        """(feature id, function) of each feature with a share in the demo station."""
        return tuple((f.id, load(f.demo)) for f in self.features if f.demo)

    def import_models(self) -> None:
        """Import every table, so that metadata is complete (migrations, verify, backup)."""
        for name in ("journal", "search", "settings"):
            importlib.import_module(f"centerdesk.kernel.{name}")
        for feature in self.features:
            if feature.models:
                importlib.import_module(feature.models)

    def _loaded(self, name: str) -> Iterator[Any]:
        for feature in self.features:
            for entry in getattr(feature, name):
                found = load(entry)
                yield from found if isinstance(found, tuple) else (found,)

    @staticmethod
    def _one(items: Iterable[Named], wanted: str) -> Named:
        for item in items:
            if item.id == wanted:
                return item
        raise KeyError(wanted)

    @staticmethod
    def _refuse_doubles(what: str, ids: Iterable[str]) -> None:
        doubles = sorted(name for name, times in Counter(ids).items() if times > 1)
        if doubles:
            raise ValueError(f"two manifests claim the same {what}: {', '.join(doubles)}")
