"""The status bar and the rail's badges, from pulses that are read in the background (UI 4.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal
from sqlalchemy.orm import Session

from centerdesk.app.desk.feed_taker import FeedTaker
from centerdesk.app.desk.session import DeskSession
from centerdesk.app.pulse import Fact, Pulse, Safety, backup_fact, read_pulse, read_safety
from centerdesk.features.staff.api import ROLES
from centerdesk.kernel.clock import local
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.manifest import Tone
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.painted.nav_rail import NavRail
from centerdesk.qtkit.painted.status_bar import StatusBar, StatusTone

PULSE_MS = 10_000
SAFETY_MS = 5 * 60_000
_TONES = {
    Tone.PLAIN: StatusTone.PLAIN,
    Tone.MUTED: StatusTone.PLAIN,
    Tone.GOOD: StatusTone.DONE,
    Tone.WARN: StatusTone.SOON,
    Tone.ALARM: StatusTone.ALARM,
}
_ICONS = {Tone.GOOD: "checkmark_circle", Tone.ALARM: "alert"}


class PulseTaker(QObject):
    """Reads the pulse each ten seconds and after every change; one reading at a time. GUI thread."""

    taken = Signal(object)
    safety_read = Signal(object)

    def __init__(self, desk: DeskSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.pulse: Pulse | None = None
        self.safety = Safety()
        self._busy, self._again = False, False
        self._timer = QTimer(self)
        self._timer.setInterval(PULSE_MS)
        self._timer.timeout.connect(self.take)
        self._safety_timer = QTimer(self)
        self._safety_timer.setInterval(SAFETY_MS)
        self._safety_timer.timeout.connect(self.look_after)
        self._feed = FeedTaker(desk, self)
        desk.runner.changed.connect(self.take)

    def start(self) -> None:
        self._feed.start()
        self._timer.start()
        self._safety_timer.start()
        self.take()
        self.look_after()

    def stop(self) -> None:
        self._feed.stop()
        self._timer.stop()
        self._safety_timer.stop()

    def take(self, _changes: object = None) -> None:
        """Read now; while a reading is on its way the next one waits for it."""
        if self._busy:
            self._again = True
            return
        self._busy = True
        self._desk.runner.query(self, self._reading(), self._arrived, self._failed)

    def look_after(self) -> None:
        """Look at the backup folders."""
        station = self._desk.station

        def look(_progress: object, _cancelled: object) -> Safety:
            found = read_safety(station.data, station.station, station.ring)
            return replace(found, warnings=len(station.warnings))

        self._desk.runner.run(self, look, self._safety_arrived, self._safety_failed, label="")

    def _reading(self) -> Callable[[Session], Pulse]:
        actor, clock = self._desk.actor, self._desk.station.clock
        return lambda session: read_pulse(session, actor, clock)

    def _arrived(self, pulse: Pulse) -> None:
        self._busy = False
        self.pulse = pulse
        self.taken.emit(pulse)
        if self._again:
            self._again = False
            self.take()

    def _failed(self, exc: Exception) -> None:
        """The old state stays; the page on show tells the error when it reads itself."""
        self._busy = self._again = False
        tell(exc, self._desk.report)  # a bug is written down; an outage every ten seconds is none

    def _safety_arrived(self, safety: Safety) -> None:
        self.safety = safety
        self.safety_read.emit(safety)

    def _safety_failed(self, exc: Exception) -> None:
        """What was known stays, with a doubt; a bug is written down."""
        tell(exc, self._desk.report)
        self.safety_read.emit(replace(self.safety, good=False))


class StatusLine(QObject):
    """Puts facts into the bar and counts onto the rail. `opened` with the page an item leads to."""

    opened = Signal(str)
    lock_wanted = Signal()

    def __init__(self, bar: StatusBar, rail: NavRail, desk: DeskSession) -> None:
        super().__init__(bar)
        self._bar, self._rail, self._desk = bar, rail, desk
        self._pages = {
            "center": "settings",
            "person": "settings",
            "encrypted": "settings",
            "backup": "settings",
        }
        self._badged: set[str] = set()
        self._said: dict[str, tuple[object, ...]] = {}
        self._safety = Safety()
        bar.add_item("center", "building", rank=2)
        bar.add_item("person", "person", rank=4)
        self._worst = {
            tone: bar.add_item(f"worst_{tone.value}", _ICONS.get(tone, "curtain"), rank=None)
            for tone in (Tone.PLAIN, Tone.GOOD, Tone.ALARM)
        }
        bar.add_item("encrypted", "shield_lock", right=True, rank=0)
        bar.add_item("backup", "save", right=True, rank=1)
        bar.add_item("clock", "clock", right=True, rank=5)
        bar.add_item("lock", "lock", right=True, key="Ctrl+L", rank=3)
        self._say("center", Fact(desk.station.station.center, short=desk.station.station.name))
        bar.show_fact("encrypted", self.tr("数据已加密"), short="")
        self._say("lock", Fact(self.tr("锁屏")))
        bar.opened.connect(self._on_opened)
        self.show_person(desk.actor)
        self.tick()

    def show_person(self, actor: Actor | None) -> None:
        """Who is at the desk, and as what."""
        roles = "、".join(ROLES.get(role, role) for role in actor.roles) if actor else ""
        text = f"{actor.name} · {roles}" if actor and roles else actor.name if actor else ""
        self._say("person", Fact(text, short=actor.name if actor else ""))

    def show_pulse(self, pulse: Pulse) -> None:
        """The state that matters most, and what is open on each page."""
        tone = pulse.worst.tone if pulse.worst.tone in self._worst else Tone.PLAIN
        for each in self._worst:
            fact = pulse.worst if each is tone else Fact("")
            self._say(f"worst_{each.value}", fact)
            self._pages[f"worst_{each.value}"] = fact.page
        for page in self._badged - pulse.badges.keys():
            self._rail.set_badge(page, 0)
        for page, badge in pulse.badges.items():
            self._rail.set_badge(page, badge.count, alarm=badge.alarm)
        self._badged = set(pulse.badges)

    def show_safety(self, safety: Safety) -> None:
        self._safety = safety
        self._say("backup", backup_fact(safety, self._desk.station.clock.now()))

    def tick(self) -> None:
        """The clock, each second; the words of the backup's age with it."""
        self._say("clock", Fact(f"{local(self._desk.station.clock.now()):%H:%M}"))
        if self._safety.backup_at is not None:
            self.show_safety(self._safety)

    def set_narrow(self, narrow: bool) -> None:
        self._bar.set_narrow(narrow)

    def _say(self, item: str, fact: Fact) -> None:
        """Tell the bar only what is new: an item measures itself anew each time."""
        words = (fact.text, fact.tone, fact.short)
        if self._said.get(item) != words:
            self._said[item] = words
            self._bar.show_fact(item, fact.text, _TONES[fact.tone], short=fact.short or fact.text)

    def _on_opened(self, item: str) -> None:
        if item == "lock":
            self.lock_wanted.emit()
        elif page := self._pages.get(item):
            self.opened.emit(page)
