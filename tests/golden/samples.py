"""The return and the letter of UI 28, and what a test puts around them. All names and figures are fictional."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from centerdesk.kernel.reporting.build import Heading, ReturnSpec, SpecRow, assemble
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
)

FOOTING = Footing(
    code="7F3A-91C2",
    audit_head="a1b2c3d4e5f60718293a",
    audit_seq=151_931,
    definition="v3",
    as_of=datetime(2026, 11, 30, 16, tzinfo=UTC),
    printed_at=datetime(2026, 12, 4, 1, 12, tzinfo=UTC),
    printed_by="许文静",
)

COLUMNS = (
    Col("name", "指标名称", width_mm=30.7),
    Col("no", "行号", width_mm=8.3, center=True),
    Col("unit", "单位", width_mm=10.7, center=True),
    Col("month", "本月", Kind.INT, 14.8),
    Col("before", "上月", Kind.INT, 14.1),
    Col("change", "环比%", Kind.DECIMAL1, 13.5),
    Col("year", "本年累计", Kind.INT, 16.4),
    Col("last_year", "上年同期", Kind.INT, 16.4),
    Col("year_change", "同比%", Kind.DECIMAL1, 13.3),
    Col("note", "备注", width_mm=17.7),
)


def _row(name: str, no: str, unit: str, *figures: str | None, indent: int = 0, note: str = "") -> SpecRow:
    """Figures as printed; `36/37` is a rate."""
    cells = {"name": Cell(name, indent=indent), "no": Cell(no), "unit": Cell(unit)}
    for column, text in zip(COLUMNS[3:9], figures, strict=True):
        cells[column.key] = _figure(text, signed=column.kind is Kind.DECIMAL1)
    if note:
        cells["note"] = Cell(note)
    return cells


def _figure(text: str | None, *, signed: bool) -> Cell:
    if text is None:
        return Cell()
    if "/" in text:
        n, d = text.split("/")
        return Cell(n=int(n), d=int(d), kind=Kind.DECIMAL1)
    if "." in text:
        return Cell(Decimal(text), kind=Kind.DECIMAL1, signed=signed)
    return Cell(int(text))


ROWS: tuple[SpecRow, ...] = (
    Heading("一、窗帘看护"),
    _row("应看户次", "01", "户次", "1176", "1203", "-2.2", "13482", "13010", "3.6"),
    _row("已看户次", "02", "户次", "1169", "1201", "-2.7", "13421", "12877", "4.2"),
    _row("其中：窗口内", "03", "户次", "1158", "1190", "-2.7", "13266", "12640", "5.0", indent=1),
    _row("看护率", "04", "%", "1169/1176", "99.8", None, "99.5", "99.0", None),
    _row("处置件数", "05", "件", "21", "14", "50.0", "188", "201", "-6.5", note="注 1"),
    Heading("二、微心愿"),
    _row("征集", "11", "件", "19", "15", "26.7", "186", "162", "14.8"),
    _row("点亮", "12", "件", "13", "9", "44.4", "164", "138", "18.8", note="注 2"),
    _row("其中：实物类", "13", "件", "5", "4", "25.0", "61", "55", "10.9", indent=1),
    _row("其中：服务类", "14", "件", "6", "4", "50.0", "79", "66", "19.7", indent=1, note="注 2"),
    _row("其中：公共类", "15", "件", "2", "1", "100.0", "24", "17", "41.2", indent=1, note="注 2"),
    Heading("三、吹哨报到"),
    _row("应响应派单", "21", "次", "37", "42", "-11.9", "418", "397", "5.3"),
    _row("响应率", "22", "%", "36/37", "95.2", None, "96.2", "88.4", None),
    _row("办结", "23", "件", "33", "39", "-15.4", "402", "381", "5.5"),
    Heading("四、户籍变动"),
    _row("期初户数", "31", "户", "1749", "1746", "0.2", None, None, None),
    _row("增加", "32", "户", "7", "5", "40.0", "61", "58", "5.2", note="注 3"),
    _row("减少", "33", "户", "4", "2", "100.0", "42", "44", "-4.5", note="注 3"),
    _row("期末户数", "34", "户", "1752", "1749", "0.2", None, None, None),
)

SPEC = ReturnSpec(
    "R03",
    "望河街道社区党群工作月报表",
    COLUMNS,
    lambda _session, _month: ROWS,
    ("单位负责人", "统计负责人", "填表人", "报出日期"),
    form="党群表 03",
    issuer="望河街道党群办",
)


def document(rows: tuple[SpecRow, ...] = ROWS, *, draft: bool = False) -> Document:
    """The street's return of 2026-11."""
    return assemble(
        SPEC,
        rows,
        period="2026 年 11 月",
        office="云和社区党群服务中心",
        explanations=(
            "处置 21 件，多为降温后晚起；中位 24 分。",
            "冬季集中认领日，已核。",
            "12 月 3 日补登迁出 2 户（11 月 27 日、29 日），期初 + 增 − 减 = 期末。",
        ),
        signed={"报出日期": "2026年12月4日"},
        footing=FOOTING,
        draft=draft,
    )


