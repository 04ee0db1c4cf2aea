"""The watcher on a real station: sleep, stops, wrong clocks, a busy database, its heartbeat and its sound (G12–G19)."""

from __future__ import annotations

import random
import signal
import sys
import threading
import wave
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from centerdesk.app.alarm.sound import ALARM, play_alarm, write_alarm
from centerdesk.app.watcher import Watcher, watch_once
from centerdesk.features.checkins import api
from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.commands_alarm import AcknowledgeAlarm, AdvanceAlarm, CloseAlarm
from centerdesk.features.checkins.commands_watch import ConfirmGap
from centerdesk.features.checkins.commands_watching import Watch
from centerdesk.features.checkins.models import Alarm, ExpectedCheck, WatcherBeat, WatchGap
from centerdesk.features.checkins.queries import get_round
from centerdesk.kernel.clock import instant, local
from centerdesk.kernel.db import Database
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.journal import JournalOp
from centerdesk.kernel.paths import resource
from tests.faults.watcher_process import wait_for_sound, watching
from tests.helpers.elders import at, small_town
from tests.helpers.station import make_station

pytestmark = pytest.mark.faults


@pytest.fixture
def town(tmp_path):
    """Two enrolled elders, 07:00 of 3 December 2026."""
    station = make_station(tmp_path, at=at("2026-12-03 07:00"))
    made = small_town(station, homes=2)
    made.enrol("老人1", "甲")
    made.enrol("老人2", "甲")
    yield made
    station.close()


def watch_of(town) -> Watch:
    database = town.station.database
    return Watch(database.read_session, database.write_session, town.station.bus, 4711)


def sleep(town, **span):
    """The machine sleeps: wall time passes, the monotonic clock stands still."""
    town.station.clock.set(town.station.clock.now() + timedelta(**span))


def count(town, model) -> int:
    with town.station.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def gaps(town):
    with town.station.read() as session:
        rows = session.scalars(select(WatchGap).order_by(WatchGap.to_at)).all()
    return [(g.cause, g.from_at, g.to_at, g.confirmed_by) for g in rows]


def look(town, name="老人1", state="ok"):
    from tests.features.test_checkins_commands import check

    return town.station.run(RecordLook(check(town, name).id, state))


# --- alarms in time ------------------------------------------------------------------------------


def test_an_alarm_is_raised_at_the_end_of_the_window_and_only_once(town):
    watch = watch_of(town)
    assert watch.look().raised == ()
    look(town)
    town.at("2026-12-03 09:00")
    seen = watch.look()
    assert len(seen.raised) == seen.open_alarms == 1
    assert seen.ringing == seen.raised
    assert watch.look().raised == ()
    assert watch_of(town).look().raised == ()  # another process finds nothing to add
    assert count(town, Alarm) == 1


@pytest.mark.parametrize(("span", "windows"), [({"hours": 3}, 1), ({"hours": 24}, 2), ({"days": 10}, 20)])
@pytest.mark.parametrize("how", ["stopped", "asleep"])
def test_everything_overdue_fires_on_wake_oldest_first(town, how, span, windows):
    watch = watch_of(town)
    watch.look()
    before = town.station.clock.now()
    if how == "stopped":
        town.station.clock.advance(timedelta(**span))
        watch = watch_of(town)
    else:
        sleep(town, **span)
    raised = watch.look().raised
    assert len(raised) == 2 * windows
    with town.station.read() as session:
        order = {a.id: a.raised_at for a in session.scalars(select(Alarm))}
    assert [order[a] for a in raised] == sorted(order[a] for a in raised)
    assert [(f, t) for _, f, t, _ in gaps(town)] == [(before, town.station.clock.now())]


@pytest.mark.parametrize(
    "back",
    [
        timedelta(minutes=5),
        timedelta(hours=12),
        timedelta(days=365),
        at("2026-12-03 08:50") - datetime(2000, 1, 1, tzinfo=UTC),
    ],
)
def test_a_clock_set_back_suppresses_nothing(town, back):
    watch = watch_of(town)
    town.at("2026-12-03 08:50")
    watch.look()
    town.station.clock.set(town.station.clock.now() - back)
    assert watch.look().raised == ()
    town.station.clock.advance(timedelta(minutes=10))
    seen = watch.look()
    assert seen.at == at("2026-12-03 09:00")
    assert len(seen.raised) == 2
    assert "clock" in [cause for cause, *_ in gaps(town)]


