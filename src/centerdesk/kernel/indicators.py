"""What a feature can put into a monthly return: an indicator is data plus one function that counts rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from centerdesk.kernel.clock import Month
from centerdesk.kernel.record import record


class Cumulate(StrEnum):
    """How 本年累计 comes about: counted over the whole year so far, or the state at the end."""

    SPAN = "span"  # flows and rates: measured again from 1 January to the end of the month
    LAST = "last"  # stocks: the month's own value


@record
class Span:
    """The days an indicator is asked for, both inclusive. `as_of`: nothing recorded later counts."""

    first: date
    last: date
    as_of: datetime

    @classmethod
    def of_month(cls, month: Month, as_of: datetime) -> Span:
        return cls(month.first, month.last, as_of)

    @classmethod
    def year_to(cls, month: Month, as_of: datetime) -> Span:
        return cls(date(month.year, 1, 1), month.last, as_of)


@record
class Measure:
    """One number. A count has n and d None and `value` = len(rows) unless it is a sum or a duration.

    A rate has n and d, its `value` is left None (the one rounding rule is in kernel/reporting/figures.py) and
    its rows are those of the denominator. `value` None without n and d prints as “—”. `rows` are ids of
    `Indicator.record`.
    """

    value: float | None
    rows: tuple[UUID, ...] = ()
    n: int | None = None
    d: int | None = None


Measures = Mapping[UUID | None, Measure]
"""By grid id; None is the station as a whole and is always there."""


@record
class Indicator:
    """指标. `id` is stable and printed; `definition` is the sentence under the table, `version` of it in the foot.

    `measure` runs on a read session off the GUI thread; an empty month gives zeros and None, never an error.
    """

    id: str
    title: str
    unit: str  # 人 户 户次 件 % 分钟 天: never added across
    group: str  # heading it stands under, without its number: 居民
    definition: str
    record: str  # what the rows are: resident household expected_check alarm
    measure: Callable[[Session, Span], Measures]
    cumulate: Cumulate = Cumulate.SPAN
    part_of: str | None = None  # 其中: the indicator it is a part of
    version: str = "v1"
