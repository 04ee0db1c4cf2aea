"""One watcher's look at the station, again and again: what is overdue, what must be owned up to, who must hear.

Runs in the watcher's own process, without an account. It reads first and writes a command only when something
is due; the heartbeat is not journalled, a line every ten seconds would bury what people did.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from centerdesk.features.checkins import commands_planning as planning
from centerdesk.features.checkins.commands_alarming import orphaned
from centerdesk.features.checkins.commands_watch import BATCH, Tick, TickResult, must_write, watcher
from centerdesk.features.checkins.models import Alarm, AlarmStep, WatcherBeat, WatchGap
from centerdesk.features.checkins.rules_watch import (
    TRUSTED,
    Anchor,
    Gap,
    effective,
    gap_at_start,
    gap_while_running,
    rings,
)
from centerdesk.kernel import journal
from centerdesk.kernel.clock import local
from centerdesk.kernel.commands import CommandBus
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.record import record


@record
class Seen:
    """What one look found. `at` is effective time; `ringing` open alarms that must be heard now."""

    at: datetime
    tick: TickResult | None
    open_alarms: int
    ringing: tuple[UUID, ...]
    gap: Gap | None

    @property
    def raised(self) -> tuple[UUID, ...]:
        return self.tick.raised if self.tick else ()


class Watch:
    """看护. Holds nothing but the two clocks; everything else is read anew at each look. One thread.

    `read` and `write` make sessions on the two engines of the station.
    """

    def __init__(
        self, read: Callable[[], Session], write: Callable[[], Session], bus: CommandBus, pid: int
    ) -> None:
        self._read, self._write, self._bus, self._pid = read, write, bus, pid
        self._clock = bus.site.clock
        self._anchor: Anchor | None = None
        self._planned: tuple[int, date] | None = None

    def look(self) -> Seen:
        """Raise and climb what is due, then write the heartbeat. Raises what the database raises; try again."""
        wall, monotonic = self._clock.now(), self._clock.monotonic()
        with self._read() as session:
            beat = session.get(WatcherBeat, 1)
            gap = self._find_gap(beat, wall, monotonic)
            at = effective(self._present_anchor(beat, wall, monotonic), wall, monotonic)
            fill = self._trusted(session, gap)
            due = must_write(session, at) or self._list_is_stale(session, at, fill)
            high_water = beat.high_water if beat else None
        tick = self._tick(at, fill) if due else None
        self._keep_beat(wall, at, gap, high_water)
        self._anchor = Anchor(at, monotonic, wall)
        with self._read() as session:
            return Seen(at, tick, *_heard(session, at), gap)

    def note_sound(self, ok: bool) -> None:
        """Keep the result of the day's sound test (G19)."""
        with self._write() as session:
            beat = session.get(WatcherBeat, 1)
            if beat is not None:
                beat.sound_ok, beat.sound_checked_at = ok, self._clock.now()
                session.commit()

    def sound_tested_on(self) -> date | None:
        """The Shanghai day of the last sound test, of whatever process."""
        with self._read() as session:
            checked = session.scalar(select(WatcherBeat.sound_checked_at))
        return local(checked).date() if checked else None

    def _present_anchor(self, beat: WatcherBeat | None, wall: datetime, monotonic: float) -> Anchor | None:
        """Our own anchor, or the one of the process before; a person who confirmed a jump has set it back."""
        if self._anchor is not None and (beat is None or beat.high_water >= self._anchor.high_water):
            return self._anchor
        return None if beat is None else Anchor(beat.high_water, monotonic, wall)

    def _find_gap(self, beat: WatcherBeat | None, wall: datetime, monotonic: float) -> Gap | None:
        if self._anchor is not None:
            return gap_while_running(self._anchor, wall, monotonic)
        return gap_at_start(beat.at if beat else None, beat.high_water if beat else None, wall)

    def _tick(self, at: datetime, fill: bool) -> TickResult:
        """Run until nothing is due any more; the results of all runs together."""
        total = TickResult(0, (), ())
        while True:
            one = self._bus.run(Tick(at, fill), actor=watcher(self._bus.site.desk)).value
            total = TickResult(
                total.expected + one.expected, total.raised + one.raised, total.climbed + one.climbed
            )
            if max(len(one.raised), len(one.climbed)) < BATCH:
                return total

    def _trusted(self, session: Session, gap: Gap | None) -> bool:
        """Whether days nobody watched are made up: not after a jump of months that nobody confirmed."""
        open_gaps = session.execute(
            select(WatchGap.from_at, WatchGap.to_at).where(WatchGap.confirmed_by.is_(None))
        )
        spans = [(g.from_at, g.to_at) for g in open_gaps]
        if gap is not None:
            spans.append((gap.from_at, gap.to_at))
        return all(end - start <= TRUSTED for start, end in spans)

    def _list_is_stale(self, session: Session, at: datetime, fill: bool) -> bool:
        """Whether the rows ahead or the alarms of absent colleagues need mending; asked anew only after a new day or
        any journalled act (G20)."""
        now = (journal.head(session)[0], local(at).date())
        if now == self._planned:
            return False
        if planning.plan(session, at, fill=fill) or orphaned(session, at):
            return True
        self._planned = now
        return False

    def _keep_beat(self, wall: datetime, at: datetime, gap: Gap | None, high_water: datetime | None) -> None:
        """`high_water` is what stood there when the look began: a person may have set it back since."""
        with self._write() as session:
            beat = session.get(WatcherBeat, 1)
            if beat is None:
                session.add(WatcherBeat(id=1, at=wall, high_water=at, pid=self._pid))
            else:
                beat.at, beat.pid = wall, self._pid
                beat.high_water = at if beat.high_water == high_water else beat.high_water
            if gap is not None:
                session.add(WatchGap(id=uuid7(), from_at=gap.from_at, to_at=gap.to_at, cause=gap.cause))
            session.commit()


def _heard(session: Session, at: datetime) -> tuple[int, tuple[UUID, ...]]:
    """How many alarms are open, and which of them sound."""
    last_act = (
        select(func.max(AlarmStep.taken_at))
        .where(AlarmStep.alarm_id == Alarm.id)
        .correlate(Alarm)
        .scalar_subquery()
    )
    taken = (
        select(AlarmStep.id)
        .where(AlarmStep.alarm_id == Alarm.id, AlarmStep.step == Alarm.step, AlarmStep.taken_at.is_not(None))
        .correlate(Alarm)
        .exists()
    )
    stmt = (
        select(Alarm.id, Alarm.acknowledged_at, last_act, taken)
        .where(Alarm.closed_at.is_(None))
        .order_by(Alarm.raised_at, Alarm.id)
    )
    rows = session.execute(stmt).all()
    return len(rows), tuple(r[0] for r in rows if rings(r[1], r[2], bool(r[3]), at))