def test_a_clock_set_back_before_the_start_is_found_from_the_high_water_mark(town):
    watch_of(town).look()
    town.station.clock.set(datetime(2000, 1, 1, tzinfo=UTC))
    watch = watch_of(town)
    assert watch.look().at == at("2026-12-03 07:00")
    assert [cause for cause, *_ in gaps(town)] == ["clock"]
    town.station.clock.advance(timedelta(hours=2))
    assert len(watch.look().raised) == 2


def test_a_person_who_confirms_the_clock_sets_time_right_again(town):
    watch = watch_of(town)
    watch.look()
    sleep(town, hours=2, minutes=10)  # somebody put the clock forward …
    assert len(watch.look().raised) == 2
    town.station.clock.set(at("2026-12-03 07:01"))  # … and back
    assert watch.look().at == at("2026-12-03 09:10")
    with town.station.read() as session:
        ids = session.scalars(select(WatchGap.id)).all()
    for gap in ids:
        town.station.run(ConfirmGap(gap))
    assert watch.look().at == at("2026-12-03 07:01")
    assert count(town, Alarm) == 2
    look(town)  # the false alarm is answered by a look inside the window
    with town.station.read() as session:
        assert api.balance(session, at("2026-12-01 00:00").date(), at("2026-12-31 00:00").date()).ok
        assert session.scalar(select(func.count()).where(Alarm.closed_at.is_(None))) == 1


def test_a_clock_a_year_ahead_invents_no_year(town):
    watch = watch_of(town)
    watch.look()
    before = count(town, ExpectedCheck)
    sleep(town, days=365)
    watch.look()
    assert count(town, ExpectedCheck) - before <= 2 * 2 * 8
    assert count(town, Alarm) <= before + 2 * 2  # what had been planned is overdue, and this is said
    town.station.clock.set(at("2026-12-03 07:05"))
    watch.look()
    with town.station.read() as session:
        for gap in session.scalars(select(WatchGap.id)).all():
            town.station.run(ConfirmGap(gap))
    town.station.clock.advance(timedelta(days=9))
    seen = watch.look()
    assert seen.at == at("2026-12-12 07:05")
    with town.station.read() as session:
        days = session.scalars(
            select(ExpectedCheck.day)
            .where(ExpectedCheck.day <= local(seen.at).date())
            .distinct()
            .order_by(ExpectedCheck.day)
        ).all()
    assert days == [at("2026-12-03 00:00").date() + timedelta(days=n) for n in range(10)]  # every real day


@pytest.mark.parametrize("day", ["2026-12-31", "2027-02-28", "2028-02-29", "2027-03-31"])
def test_the_turn_of_a_day_month_and_year(tmp_path, day):
    station = make_station(tmp_path, at=at(f"{day} 19:00"))
    town = small_town(station, homes=1)
    town.enrol("老人1", "甲")
    watch = watch_of(town)
    raised = 0
    for _ in range(30):
        raised += len(watch.look().raised)
        station.clock.advance(timedelta(hours=1))
    assert raised == 3  # this evening, tomorrow morning and evening
    station.close()


def test_everybody_stays_on_the_list_for_a_month(town):
    watch = watch_of(town)
    for _ in range(30):
        town.station.clock.advance(timedelta(days=1))
        watch.look()
        with town.station.read() as session:
            ahead = session.scalar(
                select(func.count()).where(ExpectedCheck.due_at > town.station.clock.now())
            )
        assert ahead >= 2 * 14


# --- sound and heartbeat -------------------------------------------------------------------------


def test_the_sound_stops_for_who_takes_it_and_comes_back(town):
    watch = watch_of(town)
    town.at("2026-12-03 08:17")
    look(town, "老人2")
    alarm = look(town, "老人1", "not_ok")
    assert watch.look().ringing == (alarm,)
    town.station.run(AcknowledgeAlarm(alarm))
    assert watch.look().ringing == ()
    town.station.clock.advance(timedelta(minutes=2))
    assert watch.look().ringing == (alarm,)
    town.station.run(AdvanceAlarm(alarm, "going"))
    town.station.clock.advance(timedelta(minutes=4))
    assert watch.look().ringing == ()  # somebody is on this step
    town.station.clock.advance(timedelta(minutes=5))
    assert watch.look().ringing == (alarm,)  # the next step came and nobody is
    town.station.run(CloseAlarm(alarm, "忘拉", "by_phone", "周敏"))
    assert watch.look().ringing == ()


