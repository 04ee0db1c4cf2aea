"""The rules of returns: order, parts, checks, what is stored and how numbers read."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centerdesk.features.returns.rules import (
    Figure,
    Value,
    absent,
    arranged,
    change_of,
    check_code,
    depths,
    digest,
    dump,
    figure,
    is_large,
    line_numbers,
    pack,
    restore,
    unpack,
)
from centerdesk.features.returns.rules_checks import Level, errors, findings
from centerdesk.features.returns.rules_document import (
    Printing,
    by_grid,
    document,
    letter,
    number_text,
    value_text,
)
from centerdesk.kernel.clock import Month
from centerdesk.kernel.indicators import Indicator, Measure

GRID_A, GRID_B = UUID(int=1), UUID(int=2)
IDS = tuple(UUID(int=n) for n in range(100, 200))


def indicator(code: str, *, group: str = "居民", unit: str = "人", part_of: str | None = None) -> Indicator:
    return Indicator(
        code, code, unit, group, "怎么数的。", "resident", lambda _s, _p: {None: Measure(0)}, part_of=part_of
    )


def fig(code: str, month: float | None, previous: float | None = None, **more: Any) -> Figure:
    where = more.pop("where", None)
    rate = more.pop("rate", None)
    one = indicator(code, **more)
    rows = IDS[: int(month)] if month and not rate else ()
    this = Measure(None, rows, *rate) if rate else Measure(month, rows) if month is not None else None
    before = Measure(previous) if previous is not None else None
    name = {GRID_A: "甲网格", GRID_B: "乙网格"}.get(where)
    return figure(one, where, name, this, before, this)


def test_parts_stand_right_behind_their_whole():
    given_order = (
        indicator("due", group="窗帘"),
        indicator("paused", group="窗帘"),
        indicator("seen", group="窗帘", part_of="due"),
        indicator("people"),
        indicator("in_time", group="窗帘", part_of="seen"),
        indicator("orphan", part_of="nobody"),
    )
    assert [i.id for i in arranged(given_order)] == ["due", "seen", "in_time", "paused", "people", "orphan"]


def test_depth_and_line_numbers():
    figures = [
        fig("due", 10),
        fig("seen", 8, part_of="due"),
        fig("in_time", 7, part_of="seen"),
        fig("due", 10, where=GRID_A),
        fig("more", 3, part_of="nobody"),
    ]
    assert depths(figures) == {"due": 0, "seen": 1, "in_time": 2, "more": 0}
    assert line_numbers(figures) == {"due": "01", "seen": "02", "in_time": "03", "more": "04"}


@pytest.mark.parametrize(
    ("unit", "expected"), [("人", Measure(0)), ("%", Measure(None, (), 0, 0)), ("分钟", None), ("天", None)]
)
def test_a_grid_without_records_has_zero_or_nothing(unit, expected):
    assert absent(unit) == expected


@pytest.mark.parametrize(
    ("now", "before", "change", "large"),
    [
        (13, 9, "44.4", True),
        (13, 10, "30.0", True),
        (129, 100, "29.0", False),
        (7, 10, "-30.0", True),
        (10, 10, "0.0", False),
        (5, 0, None, False),
        (5, None, None, False),
        (None, 5, None, False),
    ],
)
def test_changes_of_thirty_percent_are_marked(now, before, change, large):
    one = fig("a", now, before)
    assert change_of(one) == (None if change is None else Decimal(change))
    assert is_large(one) is large


def test_a_rate_has_no_change_in_percent():
    one = fig("rate", None, 50.0, unit="%", rate=(9, 10))
    assert one.month == Value(90.0, 9, 10)
    assert change_of(one) is None


# --- checks -----------------------------------------------------------------------------------------------------


def grids(code: str, a: int, b: int, **more: Any) -> list[Figure]:
    return [fig(code, a, where=GRID_A, **more), fig(code, b, where=GRID_B, **more)]


CASES = {
    "all right": ([fig("a", 10, 10), *grids("a", 6, 4)], []),
    "part above whole": ([fig("a", 3, 3), fig("b", 4, 4, part_of="a")], [(Level.ERROR, ("b", "a"))]),
    "part above whole in one grid": (
        [fig("a", 9, 9), fig("b", 3, 3, part_of="a"), *grids("a", 1, 8), *grids("b", 2, 1, part_of="a")],
        [(Level.ERROR, ("b", "a"))],
    ),
    "a rate is part of nothing": ([fig("a", 1, 1), fig("r", None, unit="%", rate=(9, 10), part_of="a")], []),
    "sum does not add up": (
        [fig("curtain.due", 10, 10), fig("curtain.seen", 8, 8), fig("curtain.missed", 1, 1)],
        [(Level.ERROR, ("curtain.due", "curtain.seen", "curtain.missed"))],
    ),
    "sum adds up": (
        [fig("curtain.due", 10, 10), fig("curtain.seen", 8, 8), fig("curtain.missed", 2, 2)],
        [],
    ),
    "somebody without a grid": ([fig("a", 10, 10), *grids("a", 6, 3)], [(Level.HINT, ("a",))]),
    "one hint a group": (
        [fig("a", 10, 10), fig("b", 5, 5), *grids("a", 6, 1), *grids("b", 1, 0)],
        [(Level.HINT, ("b", "a"))],
    ),
    "grids above the station": ([fig("a", 10, 10), *grids("a", 6, 5)], [(Level.ERROR, ("a",))]),
    "durations are never added": ([fig("m", 5, 5, unit="分钟"), *grids("m", 9, 9, unit="分钟")], []),
    "large change": ([fig("a", 13, 9), fig("b", 10, 10)], [(Level.HINT, ("a",))]),
    "error before hint": (
        [fig("a", 13, 9), fig("b", 14, 14, part_of="a")],
        [(Level.ERROR, ("b", "a")), (Level.HINT, ("a",))],
    ),
    "a month without anything": ([fig("a", 0, 0), fig("r", None, unit="%", rate=(0, 0))], []),
}


@pytest.mark.parametrize("name", CASES)
def test_what_the_checks_find(name):
    figures, expected = CASES[name]
    found = findings(figures)
    assert [(f.level, f.keys) for f in found] == expected
    assert [f for f in found if f.level is Level.ERROR] == list(errors(figures))
    assert all(f.title and f.text.endswith("。") for f in found)


# --- what is stored ---------------------------------------------------------------------------------------------

values = st.one_of(
    st.builds(Value, st.integers(0, 99999)),
    st.builds(Value, st.floats(0, 1e6).map(lambda x: round(x, 1))),
    st.just(Value(None)),
    st.tuples(st.integers(0, 500), st.integers(1, 500)).map(
        lambda nd: Value.of(Measure(None, (), min(nd), max(nd)))
    ),
)
figures_drawn = st.lists(
    st.builds(
        Figure,
        indicator=st.sampled_from(["a.x", "b.y"]),
        title=st.text(max_size=8),
        unit=st.sampled_from(["人", "%"]),
        group=st.just("组"),
        part_of=st.none() | st.just("a.x"),
        where_id=st.none() | st.uuids(),
        where=st.none() | st.just("甲网格"),
        month=values,
        previous=values,
        year_to_date=values,
        definition=st.just("怎么数的。"),
        version=st.just("v1"),
        record=st.just("resident"),
        count=st.just(0),
    ),
    max_size=5,
)


@given(figures_drawn)
def test_an_edition_gives_back_what_was_stored(figures):
    assert restore(dump(figures)) == tuple(figures)


@given(st.lists(st.uuids(), max_size=50))
def test_row_ids_come_back_in_order(ids):
    assert unpack(pack(ids)) == tuple(ids)
    assert len(pack(ids)) == 16 * len(ids)


def test_the_count_outlives_the_rows():
    (kept,) = restore(dump([fig("a", 7, 7)]))
    assert (kept.count, kept.rows) == (7, ())


def test_the_code_covers_values_and_rows():
    base = [fig("a", 3, 2)]
    assert digest("2026-09", base) == digest("2026-09", [fig("a", 3, 2)])
    other_rows = figure(indicator("a"), None, None, Measure(3, IDS[5:8]), Measure(2), Measure(3))
    codes = {
        digest("2026-09", base),
        digest("2026-10", base),
        digest("2026-09", [fig("a", 3, 1)]),
        digest("2026-09", [other_rows]),
    }
    assert len(codes) == 4
    assert check_code(bytes.fromhex("7f3a91c2") + bytes(28)) == "7F3A-91C2"


# --- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "number", "text"),
    [
        (Value(2744), "2,744", "2,744"),
        (Value(19.5), "19.5", "19.5"),
        (Value(22.0), "22", "22"),
        (Value(None), "—", "—"),
        (Value(95.4, 2619, 2744), "95.4", "95.4%（2619/2744）"),
        (Value(None, 0, 0), "—", "—"),
        (Value(99.9, 9999, 10000), "99.9", "99.9%（9999/10000）"),
    ],
)
def test_how_a_number_reads(value, number, text):
    assert (number_text(value), value_text(value)) == (number, text)


PRINTING = Printing(
    "云和社区",
    "望河街道",
    Month(2026, 9),
    datetime(2026, 9, 30, 16, tzinfo=UTC),
    bytes(32),
    7,
    bytes(32),
    datetime(2026, 10, 2, 1, tzinfo=UTC),
    "许文静",
    draft=False,
)
SAMPLE = [
    fig("应看", 10, 10, group="窗帘", unit="户次"),
    fig("看过", 8, 8, group="窗帘", unit="户次", part_of="应看"),
    fig("看护率", None, group="窗帘", unit="%", rate=(8, 10)),
    fig("人口", 20, 10),
    *grids("应看", 6, 4, group="窗帘", unit="户次"),
    *[
        fig("看护率", None, where=g, group="窗帘", unit="%", rate=nd)
        for g, nd in ((GRID_A, (5, 6)), (GRID_B, (0, 0)))
    ],
]


def test_groups_are_numbered_once():
    assert [s.title for s in document(SAMPLE, PRINTING).sections] == ["一、窗帘", "二、居民"]


def test_parts_are_indented_and_said_so():
    rows = document(SAMPLE, PRINTING).sections[0].rows
    assert [(r.cells[0].value, r.cells[0].indent, r.cells[1].value) for r in rows] == [
        ("应看", 0, "01"),
        ("其中：看过", 1, "02"),
        ("看护率", 0, "03"),
    ]
    assert rows[2].cells[-1].value == "8/10"


def test_the_annex_keeps_numbers_as_numbers():
    table = by_grid(SAMPLE, PRINTING)
    assert [c.title for c in table.columns] == ["指标名称", "行号", "单位", "甲网格", "乙网格", "全站"]
    rows = {row[0]: list(row[3:]) for row in table.rows}
    assert rows["应看"] == [6, 4, 10]
    assert rows["看护率"] == ["83.3\n5/6", "—", "80.0\n8/10"]


def test_the_letter_says_wholes_with_their_parts():
    said = [b.head or b.text for b in letter(SAMPLE, PRINTING, date(2026, 10, 2)).body]
    assert said[1:5] == [
        "一、窗帘",
        "应看 10 户次（其中：看过 8 户次），看护率 80.0%（8/10）。",
        "二、居民",
        "人口 20 人。",
    ]
