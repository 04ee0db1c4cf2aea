"""Any history of looks, undo, pauses and closings: alarms end by a person, the sum holds, nobody falls off."""

from __future__ import annotations

import contextlib
import tempfile
from datetime import date, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from centerdesk.features.checkins import api
from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.commands_alarm import AcknowledgeAlarm, AdvanceAlarm, CloseAlarm
from centerdesk.features.checkins.commands_enrol import EndPause, SetPause
from centerdesk.features.checkins.commands_watch import Tick, watcher
from centerdesk.features.checkins.models import Alarm, Enrolment, ExpectedCheck, Look, Pause
from centerdesk.features.checkins.rules import slot_at
from centerdesk.features.checkins.rules_ladder import Act
from centerdesk.kernel.clock import local
from centerdesk.kernel.errors import UserError
from centerdesk.kernel.undo import UndoOperation, next_undo
from tests.helpers.elders import at, small_town
from tests.helpers.station import make_station

START = "2026-12-03 07:00"
NAMES = ("老人1", "老人2")


class Days(RuleBasedStateMachine):
    """Two homes, one clock that only goes forward, commands in any order."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = tempfile.TemporaryDirectory()
        self.station = make_station(Path(self._folder.name), at=at(START))
        self.town = small_town(self.station, homes=2)
        self.enrolments = [self.town.enrol(name, "甲") for name in NAMES]
        self.closed_by_hand: set[object] = set()

    def teardown(self) -> None:
        self.station.close()
        self._folder.cleanup()

    @rule(minutes=st.sampled_from([1, 7, 30, 95, 400, 2000]))
    def time_passes(self, minutes: int) -> None:
        self.station.clock.advance(timedelta(minutes=minutes))

    @rule()
    def the_watcher_looks(self) -> None:
        before = self._open()
        self.station.run(Tick(self.station.clock.now()), actor=watcher())
        assert before <= self._open(), "a tick closed an alarm"
        with self.station.read() as session:
            late = session.scalars(
                select(ExpectedCheck.id).where(
                    ExpectedCheck.state == "due", ExpectedCheck.due_at <= self.station.clock.now()
                )
            ).all()
        assert not late, "a window is over and nobody was told"

    @rule(home=st.integers(0, 1), state=st.sampled_from(["ok", "ok", "not_ok", "unclear", "help"]))
    def somebody_looks(self, home: int, state: str) -> None:
        day, slot = slot_at(local(self.station.clock.now()))
        with self.station.read() as session:
            check = session.scalar(
                select(ExpectedCheck.id).where(
                    ExpectedCheck.enrolment_id == self.enrolments[home],
                    ExpectedCheck.day == day,
                    ExpectedCheck.slot == slot,
                )
            )
        if check is not None:
            self._try(RecordLook(check, state))

    @rule(home=st.integers(0, 1), days=st.integers(0, 3))
    def goes_away(self, home: int, days: int) -> None:
        today = local(self.station.clock.now()).date()
        self._try(SetPause(self.enrolments[home], today, today + timedelta(days=days), "外出"))

    @rule()
    def comes_back(self) -> None:
        with self.station.read() as session:
            pause = session.scalar(select(Pause).order_by(Pause.last_on.desc()))
        if pause is not None:
            self._try(EndPause(pause.id, pause.version))

    @rule(act=st.sampled_from(list(Act)))
    def something_is_done(self, act: Act) -> None:
        for alarm in self._open():
            self._try(AdvanceAlarm(alarm, act))

    @rule(
        outcome=st.sampled_from(["忘拉", "误看", "住院", "补看", "没事"]),
        sighting=st.sampled_from(["in_person", "by_look", "told", ""]),
    )
    def somebody_closes(self, outcome: str, sighting: str) -> None:
        for alarm in self._open():
            self._try(AcknowledgeAlarm(alarm))
            self._try(CloseAlarm(alarm, outcome, sighting, "周敏"))

    @rule()
    def takes_it_back(self) -> None:
        with self.station.read() as session:
            step = next_undo(session, self.station.actor, self.station.clock)  # type: ignore[arg-type]
        if step is not None and step.label != "登记看窗":
            self._try(UndoOperation(step.op_id))

    def _open(self) -> set[object]:
        with self.station.read() as session:
            return set(session.scalars(select(Alarm.id).where(Alarm.closed_at.is_(None))))

    def _try(self, command: object) -> None:
        with contextlib.suppress(UserError):  # a refusal is an answer; anything else fails the test
            self.station.run(command)  # type: ignore[arg-type]

    @invariant()
    def the_sum_holds(self) -> None:
        with self.station.read() as session:
            found = api.balance(session, date(2026, 1, 1), date(2027, 12, 31), self.station.clock.now())
        assert found.ok, found

    @invariant()
    def every_closed_alarm_names_a_person_and_an_outcome(self) -> None:
        with self.station.read() as session:
            rows = session.scalars(select(Alarm).where(Alarm.closed_at.is_not(None))).all()
        assert all(a.closed_by and a.outcome and a.seen_by and a.sighting for a in rows)

    @invariant()
    def nobody_is_seen_without_a_look(self) -> None:
        with self.station.read() as session:
            looked = set(session.scalars(select(Look.check_id)))
            seen = set(session.scalars(select(ExpectedCheck.id).where(ExpectedCheck.looks > 0)))
            bad = session.scalars(
                select(ExpectedCheck.id).where(ExpectedCheck.state.in_(("not_ok", "unclear", "help")))
            ).all()
            alarmed = set(session.scalars(select(Alarm.check_id)))
        assert seen <= looked
        assert set(bad) <= alarmed

    @invariant()
    def every_elder_has_a_window_ahead(self) -> None:
        with self.station.read() as session:
            last = session.execute(select(Enrolment.id, Enrolment.last_on)).all()
            ahead = set(
                session.scalars(
                    select(ExpectedCheck.enrolment_id).where(ExpectedCheck.due_at > self.station.clock.now())
                )
            )
        watched = all(
            local(self.station.clock.now()).date() - at(START).date() < timedelta(days=6) for _ in last
        )
        assert not watched or {e for e, _ in last} <= ahead


TestDays = Days.TestCase
TestDays.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