def test_the_heartbeat_is_kept_without_burying_the_journal(town):
    watch = watch_of(town)
    watch.look()
    before = count(town, JournalOp)
    for _ in range(20):
        town.station.clock.advance(timedelta(seconds=10))
        watch.look()
    assert count(town, JournalOp) == before
    with town.station.read() as session:
        beat = session.get(WatcherBeat, 1)
        now = town.station.clock.now()
        assert (beat.at, beat.high_water, beat.pid) == (now, now, 4711)
        assert not api.watch_state(session, now).silent
        assert api.watch_state(session, now + timedelta(seconds=121)).silent


def test_the_sound_is_tested_once_a_day_and_the_result_kept(town):
    played = []

    def silent() -> bool:
        played.append(town.station.clock.now())
        return False

    watcher = Watcher(lambda: Station(town), play=silent)
    for _ in range(3):
        watcher.once()
    town.station.clock.advance(timedelta(hours=1))
    watcher.once()
    assert len(played) == 1
    with town.station.read() as session:
        assert api.watch_state(session, town.station.clock.now()).sound_ok is False
    town.at("2026-12-04 07:00")
    watcher.once()
    watcher.close()
    assert len(played) >= 2


def test_the_sound_rings_every_half_minute_while_an_alarm_is_open(town):
    played = []
    watcher = Watcher(lambda: Station(town), play=lambda: played.append(1) is None)
    watcher.once()
    town.at("2026-12-03 09:00")
    played.clear()
    for _ in range(7):
        watcher.once()
        watcher._sounding.join()
        town.station.clock.advance(timedelta(seconds=10))
    watcher.close()
    assert len(played) == 3


def test_the_sound_file_is_ours_and_plays_as_a_wave(tmp_path):
    write_alarm(tmp_path / "alarm.wav")
    assert (tmp_path / "alarm.wav").read_bytes() == resource(*ALARM).read_bytes()
    with wave.open(str(resource(*ALARM))) as sound:
        assert 1.5 < sound.getnframes() / sound.getframerate() < 5


@pytest.mark.parametrize(
    ("players", "heard"),
    [((("no-such-player",),), False), ((("false",),), False), ((("false",), ("true",)), True)],
)
def test_a_missing_or_failing_player_is_told(players, heard):
    assert play_alarm(players) is heard


# --- surviving -----------------------------------------------------------------------------------


class Station:
    """The town's station as the watcher wants it; closing it leaves the fixture's database open."""

    def __init__(self, town) -> None:
        self.database, self.bus = town.station.database, town.station.bus
        self.closed = False

    def close(self) -> None:
        self.closed = True


def test_a_station_that_does_not_open_is_tried_again(town, caplog):
    opened = []

    def open_station() -> Station:
        opened.append(1)
        if len(opened) < 3:
            raise EnvironmentFault("钥匙不对")
        return Station(town)

    watcher = Watcher(open_station, play=lambda: True)
    assert watcher.tick() is None
    assert watcher.tick() is None
    assert watcher.tick() is not None
    watcher.close()
    failures = [r for r in caplog.records if "failed" in r.message]
    assert [r.levelname for r in failures] == ["ERROR", "ERROR"]
    assert "钥匙" not in " ".join(r.message for r in failures)


def test_once_says_what_is_wrong(town):
    def locked() -> Station:
        raise EnvironmentFault("打不开")

    with pytest.raises(EnvironmentFault):
        watch_once(locked)
    assert watch_once(lambda: Station(town), play=lambda: True).open_alarms == 0


def test_a_busy_database_delays_an_alarm_and_loses_none(town, tmp_path):
    watcher = Watcher(lambda: Station(town), play=lambda: True)
    watcher.once()
    with (
        town.station.database.rw.connect() as connection
    ):  # the pool's only one: do not wait ten seconds each time
        connection.exec_driver_sql("PRAGMA busy_timeout=20")
    town.at("2026-12-03 09:00")
    other = Database.open(tmp_path / "centerdesk.db", town.station.ring)
    with other.write_session() as session:
        session.execute(select(func.count()).select_from(Alarm))  # BEGIN IMMEDIATE holds the writer's lock
        for _ in range(4):
            assert watcher.tick() is None
    other.close()
    seen = watcher.tick()
    watcher.close()
    assert seen is not None
    assert len(seen.raised) == 2


