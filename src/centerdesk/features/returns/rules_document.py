"""From the figures of an edition to what is printed: the table form, its annex by grid, the letter. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from centerdesk.features.returns.rules import DEFINITION, TITLE, Figure, Value, change_percent, check_code
from centerdesk.kernel.clock import Month, local
from centerdesk.kernel.reporting.build import Heading, ReturnSpec, SpecRow, assemble, month_text
from centerdesk.kernel.reporting.document import (
    Block,
    Cell,
    Col,
    Document,
    Footing,
    Kind,
    Level,
    Report,
    Table,
    day_text,
)
from centerdesk.kernel.reporting.figures import NO_BASE, rate_text

COLUMNS = (
    Col("title", "指标名称", width_mm=43),
    Col("line", "行号", width_mm=10, center=True),
    Col("unit", "单位", width_mm=12, center=True),
    Col("month", "本月", Kind.INT, width_mm=17),
    Col("previous", "上月", Kind.INT, width_mm=17),
    Col("change", "环比%", Kind.DECIMAL1, width_mm=15),
    Col("year", "本年累计", Kind.INT, width_mm=19),
    Col("note", "备注", width_mm=23),
)

NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")

SIGNATURES = ("单位负责人", "统计负责人", "填表人", "报出日期")


@dataclass(frozen=True, slots=True)
class Printing:
    """What paper needs beside the figures. `code_of`: SHA-256 of the edition; `draft` until it is signed."""

    station: str
    street: str
    month: Month
    as_of: datetime
    sha256: bytes
    audit_seq: int
    audit_head: bytes
    printed_at: datetime
    printed_by: str
    draft: bool

    @property
    def office(self) -> str:
        return self.station if self.station.endswith("中心") else f"{self.station}党群服务中心"

    def footing(self) -> Footing:
        return Footing(
            check_code(self.sha256),
            self.audit_head.hex(),
            self.audit_seq,
            DEFINITION,
            self.as_of,
            self.printed_at,
            self.printed_by,
        )


def document(figures: Sequence[Figure], printing: Printing) -> Document:
    """The table form: one line an indicator, the station as a whole, with n/d in 备注."""
    spec = ReturnSpec(
        "C01",
        TITLE,
        COLUMNS,
        lambda _session, _month: (),
        SIGNATURES,
        form="党群表 01",
        issuer=f"{printing.street}党群办" if printing.street else "",
    )
    return assemble(
        spec,
        _rows([f for f in figures if f.where_id is None]),
        period=month_text(printing.month),
        office=printing.office,
        explanations=("本年累计：户、人等存量数按期末数填，人次、户次等流量数从 1 月 1 日累计。",),
        signed={"报出日期": day_text(local(printing.printed_at).date())},
        footing=printing.footing(),
        draft=printing.draft,
    )


def _rows(figures: Sequence[Figure]) -> list[SpecRow]:
    rows: list[SpecRow] = []
    headings = numbered(figures)
    group = None
    for line, f in enumerate(figures, 1):
        if f.group != group:
            group = f.group
            rows.append(Heading(headings[group]))
        change = change_percent(f.month.value, f.previous.value) if f.month.n is None else None
        rows.append(
            {
                "title": Cell(f"其中：{f.title}" if f.part_of else f.title, indent=2 if f.part_of else 0),
                "line": Cell(f"{line:02}"),
                "unit": Cell(f.unit),
                "month": _cell(f.month),
                "previous": _cell(f.previous),
                "change": Cell(change, kind=Kind.DECIMAL1, signed=True),
                "year": _cell(f.year_to_date),
            }
        )
    return rows


def numbered(figures: Sequence[Figure]) -> dict[str, str]:
    """Group → heading as printed, numbered in the order they come: 一、居民, 二、特殊群体 …"""
    groups = dict.fromkeys(f.group for f in figures)
    return {group: f"{numeral}、{group}" for group, numeral in zip(groups, NUMERALS, strict=False)}


def _cell(value: Value) -> Cell:
    if value.n is not None and value.d is not None:
        return Cell(n=value.n, d=value.d, kind=Kind.DECIMAL1)
    if value.value is None:
        return Cell(None)
    if float(value.value).is_integer():
        return Cell(int(value.value))
    return Cell(Decimal(str(round(value.value, 1))), kind=Kind.DECIMAL1)


def by_grid(figures: Sequence[Figure], printing: Printing) -> Table:
    """附表: the month's value of each indicator, one column a grid, the station last."""
    places = list(dict.fromkeys(f.where for f in figures if f.where is not None))
    cells = {(f.indicator, f.where): f for f in figures}
    columns = (
        Col("title", "指标名称", width_mm=40),
        Col("unit", "单位", width_mm=12, center=True),
        *(Col(f"g{n}", place, Kind.TEXT, center=True) for n, place in enumerate(places)),
        Col("all", "全站", Kind.TEXT, center=True),
    )
    rows = [
        [
            f.title,
            f.unit,
            *(value_text(cells[f.indicator, p].month) if (f.indicator, p) in cells else "" for p in places),
            value_text(f.month),
        ]
        for f in figures
        if f.where is None
    ]
    return Table(
        f"{month_text(printing.month)}分网格情况",
        columns,
        rows,
        f"填报单位：{printing.office}　计量单位：见表内",
    )


def definitions(figures: Sequence[Figure]) -> Table:
    """附表: what each indicator counts, in words, with the version of the words."""
    columns = (
        Col("title", "指标名称", width_mm=36),
        Col("unit", "单位", width_mm=12, center=True),
        Col("definition", "口径"),
        Col("version", "版本", width_mm=12, center=True),
    )
    rows = [[f.title, f.unit, f.definition, f.version] for f in figures if f.where is None]
    return Table("指标口径", columns, rows)


def value_text(value: Value) -> str:
    """A number as written in running text and annexes; a rate with its n/d."""
    if value.n is not None and value.d is not None:
        return f"{rate_text(value.n, value.d)}（{value.n}/{value.d}）" if value.d else NO_BASE
    if value.value is None:
        return NO_BASE
    return f"{value.value:,.0f}" if float(value.value).is_integer() else f"{value.value:,.1f}"


def letter(figures: Sequence[Figure], printing: Printing, dated: date) -> Report:
    """The letter to the street office (GB/T 9704): the same figures in sentences, the table as attachment."""
    month = f"{printing.month.year}年{printing.month.month}月"
    blocks = [Block(f"现将我站{month}党群服务工作情况报告如下。")]
    station = [f for f in figures if f.where_id is None]
    headings = numbered(station)
    for group in headings:
        blocks.append(Block(head=headings[group], level=Level.FIRST))
        blocks.append(Block(_sentence([f for f in station if f.group == group])))
    blocks.append(Block(f"以上数据与月报表同源，口径{DEFINITION}。请予审核。"))
    return Report(
        office=printing.office,
        number=f"〔{printing.month.year}〕　号",
        title=f"{printing.office}\n关于{month}工作情况的报告",
        addressee=f"{printing.street}党工委" if printing.street else "街道党工委",
        body=tuple(blocks),
        signatory=printing.office,
        dated=dated,
        attachments=(f"{month}{TITLE}", f"{month}分网格情况"),
        issued_by=printing.office,
        issued_on=dated,
        footing=printing.footing(),
        draft=printing.draft,
    )


def _sentence(figures: Sequence[Figure]) -> str:
    parts = []
    for f in figures:
        unit = "" if f.unit == "%" or f.month.value is None else f.unit
        parts.append(f"{'其中' if f.part_of else ''}{f.title} {value_text(f.month)} {unit}".strip())
    return "，".join(parts) + "。"
