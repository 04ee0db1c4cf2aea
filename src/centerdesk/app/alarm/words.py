"""The words of the alarm screen, from what a locked desk may know of an alarm. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from centerdesk.features.checkins.queries_alarm import LockedAlarm
from centerdesk.features.checkins.rules import SLOT_TITLES, UNCLEAR, UNSEEN
from centerdesk.features.checkins.rules_ladder import LadderStep, Status
from centerdesk.features.checkins.rules_watch import QUIET, RING_SECONDS
from centerdesk.kernel.clock import local
from centerdesk.kernel.record import record


class Bar(StrEnum):
    """How a step of the ladder is drawn."""

    DONE = "done"
    MISSED = "missed"
    NOW = "now"
    AHEAD = "ahead"


@record
class StepWords:
    """One step: its name, when, how it stands."""

    title: str
    time: str
    bar: Bar


@record
class AlarmWords:
    """报警屏上的话. `shown` is the countdown as it stands; `going` is before, name, after."""

    alarm_id: UUID
    kind: str
    whose: str
    look: str
    """What the window shows: closed, unclear, unseen."""
    passes_at: datetime | None
    shown: str
    then: tuple[str, ...]
    going: tuple[str, str, str]
    steps: tuple[StepWords, ...]
    foot: tuple[str, ...]
    sound: str
    clock: str

    def count(self, now: datetime) -> str:
        """The countdown at an instant."""
        return countdown(self.passes_at, now)

    def at(self, now: datetime) -> AlarmWords:
        return replace(self, shown=self.count(now), clock=f"{local(now):%H:%M}")

    @property
    def spoken(self) -> str:
        """What a screen reader says: the same as is shown, and no more."""
        first, *rest = self.then
        when = (
            f"{local(self.passes_at):%H:%M} " if self.passes_at else ""
        )  # the clock stays, a countdown would not
        return "，".join((self.kind, self.whose, "".join(self.going), f"{when}{first}", *rest))


def countdown(until: datetime | None, now: datetime) -> str:
    """`10:46` minutes and seconds left, `90:00` above the hour, 现在 when the time is over."""
    if until is None:
        return "—"
    left = int((until - now).total_seconds())
    return "现在" if left <= 0 else f"{left // 60:02}:{left % 60:02}"


def alarm_words(alarm: LockedAlarm, others: int, now: datetime, *, silent: bool = False) -> AlarmWords:
    """What the screen says of one alarm; `others` are open beside it, `silent`: nobody sounds for it."""
    ladder = alarm.ladder
    unseen = alarm.kind == UNSEEN
    whose = f"{alarm.building}　{alarm.name} 家" if alarm.building else f"{alarm.name} 家"
    slot = SLOT_TITLES.get(alarm.slot, "")
    kind = f"{slot}窗帘 · {'到点没人看' if unseen else alarm.kind_title}"
    passes = f"{local(ladder.passes_at):%H:%M}" if ladder.passes_at else ""
    then: tuple[str, ...] = ("已经到最后一步", "请马上联系街道值班")
    if ladder.passes_at is not None:
        then = ("后还没人看" if unseen else "后还没见到人", f"自动转给 {ladder.next_who or '下一步'}")
    return AlarmWords(
        alarm.alarm_id,
        f"{kind} · 另有 {others} 户" if others else kind,
        whose,
        _LOOKS.get(alarm.kind, "closed"),
        ladder.passes_at,
        countdown(ladder.passes_at, now),
        then,
        _going(alarm),
        tuple(_step(step, now) for step in ladder.steps),
        (
            f"接了之后输密码看联系牌，铃声停 {int(QUIET.total_seconds() // 60)} 分钟。",
            f"没人接，{passes} 照样往下转，不会停在这里。" if passes else "没人接，铃声不会停。",
        ),
        "看护程序没在跑，铃由服务台响" if silent else f"响铃中，每 {RING_SECONDS:.0f} 秒一次",
        f"{local(now):%H:%M}",
    )


_LOOKS = {UNSEEN: "unseen", UNCLEAR: "unclear"}
_DOING = {
    "recheck": "现在该去复看的人：", "phone": "现在该打电话的人：", "knock": "现在该去敲门的人：",
    "contacts": "现在该联系的人：", "entry": "现在该带人入户的人：", "street": "现在该知道的人：",
    "call_a": "现在该去看窗的人：", "pass_b": "现在该去看窗的人：", "start_b": "现在该安排的人：",
    "assign": "现在该安排的人：", "turn": "现在该安排的人：",
}  # fmt: skip


def _going(alarm: LockedAlarm) -> tuple[str, str, str]:
    before = _DOING.get(alarm.ladder.step.step, "现在该去的人：")
    taken = alarm.acknowledged_at
    after = f"，{local(taken):%H:%M} 已应答" if taken else "，还没应答"
    return before, alarm.ladder.now_who or "还没定", after


def _step(step: LadderStep, now: datetime) -> StepWords:
    if step.status is Status.CURRENT:
        return StepWords(step.title, "现在", Bar.NOW)
    at = step.taken_at or step.planned_at
    if step.status is Status.DONE:
        return StepWords(step.title, f"{local(at):%H:%M}", Bar.DONE)
    if step.status in (Status.MISSED, Status.SKIPPED):
        return StepWords(step.title, "没人接" if step.status is Status.MISSED else "跳过", Bar.MISSED)
    return StepWords(step.title, f"{local(at):%H:%M}" if at > now else "", Bar.AHEAD)


def worst(alarms: Sequence[LockedAlarm], hushed: frozenset[UUID]) -> LockedAlarm | None:
    """The most urgent alarm that nobody has just said to take."""
    return next((a for a in alarms if a.alarm_id not in hushed), None)
