"""Tables of the curtain signal (窗帘暗号): who is enrolled, what is expected, what was seen, what rang."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from centerdesk.kernel.orm import Base, Tracked, batch_index, mapped_column

ONE_AT_A_TIME = {"runs_until": "last_on", "called": "看窗登记"}
"""Read where two records of one person become one: a person has at most one such row without an end."""


class Enrolment(Tracked, Base):
    """登记. An elder who agreed to be looked after by a signal. `kind`: curtain plate flag rubbish phone.

    Both days inclusive; `last_on` None = still enrolled. `worker_id` walks to it (A), `number` is its place
    in the walking order of that worker's route.
    """

    __tablename__ = "enrolment"
    resident_id: Mapped[UUID] = mapped_column(ForeignKey("resident.id"), info=ONE_AT_A_TIME)
    code: Mapped[str] = mapped_column(String(12), unique=True)  # 户代码, the only thing public papers carry
    kind: Mapped[str] = mapped_column(String(10), default="curtain")
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    number: Mapped[int] = mapped_column(default=0)
    look_from: Mapped[str] = mapped_column(String(60), default="")
    consent_on: Mapped[date] = mapped_column()
    first_on: Mapped[date] = mapped_column()
    last_on: Mapped[date | None] = mapped_column()
    __table_args__ = (
        Index(None, "resident_id"),
        Index(None, "worker_id", "number"),
        batch_index("enrolment"),
    )


class EnrolmentWindow(Tracked, Base):
    """时段. One window a day, Shanghai wall time, both ends inclusive. `slot`: morning noon evening."""

    __tablename__ = "enrolment_window"
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    slot: Mapped[str] = mapped_column(String(8))
    starts: Mapped[time] = mapped_column()
    ends: Mapped[time] = mapped_column()
    __table_args__ = (UniqueConstraint("enrolment_id", "slot"), batch_index("enrolment_window"))


class Pause(Tracked, Base):
    """暂停. Approved absence from a slot of one day to a slot of another, both inclusive; always ends."""

    __tablename__ = "pause"
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    first_on: Mapped[date] = mapped_column()
    first_slot: Mapped[str] = mapped_column(String(8), default="morning")
    last_on: Mapped[date] = mapped_column()
    last_slot: Mapped[str] = mapped_column(String(8), default="evening")
    reason: Mapped[str] = mapped_column(String(40))
    approved_by: Mapped[UUID | None] = mapped_column()
    __table_args__ = (Index(None, "enrolment_id", "last_on"), batch_index("pause"))


class ExpectedCheck(Tracked, Base):
    """应看. One elder × window, made seven days ahead.

    `state`: due ok not_ok unclear help unseen paused void. Projection of its looks: `looks` > 0 means seen,
    `in_time` when any look fell inside the window; the last look is the state. No row is deleted and none is
    ever marked seen without a look; one that is no longer wanted (un-enrolled, window dropped) before its time
    came is `void` and counts nowhere. Door and grid are those of that day, so that a move or a grid split
    leaves old months as they were.
    """

    __tablename__ = "expected_check"
    enrolment_id: Mapped[UUID] = mapped_column(ForeignKey("enrolment.id"))
    day: Mapped[date] = mapped_column()
    slot: Mapped[str] = mapped_column(String(8))
    opens_at: Mapped[datetime] = mapped_column()
    due_at: Mapped[datetime] = mapped_column()
    state: Mapped[str] = mapped_column(String(8), default="due")
    looks: Mapped[int] = mapped_column(default=0)
    in_time: Mapped[bool] = mapped_column(default=False)
    first_look_at: Mapped[datetime | None] = mapped_column()
    last_look_at: Mapped[datetime | None] = mapped_column()
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))  # who should look, deputies included
    dwelling_id: Mapped[UUID | None] = mapped_column(ForeignKey("dwelling.id"))
    grid_id: Mapped[UUID | None] = mapped_column(ForeignKey("grid.id"))
    looked_by: Mapped[UUID | None] = mapped_column()
    __table_args__ = (
        UniqueConstraint("enrolment_id", "day", "slot"),
        Index(None, "day", "slot"),
        Index(None, "state", "due_at"),
        batch_index("expected_check"),
    )


class Look(Tracked, Base):
    """看窗. One look: a fact, never changed. `source`: round import phone. `state` as in ExpectedCheck."""

    __tablename__ = "look"
    check_id: Mapped[UUID] = mapped_column(ForeignKey("expected_check.id"))
    at: Mapped[datetime] = mapped_column()
    state: Mapped[str] = mapped_column(String(8))
    by_id: Mapped[UUID | None] = mapped_column()
    source: Mapped[str] = mapped_column(String(8), default="round")
    note: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (Index(None, "check_id", "at"), batch_index("look"))


class Alarm(Tracked, Base):
    """报警. At most one an expected check. `kind`: not_ok unclear help unseen; 未看 may turn in place.

    Open until a person closes it with an outcome (FEATURES 3.1) and who saw the elder. `step` and
    `step_due_at` are a projection for sorting: the ladder follows from `kind`, the instants and the clock.
    """

    __tablename__ = "alarm"
    check_id: Mapped[UUID] = mapped_column(ForeignKey("expected_check.id"), unique=True)
    opened_as: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))
    raised_at: Mapped[datetime] = mapped_column()
    ladder_from: Mapped[datetime] = (
        mapped_column()
    )  # T of the present ladder; before the look where it jumped to knock
    step: Mapped[str] = mapped_column(String(12))
    step_due_at: Mapped[datetime | None] = mapped_column()
    assigned_to: Mapped[UUID | None] = mapped_column()
    acknowledged_at: Mapped[datetime | None] = mapped_column()
    acknowledged_by: Mapped[UUID | None] = mapped_column()
    escalated: Mapped[bool] = mapped_column(default=False)
    late_look_at: Mapped[datetime | None] = mapped_column()
    closed_at: Mapped[datetime | None] = mapped_column()
    closed_by: Mapped[UUID | None] = mapped_column()
    outcome: Mapped[str] = mapped_column(String(10), default="")
    seen_by: Mapped[str] = mapped_column(String(40), default="")  # who saw or heard the elder
    sighting: Mapped[str] = mapped_column(String(10), default="")  # rules_alarm.SIGHTINGS
    __table_args__ = (Index(None, "closed_at", "step_due_at"), Index(None, "raised_at"), batch_index("alarm"))


class AlarmStep(Tracked, Base):
    """处置步骤. One rung of an alarm's ladder as it happened; a rung nobody took is kept."""

    __tablename__ = "alarm_step"
    alarm_id: Mapped[UUID] = mapped_column(ForeignKey("alarm.id"))
    ordinal: Mapped[int] = mapped_column()
    step: Mapped[str] = mapped_column(String(12))
    reached_at: Mapped[datetime] = mapped_column()
    taken_at: Mapped[datetime | None] = mapped_column()
    taken_by: Mapped[UUID | None] = mapped_column()
    act: Mapped[str] = mapped_column(String(12), default="")  # rules_ladder.Act, "" for a rung nobody took
    result: Mapped[str] = mapped_column(String(60), default="")
    __table_args__ = (UniqueConstraint("alarm_id", "ordinal"), batch_index("alarm_step"))


class RoundSignOff(Tracked, Base):
    """签收. A worker's or the station's round of one day and slot, closed with everything accounted for."""

    __tablename__ = "round_sign_off"
    day: Mapped[date] = mapped_column()
    slot: Mapped[str] = mapped_column(String(8))
    worker_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column()
    __table_args__ = (UniqueConstraint("day", "slot", "worker_id"),)


class WatcherBeat(Base):
    """看护程序心跳. One row: when the watcher last looked, and the latest instant it ever saw."""

    __tablename__ = "watcher_beat"
    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    at: Mapped[datetime] = mapped_column()
    high_water: Mapped[datetime] = mapped_column()
    pid: Mapped[int] = mapped_column()
    sound_ok: Mapped[bool | None] = mapped_column()
    sound_checked_at: Mapped[datetime | None] = mapped_column()


class WatchGap(Base):
    """没看着的时段. From/to during which no watcher ran, or the clock jumped; shown until confirmed."""

    __tablename__ = "watch_gap"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_at: Mapped[datetime] = mapped_column()
    to_at: Mapped[datetime] = mapped_column()
    cause: Mapped[str] = mapped_column(String(12))  # off, clock
    confirmed_by: Mapped[UUID | None] = mapped_column()
