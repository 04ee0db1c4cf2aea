"""From the figures of an edition to what is printed: the table form, its annex by grid, the letter. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from centerdesk.features.returns.rules import (
    CODE,
    DEFINITION,
    TITLE,
    Figure,
    Value,
    change_of,
    check_code,
    depths,
    line_numbers,
    station_only,
)
from centerdesk.kernel.clock import Month, local
from centerdesk.kernel.record import record
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
from centerdesk.kernel.station import center_name

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


@record
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
        return center_name(self.station)

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


class Record(Protocol):
    """What the annex of one number needs of a record: `queries_records.RecordRow`."""

    @property
    def number(self) -> int: ...
    @property
    def door(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def note(self) -> str: ...
    @property
    def mark(self) -> str: ...


FORM = "党群表 01"


def document(figures: Sequence[Figure], printing: Printing) -> Document:
    """The table form: one line an indicator, the station as a whole, with n/d in 备注."""
    spec = ReturnSpec(
        CODE,
        TITLE,
        COLUMNS,
        lambda _session, _month: (),
        SIGNATURES,
        form=FORM,
        issuer=f"{printing.street}党群办" if printing.street else "",
    )
    return assemble(
        spec,
        _rows(station_only(figures)),
        period=month_text(printing.month),
        office=printing.office,
        explanations=("本年累计：户、人等存量数按期末数填，人次、户次等流量数从 1 月 1 日累计。",),
        signed={"报出日期": day_text(local(printing.printed_at).date())},
        footing=printing.footing(),
        draft=printing.draft,
    )


def _rows(figures: Sequence[Figure]) -> list[SpecRow]:
    rows: list[SpecRow] = []
    headings, lines, deep = numbered(figures), line_numbers(figures), depths(figures)
    group = None
    for f in figures:
        if f.group != group:
            group = f.group
            rows.append(Heading(headings[group]))
        rows.append(
            {
                "title": Cell(form_title(f, deep[f.indicator]), indent=_INDENT * deep[f.indicator]),
                "line": Cell(lines[f.indicator]),
                "unit": Cell(f.unit),
                "month": _cell(f.month),
                "previous": _cell(f.previous),
                "change": Cell(change_of(f), kind=Kind.DECIMAL1, signed=True),
                "year": _cell(f.year_to_date),
            }
        )
    return rows


_INDENT = 1
"""Characters a part stands in from its whole."""


def form_title(f: Figure, depth: int) -> str:
    """The title as it stands in the form: parts begin with 其中：."""
    return f"其中：{f.title}" if depth else f.title


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
    lines, deep = line_numbers(figures), depths(figures)
    columns = (
        Col("title", "指标名称", width_mm=42),
        Col("line", "行号", width_mm=10, center=True),
        Col("unit", "单位", width_mm=12, center=True),
        *(Col(f"g{n}", place, Kind.INT, center=True) for n, place in enumerate(places)),
        Col("all", "全站", Kind.INT, center=True),
    )
    rows = [
        [
            f"{'　' * deep[f.indicator]}{form_title(f, deep[f.indicator])}",
            lines[f.indicator],
            f.unit,
            *(_plain_value(cells[f.indicator, p].month) if (f.indicator, p) in cells else "" for p in places),
            _plain_value(f.month),
        ]
        for f in station_only(figures)
    ]
    return Table(
        f"{month_text(printing.month)}分网格情况",
        columns,
        rows,
        f"填报单位：{printing.office}　计量单位：见表内　率下面是分子/分母",
    )


def _plain_value(value: Value) -> int | str:
    """A whole number stays one, so that Excel can add it; a rate stands over its n/d."""
    if value.n is not None and value.d is not None:
        return f"{rate_text(value.n, value.d, sign=False)}\n{value.n}/{value.d}" if value.d else NO_BASE
    if value.value is not None and float(value.value).is_integer():
        return int(value.value)
    return value_text(value)


def definitions(figures: Sequence[Figure]) -> Table:
    """附表: what each indicator counts, in words, with the version of the words."""
    columns = (
        Col("line", "行号", width_mm=10, center=True),
        Col("title", "指标名称", width_mm=34),
        Col("unit", "单位", width_mm=12, center=True),
        Col("definition", "口径"),
        Col("version", "版本", width_mm=12, center=True),
    )
    lines = line_numbers(figures)
    rows = [[lines[f.indicator], f.title, f.unit, f.definition, f.version] for f in station_only(figures)]
    return Table("指标口径", columns, rows, f"口径版本：{DEFINITION}")


def record_list(figure: Figure, line: str, rows: Iterable[Record], printing: Printing) -> Table:
    """明细: the records behind one number, numbered; identity numbers are masked already."""
    columns = (
        Col("number", "序号", Kind.INT, width_mm=12, center=True),
        Col("door", "门牌", width_mm=22),
        Col("title", "姓名", width_mm=26),
        Col("note", "日期、年龄", width_mm=26, center=True),
        Col("detail", "说明"),
    )
    where = figure.where or "全站"
    return Table(
        f"{'（草稿）' if printing.draft else ''}{month_text(printing.month)}{figure.title}明细（{line} 行）",
        columns,
        ([r.number, r.door, r.title, r.note, r.detail] for r in rows),
        f"{printing.office}　{where}　共 {figure.count:,} 条　号码已打码，用完请收好",
    )


def value_text(value: Value) -> str:
    """A number as written in running text; a rate with its n/d."""
    if value.n is not None and value.d is not None:
        return f"{rate_text(value.n, value.d)}（{value.n}/{value.d}）" if value.d else NO_BASE
    return number_text(value)


def number_text(value: Value) -> str:
    """The bare number as a table shows it: 2,744; 95.4 of a rate; — where there is none."""
    if value.n is not None and value.d is not None:
        return rate_text(value.n, value.d, sign=False)
    if value.value is None:
        return NO_BASE
    return f"{value.value:,.0f}" if float(value.value).is_integer() else f"{value.value:,.1f}"


def letter(figures: Sequence[Figure], printing: Printing, dated: date) -> Report:
    """The letter to the street office (GB/T 9704): the same figures in sentences, the table as attachment."""
    month = f"{printing.month.year}年{printing.month.month}月"
    blocks = [Block(f"现将我站{month}党群服务工作情况报告如下。")]
    station = station_only(figures)
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
    """Each whole with its parts behind it: 常住人口 4,998 人（其中：男 2,368 人、女 2,630 人）."""
    deep = depths(figures)
    said: list[str] = []
    parts: list[str] = []

    def close() -> None:
        if parts:
            said[-1] += f"（其中：{'、'.join(parts)}）"
            parts.clear()

    for f in figures:
        words = _words(f)
        if deep[f.indicator] and said:
            parts.append(words)
        else:
            close()
            said.append(words)
    close()
    return "，".join(said) + "。"


def _words(f: Figure) -> str:
    unit = "" if f.month.n is not None or f.month.value is None else f.unit
    tail = f" {unit}" if unit else ""
    return f"{f.title} {value_text(f.month)}{tail}"
