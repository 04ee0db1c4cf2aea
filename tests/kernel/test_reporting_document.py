"""From specification and rows to the document; how a cell is written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import cast

import pytest
from sqlalchemy.orm import Session

from centerdesk.kernel.clock import Month
from centerdesk.kernel.reporting.build import Heading, ReturnSpec, assemble, build
from centerdesk.kernel.reporting.document import (
    Cell,
    Col,
    ExportReport,
    Kind,
    MissingGlyph,
    cell_text,
    day_text,
)
from tests.golden import samples


@pytest.mark.parametrize(
    ("cell", "kind", "text"),
    [
        (Cell(13482), Kind.INT, "13,482"),
        (Cell(-7), Kind.INT, "−7"),
        (Cell(0), Kind.INT, "0"),
        (Cell(), Kind.INT, "—"),
        (Cell(), Kind.TEXT, ""),
        (Cell(""), Kind.INT, ""),
        (Cell(Decimal("99.5")), Kind.DECIMAL1, "99.5"),
        (Cell(3), Kind.DECIMAL1, "3.0"),
        (Cell(Decimal("3.6"), signed=True), Kind.DECIMAL1, "+3.6"),
        (Cell(-27, signed=True), Kind.INT, "−27"),
        (Cell(n=36, d=37), Kind.PERCENT, "97.3%"),
        (Cell(n=36, d=37, kind=Kind.DECIMAL1), Kind.INT, "97.3"),
        (Cell(n=0, d=0), Kind.PERCENT, "—"),
        (Cell(date(2026, 12, 4)), Kind.DATE, "2026-12-04"),
        (Cell(date(2026, 12, 4)), Kind.TEXT, "2026年12月4日"),
        (Cell(datetime(2026, 12, 4, 1, 12, tzinfo=UTC)), Kind.TEXT, "2026-12-04 09:12"),
        (Cell(7), Kind.TEXT, "7"),
        (Cell("=1+1"), Kind.INT, "=1+1"),
    ],
)
def test_cell_text(cell: Cell, kind: Kind, text: str) -> None:
    assert cell_text(cell, Col("c", "栏", kind)) == text


def test_day_has_no_zeros() -> None:
    assert day_text(date(2026, 3, 5)) == "2026年3月5日"


COLUMNS = (
    Col("grid", "网格"),
    Col("elders", "人数", Kind.INT, total=True),
    Col("missed", "未报平安", Kind.INT, total=True),
)


def _spec(columns=COLUMNS, rows=()) -> ReturnSpec:
    return ReturnSpec("R03", "独居老人报平安月报表", columns, lambda _session, _month: rows)


def test_build_asks_the_specification_for_the_month() -> None:
    asked = []

    def rows(session: Session, month: Month):
        asked.append(month)
        return [{"grid": Cell("第一网格"), "elders": Cell(30), "missed": Cell(1)}]

    spec = ReturnSpec("R03", "独居老人报平安月报表", COLUMNS, rows)
    document = build(spec, cast(Session, None), Month(2026, 11), office="云和社区")
    assert asked == [Month(2026, 11)]
    assert document.period == "2026 年 11 月"
    assert [field.label for field in document.signatures] == ["制表人", "审核人"]
    assert [cell.value for cell in document.rows[0].cells] == ["第一网格", 30, 1]


def test_totals_leave_out_rows_that_are_part_of_another() -> None:
    rows = (
        Heading("一、甲片"),
        {"grid": Cell("第一网格"), "elders": Cell(30), "missed": Cell(1)},
        {"grid": Cell("其中：高龄", indent=2), "elders": Cell(12), "missed": Cell(1)},
        Heading("二、乙片"),
        {"grid": Cell("第二网格"), "elders": Cell(16), "missed": Cell()},
    )
    document = assemble(_spec(), rows, period="2026 年 11 月")
    assert [section.title for section in document.sections] == ["一、甲片", "二、乙片", ""]
    assert [cell.value for cell in document.rows[-1].cells] == ["合计", 46, 1]


def test_a_rate_has_no_total() -> None:
    rows = ({"grid": Cell("一"), "elders": Cell(n=1, d=2), "missed": Cell(1)},)
    with pytest.raises(ValueError, match="elders"):
        assemble(_spec(), rows, period="")


def test_a_cell_needs_a_column() -> None:
    with pytest.raises(ValueError, match="grdi"):
        assemble(_spec(), ({"grdi": Cell("第一网格")},), period="")


def test_what_was_left_out_prints_as_nothing() -> None:
    document = assemble(_spec(), ({"grid": Cell("第一网格")},), period="")
    assert [
        cell_text(cell, column) for cell, column in zip(document.rows[0].cells, COLUMNS, strict=True)
    ] == [
        "第一网格",
        "",
        "",
    ]


def test_n_d_and_notes_go_into_the_remarks() -> None:
    columns = (Col("name", "指标"), Col("month", "本月"), Col("year", "累计"), Col("note", "备注"))
    rows = (
        {"name": Cell("看护率"), "month": Cell(n=1169, d=1176, note="注 1"), "year": Cell(n=99, d=100)},
        {"name": Cell("处置"), "month": Cell(21, note="注 2"), "note": Cell("自己写的")},
    )
    document = assemble(_spec(columns), rows, period="")
    assert [row.cells[3].value for row in document.rows] == ["1169/1176 注 1", "自己写的"]


def test_notes_go_below_where_there_are_no_remarks() -> None:
    rows = ({"grid": Cell("第一网格"), "missed": Cell(1, note="已补看")},)
    document = assemble(_spec(), rows, period="", explanations=("先说的",))
    assert document.explanations == ("先说的", "第一网格·未报平安：已补看")


def test_the_foot_counts_up_to_midnight_of_the_day_before() -> None:
    assert samples.FOOTING.lines() == (
        "校验 7F3A-91C2 · 留痕到第 151,931 条 · 口径 v3",
        "数到 2026-11-30 24:00 · 打印 2026-12-04 09:12 · 许文静",
    )


def test_the_code_holds_the_head_of_the_chain_and_no_name() -> None:
    assert samples.FOOTING.qr() == "7F3A-91C2 151931 A1B2C3D4E5F60718"


def test_what_the_export_says() -> None:
    outcome = ExportReport(1, {"仿宋": "Noto Serif SC", "黑体": "SimHei"}, (MissingGlyph("𬎆", "张𬎆明"),))
    assert outcome.sentences() == (
        "这台机器没有可嵌入的仿宋，用“Noto Serif SC”代替。",
        "有字库缺字，纸上印作〓：U+2C386。请核对这些字，必要时手写补上。",
    )
    assert "张" not in repr(outcome)
