"""Rules of people: ages and derived tags, vocabularies, what may be changed into what. Pure."""

from __future__ import annotations

from datetime import date

from centerdesk.kernel.record import record

PRESENT, LEFT, DEAD, BIN = "在册", "迁出", "死亡", "回收站"
RESIDENCES = ("常住", "人户分离", "流动", "空挂户")
SEXES = {0: "未知", 1: "男", 2: "女", 9: "未说明"}
"""GB/T 2261.1."""

TAGS = (
    "独居",
    "空巢",
    "失独",
    "低保",
    "特困",
    "残疾",
    "退役军人",
    "困境儿童",
    "志愿者",
    "慢性病",
    "留守老人",
    "重点优抚",
)
"""Special groups a person can belong to (特殊群体); the order is the one returns print."""

RELATIONS = {
    "户主": "02", "配偶": "10", "夫": "11", "妻": "12", "子": "20", "女": "30", "孙辈": "40", "父母": "50",
    "祖辈": "60", "兄弟姐妹": "70", "其他": "80", "其他亲属": "97", "非亲属": "99",
}  # fmt: skip
"""GB/T 4761-2008, the entries the form offers; imports may bring finer ones."""

POLITICAL = (
    "群众", "中共党员", "中共预备党员", "共青团员", "民革党员", "民盟盟员", "民建会员", "民进会员", "农工党党员",
    "致公党党员", "九三学社社员", "台盟盟员", "无党派人士",
)  # fmt: skip
"""GB/T 4762-1984, the commonest first."""

REVEAL_REASONS = ("核对证件", "帮办业务", "联系本人", "联系家属", "紧急情况")
REVEAL_LIMITS = {"front_desk": 60, "grid_worker": 20}
"""Full numbers a day (RELIABILITY 3.5); a secretary has no limit."""

STALE_DAYS = 60
BIN_DAYS = 30


def age_on(birth: date | None, day: date) -> int | None:
    """Full years (周岁) on `day`; None when the birth date is not known. 29 February counts from 1 March."""
    if birth is None:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def age_tags(birth: date | None, day: date) -> tuple[str, ...]:
    """Tags that follow from the birth date and are never typed: 老年 from 60, 高龄 from 80, 百岁 from 100."""
    age = age_on(birth, day)
    if age is None or age < 60:
        return ()
    return ("百岁",) if age >= 100 else ("高龄",) if age >= 80 else ("老年",)


def years_before(day: date, years: int) -> date:
    """The latest birth date of somebody who is `years` old on `day`."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February: who was born on that day is a year older only on 1 March
        return date(day.year - years, 2, 28)


def reveal_limit(roles: tuple[str, ...]) -> int | None:
    """Full numbers this person may open a day; None means as many as the work needs."""
    if "secretary" in roles:
        return None
    return max((REVEAL_LIMITS[r] for r in roles if r in REVEAL_LIMITS), default=0)


@record
class Change:
    """One field that an import would change; both sides masked where the field wants it."""

    field: str
    before: str
    after: str


def may_leave(status: str, left_on: date | None, moved_in: date | None, day: date) -> str | None:
    """Why a person cannot be entered as gone on `left_on`; None when they can."""
    if status != PRESENT:
        return "这位已经不在册了。"
    if left_on is None or left_on > day:
        return "请填哪天走的，不能晚于今天。"
    if moved_in is not None and left_on < moved_in:
        return "走的日子在迁入日子前面了，请核对。"
    return None
