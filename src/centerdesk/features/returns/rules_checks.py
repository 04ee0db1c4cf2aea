"""What can be checked on a return by itself: parts against wholes, grids against the station, sums. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from centerdesk.features.returns.rules import (
    LARGE_CHANGE,
    Figure,
    is_large,
    line_numbers,
    station_only,
)
from centerdesk.kernel.record import record

SUMS = (("curtain.due", ("curtain.seen", "curtain.missed")),)
"""(whole, parts that must add up to it exactly): 应看 = 看过 + 漏看."""

NOT_ADDED = frozenset({"%", "分钟", "天"})
"""Units that are never added across grids."""


class Level(Enum):
    """How much a finding weighs: an error keeps the return from being signed."""

    ERROR = "错"
    HINT = "提示"


@record
class Finding:
    """校验结果. `keys` are the lines (indicators) it is about, the first one is where to look."""

    level: Level
    title: str
    text: str
    keys: tuple[str, ...]


def findings(figures: Sequence[Figure]) -> tuple[Finding, ...]:
    """Everything the figures themselves give away, errors first."""
    lines = line_numbers(figures)
    found = [
        *_parts(figures, lines),
        *_sums(figures, lines),
        *_too_much_in_grids(figures, lines),
        *_without_grid(figures, lines),
        *_large_changes(figures, lines),
    ]
    return tuple(sorted(found, key=lambda f: f.level is not Level.ERROR))


def errors(figures: Sequence[Figure]) -> tuple[Finding, ...]:
    """What keeps the return from being signed."""
    return tuple(f for f in findings(figures) if f.level is Level.ERROR)


def _count(f: Figure) -> int:
    return round(f.month.value or 0)


def _where(f: Figure) -> str:
    return f.where or "全站"


def _parts(figures: Sequence[Figure], lines: dict[str, str]) -> Iterator[Finding]:
    """其中 ≤ the whole, in every grid."""
    by_place = {(f.indicator, f.where_id): f for f in figures}
    for f in figures:
        whole = by_place.get((f.part_of or "", f.where_id))
        if whole is not None and whole.unit == f.unit and _count(f) > _count(whole):
            yield Finding(
                Level.ERROR,
                f"{lines[f.indicator]} 行 {f.title} 比 {lines[whole.indicator]} 行 {whole.title} 多",
                f"{_where(f)}：{_count(f):,} > {_count(whole):,}，多 {_count(f) - _count(whole):,} {f.unit}。"
                "请先重新编一次，还不对就找管理员。",
                (f.indicator, whole.indicator),
            )


def _sums(figures: Sequence[Figure], lines: dict[str, str]) -> Iterator[Finding]:
    by_place = {(f.indicator, f.where_id): f for f in figures}
    for whole_id, part_ids in SUMS:
        for f in figures:
            if f.indicator != whole_id:
                continue
            parts = [by_place[p, f.where_id] for p in part_ids if (p, f.where_id) in by_place]
            total = sum(map(_count, parts))
            if len(parts) == len(part_ids) and total != _count(f):
                sum_text = " + ".join(p.title for p in parts)
                yield Finding(
                    Level.ERROR,
                    f"{lines[f.indicator]} 行 {f.title} ≠ {sum_text}",
                    f"{_where(f)}：表中 {_count(f):,}，加起来 {total:,}，差 {abs(total - _count(f)):,} {f.unit}。"
                    "请先重新编一次，还不对就找管理员。",
                    (f.indicator, *part_ids),
                )


def _grid_sums(figures: Sequence[Figure]) -> Iterator[tuple[Figure, int]]:
    """Each counted line of the station with the sum of its grids; nothing where there are no grids."""
    sums: dict[str, int] = {}
    for f in figures:
        if f.where_id is not None and f.unit not in NOT_ADDED:
            sums[f.indicator] = sums.get(f.indicator, 0) + _count(f)
    for f in station_only(figures):
        if f.indicator in sums:
            yield f, sums[f.indicator]


def _too_much_in_grids(figures: Sequence[Figure], lines: dict[str, str]) -> Iterator[Finding]:
    """A person, a household, a window belongs to one grid."""
    for f, total in _grid_sums(figures):
        if total > _count(f):
            yield Finding(
                Level.ERROR,
                f"{lines[f.indicator]} 行 {f.title} 各网格加起来比全站多",
                f"各网格 {total:,}，全站 {_count(f):,}，多 {total - _count(f):,} {f.unit}。"
                "请先重新编一次，还不对就找管理员。",
                (f.indicator,),
            )


def _without_grid(figures: Sequence[Figure], lines: dict[str, str]) -> Iterator[Finding]:
    """One finding a group: the line that lacks most, and how many stand in no grid."""
    groups: dict[str, list[tuple[int, Figure, int]]] = {}
    for f, total in _grid_sums(figures):
        if total < _count(f):
            groups.setdefault(f.group, []).append((_count(f) - total, f, total))
    for short in groups.values():
        missing, f, total = max(short, key=lambda one: one[0])
        yield Finding(
            Level.HINT,
            f"{lines[f.indicator]} 行 {f.title}：{missing:,} {f.unit}没有网格",
            f"各网格 {total:,}，全站 {_count(f):,}。给门牌定网格。",
            tuple(one[1].indicator for one in sorted(short, key=lambda one: -one[0])),
        )


def _large_changes(figures: Sequence[Figure], lines: dict[str, str]) -> Iterator[Finding]:
    changed = [f for f in station_only(figures) if is_large(f)]
    if changed:
        some = "、".join(f"{lines[f.indicator]} 行{f.title}" for f in changed[:3])
        more = f" 等 {len(changed)} 行" if len(changed) > 3 else ""
        yield Finding(
            Level.HINT,
            f"{len(changed)} 行比上月变了 {LARGE_CHANGE}% 以上",
            f"{some}{more}。表里是棕色粗字，报前看一眼。",
            tuple(f.indicator for f in changed),
        )