def test_it_looks_until_it_is_told_to_stop(town):
    looks = threading.Semaphore(0)
    stop = threading.Event()

    class Counting(Watcher):
        def tick(self):
            found = super().tick()
            looks.release()
            return found

    watcher = Counting(lambda: Station(town), play=lambda: True)
    thread = threading.Thread(target=watcher.run, args=(stop, 0.01))
    thread.start()
    for _ in range(5):
        assert looks.acquire(timeout=10)
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()


@pytest.mark.skipif(sys.platform == "win32", reason="ends the child by SIGTERM")
def test_as_its_own_process_it_raises_without_anybody_signed_in_and_ends_cleanly(town):
    """Its clock is the machine's: whatever the tests' day, the windows of December 2026 are over or ahead."""
    town.station.clock.set(datetime(2020, 1, 1, tzinfo=UTC))
    town.elder("老人9", "云和小区", "8-1-101", "一")
    town.enrol("老人9", "甲")  # windows of January 2020: over for everyone who runs this
    with watching(town.station.database.path, town.station.ring.data_key.expose()) as child:
        wait_for_sound(child)
        with town.station.read() as session:
            assert session.scalar(select(func.count()).where(Alarm.opened_as == "unseen")) >= 14
            assert session.get(WatcherBeat, 1).pid == child.pid
        child.send_signal(signal.SIGTERM)
        assert child.stdout.read().endswith(b"ended\n")
        assert child.wait(timeout=20) == 0


# --- the same through the database ----------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2])
def test_a_fortnight_through_the_database_has_the_alarms_of_its_events(tmp_path, seed):
    """G11 through commands and tables: random looks, stops and sleep; every window without a look alarms once."""
    rng = random.Random(seed)
    station = make_station(tmp_path, at=at("2026-12-03 00:30"))
    town = small_town(station, homes=6)
    for name in town.residents:
        town.enrol(name, "甲")
    watch = watch_of(town)
    end = station.clock.now() + timedelta(days=14)
    raised: list[UUID] = []
    while station.clock.now() < end:
        raised += watch.look().raised
        for check, state in _waiting(town):
            if rng.random() < 0.4:
                station.run(
                    RecordLook(check, rng.choice(("ok", "ok", "ok", "not_ok")) if state == "due" else "ok")
                )
        step = timedelta(minutes=rng.choice((20, 45, 90)))
        if rng.random() < 0.02:
            step = timedelta(hours=rng.choice((5, 30, 100)))
            watch = watch_of(town)
        if rng.random() < 0.3:
            sleep(town, seconds=step.total_seconds())
        else:
            station.clock.advance(step)
    raised += watch.look().raised
    with station.read() as session:
        now = station.clock.now()
        over = session.scalars(
            select(ExpectedCheck).where(ExpectedCheck.due_at <= now).order_by(ExpectedCheck.due_at)
        ).all()
        missed = {
            c.id for c in over if c.first_look_at is None or c.first_look_at >= c.due_at
        }  # the tick came first
        unseen = session.scalars(select(Alarm).where(Alarm.opened_as == "unseen")).all()
        days = (local(now).date() - at("2026-12-03 00:00").date()).days + 1
        ends = [instant(over[0].day + timedelta(days=n), t) for n in range(days) for t in (time(9), time(20))]
        assert len(over) == 6 * sum(due <= now for due in ends)
        assert api.balance(session, over[0].day, at("2027-01-31 00:00").date(), now).ok
    assert {a.check_id for a in unseen} == missed
    assert len(raised) == len(set(raised)) == len(unseen)
    station.close()


def _waiting(town) -> list[tuple[UUID, str]]:
    """Checks of the present round that wait or were missed."""
    now = town.station.clock.now()
    with town.station.read() as session:
        view = get_round(session, town.station.actor, now)
    if view.opens_at is None or now < view.opens_at:
        return []
    return [(row.check_id, row.state) for row in view.rows if row.state in ("due", "unseen")]
