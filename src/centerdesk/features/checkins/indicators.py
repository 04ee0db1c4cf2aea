"""What the curtain signal puts into a monthly return: F1 to F6 of FEATURES 3.1."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins.indicators_facts import grouped_rates
from centerdesk.features.checkins.models import Enrolment
from centerdesk.features.checkins.rules_rates import Rates
from centerdesk.features.people.models import Household, Resident
from centerdesk.features.places.models import Dwelling
from centerdesk.kernel.indicators import Cumulate, Indicator, Measure, Measures, Span

GROUP = "窗帘暗号"


def _by_grid(pick: Callable[[Rates], Measure]) -> Callable[[Session, Span], Measures]:
    def measure(session: Session, span: Span) -> Measures:
        return {grid: pick(r) for grid, r in grouped_rates(session, span, "grid").items()}

    return measure


def _count(rows: Callable[[Rates], tuple[UUID, ...]]) -> Callable[[Session, Span], Measures]:
    def pick(r: Rates) -> Measure:
        return Measure(len(rows(r)), rows(r))

    return _by_grid(pick)


def _rate(
    numerator: Callable[[Rates], tuple[UUID, ...]], base: Callable[[Rates], tuple[UUID, ...]]
) -> Callable[[Session, Span], Measures]:
    def pick(r: Rates) -> Measure:
        return Measure(None, base(r), len(numerator(r)), len(base(r)))

    return _by_grid(pick)


def _abnormal(r: Rates) -> Measure:
    return Measure(None, r.seen, len(r.look_alarms), len(r.seen))


def _closed(r: Rates) -> tuple[UUID, ...]:
    still = set(r.open_alarms)
    return tuple(a for a in r.look_alarms if a not in still)


def _elders(session: Session, span: Span) -> Measures:
    """Enrolled on the last day of the span."""
    stmt = (
        select(Dwelling.grid_id, Enrolment.resident_id)
        .select_from(Enrolment)
        .join(Resident, Resident.id == Enrolment.resident_id)
        .outerjoin(Household, Household.id == Resident.household_id)
        .outerjoin(Dwelling, Dwelling.id == Household.dwelling_id)
        .where(
            Enrolment.first_on <= span.last,
            or_(Enrolment.last_on.is_(None), Enrolment.last_on >= span.last),
        )
        .order_by(Enrolment.code)
    )
    groups: dict[UUID | None, list[UUID]] = {None: []}
    for grid_id, resident_id in session.execute(stmt):
        groups[None].append(resident_id)
        if grid_id is not None:
            groups.setdefault(grid_id, []).append(resident_id)
    return {grid: Measure(len(ids), tuple(ids)) for grid, ids in groups.items()}


def _curtain(
    name: str,
    title: str,
    unit: str,
    definition: str,
    measure: Callable[[Session, Span], Measures],
    *,
    record: str = "expected_check",
    part_of: str | None = None,
) -> Indicator:
    return Indicator(
        f"curtain.{name}", title, unit, GROUP, definition, record, measure, Cumulate.SPAN,
        part_of and f"curtain.{part_of}",
    )  # fmt: skip


INDICATORS = (
    Indicator(
        "curtain.elders", "期末登记看窗", "人", GROUP,
        "期末当天在登记名单里、本人同意看窗的老人。", "resident", _elders, Cumulate.LAST,
    ),
    _curtain(
        "due", "应看", "户次", "F1：登记时段数减去批准的暂停；到截止时点还没到窗末的不算。",
        _count(lambda r: r.due),
    ),
    _curtain("paused", "批准暂停", "户次", "批准暂停的登记时段，不计入应看。", _count(lambda r: r.paused)),
    _curtain(
        "seen", "看过", "户次", "应看中有人看过的，不论看到什么、早看还是迟看。", _count(lambda r: r.seen),
        part_of="due",
    ),
    _curtain(
        "in_time", "时段内看过", "户次", "看过中有任何一次在时段内（含两端）的。",
        _count(lambda r: r.in_time),
        part_of="seen",
    ),
    _curtain("missed", "漏看", "户次", "应看中没人看过的。", _count(lambda r: r.missed), part_of="due"),
    _curtain(
        "care_rate", "看护率", "%", "F2：看过 ÷ 应看。", _rate(lambda r: r.seen, lambda r: r.due),
    ),
    _curtain(
        "timely_rate", "及时率", "%", "F3：时段内看过 ÷ 应看。", _rate(lambda r: r.in_time, lambda r: r.due),
    ),
    _curtain(
        "missed_rate", "漏看率", "%", "F4：漏看 ÷ 应看。", _rate(lambda r: r.missed, lambda r: r.due),
    ),
    _curtain(
        "alarms", "看出来的报警", "件", "看窗时看到未开、看不清或求助而发的报警，每窗一次。",
        _count(lambda r: r.look_alarms), record="alarm",
    ),
    _curtain(
        "unseen_alarms", "没人看的报警", "件", "窗末还没人看而发的报警；后来补看的也在内。另计，不进异常率。",
        _count(lambda r: r.unseen_alarms), record="alarm",
    ),
    _curtain("abnormal_rate", "异常率", "%", "F5：看出来的报警 ÷ 看过。", _by_grid(_abnormal)),
    _curtain(
        "false_rate", "误报率", "%", "F5：（忘拉＋外出未报备＋误看）÷ 看出来的报警。",
        _rate(lambda r: r.false_alarms, lambda r: r.look_alarms), record="alarm",
    ),
    _curtain(
        "handling_median", "处置时长中位数", "分钟",
        "F5：看出来的报警从发出到结案的分钟数，取中位数；没结案的不算。",
        _by_grid(lambda r: Measure(r.handling_median, _closed(r))), record="alarm",
    ),
    _curtain(
        "handling_max", "处置时长最长", "分钟", "F5：看出来的报警从发出到结案，最长一件的分钟数。",
        _by_grid(lambda r: Measure(r.handling_max, _closed(r))), record="alarm",
    ),
    _curtain(
        "handling_open", "未结案报警", "件", "看出来的报警中，到截止时点还没结案的。",
        _count(lambda r: r.open_alarms), record="alarm", part_of="alarms",
    ),
    _curtain(
        "days_at_end", "期末连续不漏看", "天", "F6：到期末为止，连续几天没有漏看。",
        _by_grid(lambda r: Measure(r.days_at_end)),
    ),
    _curtain(
        "days_longest", "最长连续不漏看", "天", "F6：期内最长连续几天没有漏看。",
        _by_grid(lambda r: Measure(r.days_longest)),
    ),
)  # fmt: skip