BODY = (
    Block("现将我站 2026 年 11 月党群服务工作情况报告如下。"),
    Block(
        "独居老人应看 1176 户次，看到 1169 户次，看护率 99.4%（1169/1176），窗口内看到 1158 户次。"
        "漏看 7 户次，都在次日前补看并说明。处置 21 件，中位 24 分钟，最长 1 小时 52 分。",
        "一、窗帘看护",
        Level.FIRST,
    ),
    Block(
        "征集 19 件，点亮 13 件，其中实物类 5 件、服务类 6 件、公共类 2 件，本年累计点亮 164 件。"
        "和谐巷夜间照明由市政、供电一起办成，家住巷内的居民夜里出门有了灯。",
        "二、微心愿",
        Level.FIRST,
    ),
    Block(head="三、吹哨报到", level=Level.FIRST),
    Block(
        "应响应 37 次，按时响应 36 次，响应率 97.3%（36/37）。未按时 1 次为地下室积水，已督办。",
        "（一）响应。",
        Level.SECOND,
    ),
    Block("办结 33 件，本年累计 402 件。", "（二）办结。", Level.SECOND),
    Block("以上数据与月报表同源，口径 v3。请予审核。"),
)


def report(
    body: tuple[Block, ...] = BODY,
    *,
    attachments: tuple[str, ...] = ("2026 年 11 月党群工作月报表", "点亮心愿清单（13 件）"),
    copy_to: str = "望河街道办事处，区委社会工作部。",
    seal: bool = True,
    draft: bool = False,
) -> Report:
    """The station's letter of 2026-11."""
    return Report(
        office="云和社区党群服务中心",
        number="云和党群〔2026〕14 号",
        title="云和社区党群服务中心\n关于 2026 年 11 月工作情况的报告",
        addressee="望河街道党工委",
        body=body,
        attachments=attachments,
        signatory="云和社区党群服务中心",
        dated=date(2026, 12, 4),
        copy_to=copy_to,
        issued_by="云和社区党群服务中心" if copy_to else "",
        seal=seal,
        footing=FOOTING,
        draft=draft,
    )


def annex(rows: int) -> Table:
    """The records behind a number."""
    return Table(
        "附表 1　处置明细",
        (
            Col("no", "序号", Kind.INT, 12, center=True),
            Col("grid", "网格", width_mm=20),
            Col("name", "姓名", width_mm=22),
            Col("door", "地址"),
            Col("day", "日期", Kind.DATE, 24),
            Col("what", "情况"),
        ),
        [
            (
                at,
                "第一网格",
                "王某某",
                f"幸福路3号院2栋{at}室",
                date(2026, 11, 1 + at % 30),
                "晚起，电话确认平安",
            )
            for at in range(1, rows + 1)
        ],
        "2026 年 11 月　单位：件",
    )
