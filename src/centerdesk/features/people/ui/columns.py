"""What the ledger's table shows of a resident. Masked values only: they are copied and read aloud."""

from __future__ import annotations

from datetime import date

from centerdesk.features.people.queries import ResidentRow
from centerdesk.qtkit.columns import Align, Badge, Column, Tone, plain_column

_TONES = {
    "独居": Tone.BLUE, "空巢": Tone.BLUE, "留守老人": Tone.BLUE, "困境儿童": Tone.BLUE, "失独": Tone.BLUE,
    "高龄": Tone.SOON, "百岁": Tone.SOON, "慢性病": Tone.SOON,
    "低保": Tone.DONE, "特困": Tone.DONE, "残疾": Tone.DONE,
}  # fmt: skip
"""Who needs company blue, age and illness brown, what somebody is entitled to green, the rest plain."""


def tag_badge(tag: str) -> Badge:
    """A tag as lists and panes draw it."""
    return Badge(tag, _TONES.get(tag, Tone.PLAIN))


def short_day(day: date | None, this_year: int) -> str:
    """11-26 of this year, else with the year."""
    if day is None:
        return ""
    return f"{day:%m-%d}" if day.year == this_year else f"{day:%Y-%m-%d}"


def ledger_columns(this_year: int) -> tuple[Column[ResidentRow], ...]:
    """The columns, left to right. Age tags of everybody over sixty would drown the others: 老年 is left out."""

    def badges(row: ResidentRow) -> tuple[Badge, ...]:
        return tuple(tag_badge(tag) for tag in row.tags if tag != "老年")

    def residence_tone(row: ResidentRow) -> Tone | None:
        return None if row.residence == "常住" else Tone.SOON

    def verified(row: ResidentRow) -> str:
        if row.verified_on is None:
            return "没核实过"
        day = short_day(row.verified_on, this_year)
        return f"{day} 逾期" if row.stale else day

    def verified_tone(row: ResidentRow) -> Tone | None:
        if row.verified_on is None:
            return Tone.PLAIN
        return Tone.SOON if row.stale else None

    def age(row: ResidentRow) -> str:
        return "" if row.age is None else str(row.age)

    return (
        plain_column("name", "姓名", "name", bold=True, width=104, sort_key="name", hit=True, fixed=True),
        plain_column("sex", "性别", "sex", width=44),
        Column("age", "年龄", age, align=Align.RIGHT, width=52, sort_key="age"),
        plain_column("id_mask", "身份证号", "id_mask", width=152, empty="—"),
        plain_column("phone", "电话", "phone_mask", width=116, visible=False),
        plain_column("compound", "小区", "compound", width=92, visible=False),
        plain_column("door", "门牌", "door", width=78, sort_key="door"),
        plain_column("grid", "网格", "grid", width=96, visible=False),
        Column("residence", "人户", lambda row: row.residence, width=72, tone=residence_tone),
        Column("tags", "标签", lambda _row: "", badges=badges, width=130, stretch=True),
        Column("verified", "核实", verified, width=88, tone=verified_tone, sort_key="verified"),
    )
