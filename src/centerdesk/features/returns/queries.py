"""Building figures from the indicators of all features, and reading stored editions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from centerdesk.features.places import api as places
from centerdesk.features.returns.models import FigureRows, ReturnEdition
from centerdesk.features.returns.rules import (
    CODE,
    DRAFT,
    Figure,
    absent,
    arranged,
    check_code,
    figure,
    restore,
    unpack,
)
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import Clock, Month, today
from centerdesk.kernel.errors import Cancelled, NotFound, ValidationError
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.indicators import Cumulate, Indicator, Measures, Span
from centerdesk.kernel.record import record

Progress = Callable[[int, int], None]


@record
class Built:
    """What one run over all indicators gave, before anything is stored."""

    month: Month
    as_of: datetime
    figures: tuple[Figure, ...]


@record
class EditionRow:
    """One stored edition."""

    id: UUID
    version: int
    period: str
    edition: int
    state: str
    as_of: datetime
    code: str
    sha256: bytes
    built_by: UUID | None
    signed_by: UUID | None

    @property
    def is_draft(self) -> bool:
        return self.state == DRAFT


@record
class MonthView:
    """One month as the page shows it: its editions newest first, one of them with its figures.

    `edition` None: nobody has built the month yet, and `figures` are empty. `names` of accounts by id.
    """

    month: Month
    editions: tuple[EditionRow, ...]
    edition: EditionRow | None
    figures: tuple[Figure, ...]
    names: Mapping[UUID, str]
    station: str
    street: str

    @property
    def signed(self) -> EditionRow | None:
        """The newest edition that was signed."""
        return next((e for e in self.editions if not e.is_draft), None)


def month_of(text: str, clock: Clock) -> Month:
    """The report month typed as 2026-11. Raises ValidationError for nonsense and for months to come."""
    try:
        month = Month.parse(text)
    except ValueError as exc:
        raise ValidationError({"period": "月份写成 2026-11 这样，再来一次。"}) from exc
    if month > Month.of(today(clock)):
        raise ValidationError(
            {"period": f"{month.year} 年 {month.month} 月还没到，编不了。请选已经开始的月份。"}
        )
    return month


def build_figures(
    session: Session,
    actor: Actor,
    clock: Clock,
    month: Month,
    indicators: Sequence[Indicator],
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Built:
    """Every indicator for the month, the month before and the year so far, by grid and for the station.

    An empty month gives zeros and “—”. Raises PermissionDenied, Cancelled.
    """
    actor.require("returns.draft")
    now = clock.now()
    spans = {
        "month": _span(month, month.first, now),
        "previous": _span(month.previous, month.previous.first, now),
        "year": Span(month.first.replace(month=1), month.last, min(now, month.bounds[1])),
    }
    grids = places.grids(session)
    found: list[Figure] = []
    ordered = arranged(indicators)
    for done, indicator in enumerate(ordered):
        if cancel is not None and cancel():
            raise Cancelled("已停下，月报没有动。")
        this = indicator.measure(session, spans["month"])
        before = indicator.measure(session, spans["previous"])
        year = this if indicator.cumulate is Cumulate.LAST else indicator.measure(session, spans["year"])
        found.extend(_figures(indicator, grids, this, before, year))
        if progress is not None:
            progress(done + 1, len(ordered))
    return Built(month, spans["month"].as_of, tuple(found))


def _span(month: Month, first: Any, now: datetime) -> Span:
    return Span(first, month.last, min(now, month.bounds[1]))


def _figures(
    indicator: Indicator, grids: Sequence[places.GridRow], this: Measures, before: Measures, year: Measures
) -> list[Figure]:
    found = [figure(indicator, None, None, this.get(None), before.get(None), year.get(None))]
    none = absent(indicator.unit)
    for grid in grids:
        measures = (given.get(grid.id, none) for given in (this, before, year))
        found.append(figure(indicator, grid.id, grid.name, *measures))
    return found


def editions(session: Session, actor: Actor, month: Month | None = None) -> tuple[EditionRow, ...]:
    """Stored editions, newest first; of one month or of all."""
    actor.require("returns.read")
    own = ReturnEdition.__table__.c
    listed = (
        own.id, own.version, own.period, own.edition, own.state, own.as_of, own.sha256, own.built_by, own.signed_by
    )  # fmt: skip
    stmt: Any = select(*listed).where(own.code == CODE)
    if month is not None:
        stmt = stmt.where(own.period == str(month))
    return tuple(_edition(e) for e in session.execute(stmt.order_by(own.period.desc(), own.edition.desc())))


def _edition(e: Any) -> EditionRow:
    return EditionRow(
        e.id, e.version, e.period, e.edition, e.state, e.as_of, check_code(e.sha256), e.sha256, e.built_by,
        e.signed_by,
    )  # fmt: skip


def get_edition(session: Session, actor: Actor, edition_id: UUID) -> tuple[EditionRow, tuple[Figure, ...]]:
    """An edition with its figures; rows stay in the database. Raises NotFound."""
    actor.require("returns.read")
    row = session.get(ReturnEdition, edition_id)
    if row is None:
        raise NotFound("这一版月报找不到了。请回到月报页重新编一次。")
    return _edition(row), restore(row.figures)


def month_view(session: Session, actor: Actor, month: Month, edition_id: UUID | None = None) -> MonthView:
    """The month with the edition asked for, or its newest one. Raises NotFound, PermissionDenied."""
    found = editions(session, actor, month)
    edition, figures = found[0] if found else None, tuple[Figure, ...]()
    if edition_id is not None or edition is not None:
        edition, figures = get_edition(session, actor, edition_id or found[0].id)
    own = places.community(session)
    people = {i for e in found for i in (e.built_by, e.signed_by) if i is not None}
    return MonthView(
        month, found, edition, figures, staff.account_names(session, people), own.name if own else "",
        own.street if own else "",
    )  # fmt: skip


def rows_of(session: Session, actor: Actor, edition_id: UUID, key: str) -> tuple[UUID, ...]:
    """Ids of the records behind one number of an edition, in the order shown."""
    actor.require("returns.read")
    blob = session.scalar(
        select(FigureRows.row_ids).where(FigureRows.edition_id == edition_id, FigureRows.figure == key)
    )
    return unpack(blob) if blob else ()
