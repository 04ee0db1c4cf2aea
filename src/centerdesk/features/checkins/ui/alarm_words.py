"""Open alarms as the panel shows them: one card a home, one for the list nobody looked at; ladder steps. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from centerdesk.features.checkins.queries_alarm import AlarmRow
from centerdesk.features.checkins.rules import SLOT_TITLES, UNCLEAR, UNSEEN
from centerdesk.features.checkins.rules_ladder import LadderStep, Status
from centerdesk.features.checkins.ui.words import (
    alarm_line,
    clock_word,
    house_words,
    lasting,
    long_door,
    state_word,
)
from centerdesk.qtkit.painted import ladder as painted
from centerdesk.qtkit.painted.ladder import LadderTone, StepState


@dataclass(frozen=True)
class PanelItem:
    """One card: an alarm, or all windows of one round that nobody looked at (`alarms` in walking order)."""

    alarms: tuple[AlarmRow, ...]

    @property
    def lead(self) -> AlarmRow:
        return self.alarms[0]

    @property
    def key(self) -> UUID:
        return self.lead.id

    @property
    def is_list(self) -> bool:
        return self.lead.kind == UNSEEN

    @property
    def tone(self) -> LadderTone:
        """看不清 is brown: look soon. Everything else needs a person now."""
        return LadderTone.SOON if self.lead.kind == UNCLEAR else LadderTone.ALARM

    @property
    def unanswered(self) -> bool:
        return any(a.acknowledged_at is None for a in self.alarms)

    @property
    def title(self) -> str:
        if self.is_list:
            return f"{len(self.alarms)} 扇窗没人看"
        return f"{long_door(self.lead.door)} · {state_word(self.lead.kind, self.lead.slot)}"

    @property
    def short(self) -> str:
        """The title where there is little room: 3-2-501 未开."""
        return (
            self.title if self.is_list else f"{self.lead.door} {state_word(self.lead.kind, self.lead.slot)}"
        )

    def line(self, *, with_compound: bool = False) -> str:
        """Who it is and who saw it when; of a list where the windows are."""
        lead = self.lead
        if not self.is_list:
            line = alarm_line(lead)
            return f"{lead.compound} · {line}" if with_compound and lead.compound else line
        counts: dict[str, int] = {}
        for alarm in self.alarms:
            counts[alarm.building] = counts.get(alarm.building, 0) + 1
        houses = "、".join(f"{house_words(b)} {n} 扇" for b, n in counts.items())
        return f"{SLOT_TITLES[lead.slot]} {clock_word(lead.due_at)} 到点 · {houses}"

    def countdown(self, now: datetime) -> tuple[str, str]:
        """The figure and what happens then: 10:46, 后转下一位."""
        ladder = self.lead.ladder
        if ladder.passes_at is None:
            return lasting(now - self.lead.raised_at), "没结案"
        then = f"后叫{ladder.next_who}" if self.is_list and ladder.next_who else "后转下一位"
        return lasting(ladder.passes_at - now), then

    def tile_line(self) -> str:
        """曾繁树 83 岁 · 这一步 复看 · 周敏."""
        return self._tile(f"这一步 {self.lead.ladder.step.title}")

    def tile_short(self) -> str:
        """曾繁树 83 岁 · 复看 · 周敏, where there is little room: a name is always on it."""
        return self._tile(self.lead.ladder.step.title)

    def _tile(self, doing: str) -> str:
        lead = self.lead
        who = f"{lead.name} {lead.age} 岁" if lead.age and not self.is_list else lead.name
        parts = ("" if self.is_list else who, doing, lead.ladder.now_who)
        return " · ".join(p for p in parts if p)

    def tile_then(self) -> str:
        """后转电话."""
        following = self.lead.ladder.next
        return f"后转{following.short}" if following else "没结案"


def panel_items(alarms: Sequence[AlarmRow], order: Sequence[UUID] = ()) -> tuple[PanelItem, ...]:
    """The cards in order of urgency; windows nobody looked at make one card a round and worker."""
    place = {check: n for n, check in enumerate(order)}
    lists: dict[tuple[object, ...], list[AlarmRow]] = {}
    items: list[tuple[object, ...]] = []
    for alarm in alarms:
        key: tuple[object, ...] = (alarm.id,)
        if alarm.kind == UNSEEN:
            key = (alarm.day, alarm.slot, alarm.due_at, alarm.worker_id)
        if key not in lists:
            items.append(key)
        lists.setdefault(key, []).append(alarm)
    made = []
    for key in items:
        mine = sorted(lists[key], key=lambda a: (place.get(a.check_id, len(place)), a.door))
        made.append(PanelItem(tuple(mine)))
    return tuple(made)


def steps(alarm: AlarmRow, now: datetime, *, low: bool) -> list[painted.LadderStep]:
    """The ladder to draw; in low windows what is past and what comes later take one line each."""
    shown = [s for s in alarm.ladder.steps if s.status is not Status.SKIPPED]
    drawn = [_step(alarm, s, now) for s in shown]
    if not low:
        return drawn
    here = next(n for n, s in enumerate(shown) if s.status is Status.CURRENT)
    folded = []
    if here:
        missed = all(s.status is Status.MISSED for s in shown[:here])
        past = " · ".join(s.short if missed else f"{s.short} {_when(s)}" for s in shown[:here])
        folded.append(painted.LadderStep(past, StepState.UNTAKEN if missed else StepState.DONE))
    folded.append(drawn[here])
    ahead = shown[here + 1 :]
    if ahead:
        time = clock_word(ahead[0].planned_at)
        folded.append(
            painted.LadderStep(f"下一位 {ahead[0].who or ahead[0].title}", StepState.NEXT, "", time)
        )
    if len(ahead) > 1:
        names = "、".join(s.short for s in ahead[1:])
        time = clock_word(ahead[1].planned_at)
        folded.append(painted.LadderStep(f"再往后 {names}", StepState.NEXT, "", time))
    return folded


def _when(step: LadderStep) -> str:
    return clock_word(step.taken_at) if step.status is Status.DONE else "没人接"


def _step(alarm: AlarmRow, step: LadderStep, now: datetime) -> painted.LadderStep:
    match step.status:
        case Status.DONE:
            detail = "，".join(p for p in (step.result, step.taken_by) if p)
            return painted.LadderStep(step.title, StepState.DONE, detail, clock_word(step.taken_at))
        case Status.CURRENT:
            return _current(alarm, step, now)
        case Status.AHEAD:
            following = alarm.ladder.next
            first = following is not None and following.step == step.step
            who = f"下一位 {step.who}" if first and step.who else step.who
            return painted.LadderStep(step.title, StepState.NEXT, who, clock_word(step.planned_at))
        case _:
            who = f"该{step.who}" if step.who else ""
            return painted.LadderStep(step.title, StepState.UNTAKEN, who, clock_word(step.planned_at))


def _current(alarm: AlarmRow, step: LadderStep, now: datetime) -> painted.LadderStep:
    passes = alarm.ladder.passes_at
    doer = step.taken_by or step.who
    title = f"{step.title} · {doer}" if doer and doer not in step.title else step.title
    if step.taken_at is not None:
        detail = f"{clock_word(step.taken_at)} {step.result}"
    elif alarm.acknowledged_at is not None:
        detail = f"{clock_word(alarm.acknowledged_at)} {alarm.acknowledged_by}接了"
    else:
        detail = f"还没有人接，等{step.who}" if step.who else "还没有人接"
    part = None
    if passes is not None and passes > step.planned_at:
        part = min(1.0, max(0.0, (now - step.planned_at) / (passes - step.planned_at)))
    return painted.LadderStep(title, StepState.CURRENT, detail, clock_word(passes), part)
