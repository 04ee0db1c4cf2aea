"""The route as rows: homes in walking order under where one stands, with what is folded. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from centerdesk.features.checkins.queries import RoundRow
from centerdesk.features.checkins.rules import DUE, HELP, NOT_OK, OK, PAUSED, UNCLEAR, UNSEEN
from centerdesk.features.checkins.rules_sheet import standing
from centerdesk.features.checkins.ui.words import glyph, row_words, state_column, state_word
from centerdesk.qtkit.painted.window_glyph import WindowState

SectionKey = tuple[str, str, str]
"""Compound, building, standing point."""


@dataclass(frozen=True)
class RouteEntry:
    """One line of the route: a station (`home` None) or a home. `tone` is a colour token of the note."""

    key: Hashable
    title: str
    note: str = ""
    tone: str = "ink3"
    strong: bool = False
    home: UUID | None = None
    number: str = ""
    state: WindowState | None = None
    current: bool = False
    folded: bool | None = None
    quiet: str = ""
    spoken: str = ""


def walk_numbers(rows: Iterable[RoundRow]) -> dict[UUID, str]:
    """The number of each home on its worker's walk; paused homes are passed and have none."""
    counts: Counter[UUID] = Counter()
    found = {}
    for row in rows:
        if row.state == PAUSED:
            found[row.check_id] = ""
            continue
        counts[row.worker_id] += 1
        found[row.check_id] = str(counts[row.worker_id])
    return found


def section_of(row: RoundRow) -> SectionKey:
    return row.compound, row.building, row.stand


@dataclass(frozen=True)
class RouteLook:
    """How the route is to be shown: which home is current, what was put off, what is folded."""

    slot: str
    current: UUID | None = None
    later: frozenset[UUID] = frozenset()
    fold_finished: bool = False
    toggled: frozenset[SectionKey] = frozenset()


def waiting(row: RoundRow) -> bool:
    """Nobody has looked yet, in time or not."""
    return row.state in (DUE, UNSEEN)


def entries(rows: Sequence[RoundRow], numbers: Mapping[UUID, str], look: RouteLook) -> list[RouteEntry]:
    """Stations and homes in walking order."""
    many = len({r.compound for r in rows}) > 1
    made: list[RouteEntry] = []
    next_named = False
    for key, group in groupby(rows, section_of):
        homes = list(group)
        here = any(h.check_id == look.current for h in homes)
        folded = (look.fold_finished and not here and not any(map(waiting, homes))) != (key in look.toggled)
        upcoming = not next_named and not here and any(map(waiting, homes)) and _after(made, look.current)
        next_named = next_named or upcoming
        made.append(_station(key, homes, look, many, folded, upcoming))
        if not folded:
            made += [_home(h, numbers[h.check_id], look) for h in homes]
    return made


def _after(made: Collection[RouteEntry], current: UUID | None) -> bool:
    return any(entry.home == current for entry in made)


def station_title(key: SectionKey, *, with_compound: bool = False) -> str:
    """3栋 · 站南花坛."""
    compound, building, stand = key
    house = f"{building}栋" if building[-1:].isdigit() else building or "门牌待补"
    place = standing(stand)
    parts = (f"{compound} {house}" if with_compound and compound else house, place)
    return " · ".join(part for part in parts if part)


def _station(
    key: SectionKey, homes: Sequence[RoundRow], look: RouteLook, many: bool, folded: bool, upcoming: bool
) -> RouteEntry:
    title = station_title(key, with_compound=many)
    if folded:
        title = f"{station_title((key[0], key[1], ''), with_compound=many)} · {len(homes)} 户"
        note, quiet, tone = _folded_words(homes, look.slot)
    else:
        due = [h for h in homes if h.state != PAUSED]
        seen = sum(not waiting(h) for h in due)
        here = any(h.check_id == look.current for h in homes)
        shows = look.fold_finished and (here or upcoming)
        note, quiet, tone = "", ("下一站" if upcoming and not here else f"{seen} / {len(due)}"), "ink3"
        quiet = quiet if shows else ""
    foldable = folded if look.fold_finished or folded else None
    spoken = "，".join(part for part in (title, note, quiet, "已折叠" if folded else "") if part)
    return RouteEntry(
        ("station", *key), title, note, tone, strong=True, folded=foldable, quiet=quiet, spoken=spoken
    )


def _folded_words(homes: Sequence[RoundRow], slot: str) -> tuple[str, str, str]:
    """Exceptions first: 「未开 1」 「5 已开」, 「都拉上了」 where there is none."""
    counts = Counter(h.state for h in homes)
    trouble = [f"{state_word(s, slot)} {counts[s]}" for s in (HELP, NOT_OK, UNSEEN) if counts[s]]
    soft = [f"{state_word(s, slot)} {counts[s]}" for s in (UNCLEAR, PAUSED) if counts[s]]
    if not trouble and not soft:
        return "", "都拉上了" if slot == "evening" else "都开了", "ink3"
    good = f"{counts[OK]} {state_word(OK, slot)}" if counts[OK] else ""
    quiet = " · ".join(part for part in (*soft, good) if part)
    return " ".join(trouble), quiet, "red"


def _home(row: RoundRow, number: str, look: RouteLook) -> RouteEntry:
    note, tone, strong = state_column(row, look.slot), "ink3", False
    if row.state in (NOT_OK, HELP, UNSEEN):
        tone, strong = "red", True
    elif row.state == UNCLEAR or row.late:
        tone, strong = "dawn-ink", True
    current = row.check_id == look.current
    if row.state == DUE:
        note = "稍后再看" if row.check_id in look.later and not current else note
        if current:
            note, tone, strong = "现在看", "primary", True
    return RouteEntry(
        row.check_id,
        row.door,
        note,
        tone,
        strong,
        row.check_id,
        number or "–",
        glyph(row.state, look.slot),
        current,
        spoken=row_words(row, look.slot, number),
    )


def next_home(rows: Sequence[RoundRow], current: UUID | None, later: Collection[UUID] = ()) -> UUID | None:
    """The next home nobody looked at: onwards from the current one, then from the start, put-off ones last."""
    place = next((n for n, r in enumerate(rows) if r.check_id == current), -1)
    onwards = [*rows[place + 1 :], *rows[:place]]
    left = [r.check_id for r in onwards if waiting(r)]
    return next((i for i in left if i not in later), left[0] if left else None)


def first_to_see(rows: Sequence[RoundRow]) -> UUID | None:
    """Where the walk begins: the first home that waits, else the first one at all."""
    return next_home(rows, None) or (rows[0].check_id if rows else None)
