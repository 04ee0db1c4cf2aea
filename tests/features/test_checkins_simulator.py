"""G11 on the rules alone: a year of five hundred elders under sleep, crashes and clock changes; alarms = oracle.

The oracle sees the list of events and no rule. `CENTERDESK_SEEDS=10` runs ten years, one runs always.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest

from centerdesk.features.checkins import rules as r
from centerdesk.features.checkins.rules_watch import Anchor, Pending, due_alarms, effective
from centerdesk.kernel.clock import instant, local

ELDERS, DAYS = 500, 365
FIRST = date(2026, 3, 1)  # holds month ends, a New Year and a 28 February
WORKER = UUID(int=7)
USUAL = (
    r.WindowSpan("morning", time(7, 30), time(9, 0)),
    r.WindowSpan("evening", time(17, 30), time(20, 0)),
)
EARLY = (r.WindowSpan("morning", time(6, 30), time(8, 0)), USUAL[1])
AHEAD = 1
"""Days the plan reaches here; the product's seven only make the run longer."""

SlotKey = tuple[int, date, str]


class Beat(NamedTuple):
    """One look of the watcher: when it truly was, and what the two clocks said."""

    true: datetime
    wall: datetime
    monotonic: float


@dataclass
class Year:
    """What happened: who is enrolled and away, who was looked at when, when the watcher ran."""

    seed: int
    standings: list[r.Standing] = field(default_factory=list)
    pauses: list[tuple[datetime, int, r.PauseSpan]] = field(default_factory=list)
    looks: list[tuple[datetime, SlotKey]] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    off: list[tuple[datetime, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = random.Random(self.seed)
        self._enrol(rng)
        self._watch(rng)
        self._look(rng)

    def _enrol(self, rng: random.Random) -> None:
        for n in range(ELDERS):
            first = FIRST + timedelta(days=rng.randrange(60) if rng.random() < 0.2 else 0)
            last = FIRST + timedelta(days=rng.randrange(200, DAYS)) if rng.random() < 0.1 else None
            windows = EARLY if n % 23 == 0 else USUAL
            self.standings.append(r.Standing(UUID(int=n + 1), WORKER, first, last, windows))
            if rng.random() < 0.5:  # said the evening before, ends by itself
                start = FIRST + timedelta(days=rng.randrange(70, DAYS - 40))
                end = start + timedelta(days=rng.randrange(30))
                span = r.PauseSpan(start, rng.choice(("morning", "evening")), end, "evening")
                self.pauses.append((instant(start - timedelta(days=1), time(21, 30)), n, span))

    def _watch(self, rng: random.Random) -> None:
        """Stops, sleep (the monotonic clock stands still), a clock set back, a dead battery."""
        now, monotonic, wrong = instant(FIRST, time(0, 1)), 0.0, timedelta()
        end = now + timedelta(days=DAYS)
        while now < end:
            self.beats.append(Beat(now, now + wrong, monotonic))
            step, asleep, chance = timedelta(minutes=rng.choice((10, 20, 30))), False, rng.random()
            if chance < 0.004:
                step, asleep = timedelta(hours=rng.choice((1, 9, 60, 240))), rng.random() < 0.5
                if step > timedelta(hours=10):
                    wrong = timedelta()
                    self.off.append((now, now + step))
            elif chance < 0.008:
                wrong = -timedelta(minutes=rng.choice((5, 720)))
            elif chance < 0.010:
                wrong = datetime(2000, 1, 1, tzinfo=UTC) - now
            elif chance < 0.05:
                wrong = timedelta()
            now += step
            monotonic += 0.0 if asleep else step.total_seconds()
        self.beats.append(Beat(now, now, monotonic))
        self.pauses = [p for p in self.pauses if not any(a <= p[0] <= b for a, b in self.off)]

    def _look(self, rng: random.Random) -> None:
        """Nearly every window is looked at, some late; nothing while the machine was off for days."""
        for n, standing in enumerate(self.standings):
            for offset in range(DAYS):
                day = FIRST + timedelta(days=offset)
                for window in standing.windows:
                    at = instant(day, window.ends) - timedelta(minutes=rng.randrange(-60, 85), seconds=30)
                    if rng.random() < 0.985 and not any(a <= at <= b for a, b in self.off):
                        self.looks.append((at, (n, day, window.slot)))
        self.looks.sort()


def oracle(year: Year) -> set[tuple[int, datetime]]:
    """Home and end of every window that ended with nobody having looked, from the events alone."""
    rank = {"morning": 0, "evening": 2}
    looked = {key: at for at, key in year.looks}
    away: dict[int, list[tuple[tuple[date, int], tuple[date, int]]]] = defaultdict(list)
    for _, n, p in year.pauses:
        away[n].append(((p.first_on, rank[p.first_slot]), (p.last_on, rank[p.last_slot])))
    found = set()
    for n, s in enumerate(year.standings):
        for offset in range(DAYS):
            day = FIRST + timedelta(days=offset)
            if day < s.first_on or (s.last_on is not None and day > s.last_on):
                continue
            for w in s.windows:
                end = instant(day, w.ends)
                if any(a <= (day, rank[w.slot]) <= b for a, b in away[n]):
                    continue
                if (look := looked.get((n, day, w.slot))) is None or look > end:
                    found.add((n, end))
    return found


class Desk:
    """The rows and alarms that the rules make of the year, with plain dicts for tables."""

    def __init__(self, year: Year) -> None:
        self.standings = list(year.standings)
        self.rows: list[dict[tuple[date, str], r.Row]] = [{} for _ in self.standings]
        self.known = [FIRST - timedelta(days=1)] * len(self.standings)
        self.waiting: dict[datetime, dict[SlotKey, None]] = defaultdict(dict)
        self.raised: list[tuple[int, datetime]] = []
        self.planned: date | None = None

    def plan(self, n: int, at: datetime) -> None:
        today = local(at).date()
        known = self.known[n]
        start = min(today, known + timedelta(days=1))
        days = [start + timedelta(days=i) for i in range((today - start).days + AHEAD + 1)]
        present = self.rows[n] = {
            k: row for k, row in self.rows[n].items() if k[0] >= start or row.state == r.DUE
        }
        ahead = {k: row for k, row in present.items() if k[0] >= start}
        make, change = r.reconcile(self.standings[n], ahead, known, at, days, {})
        for row in (*make, *change):
            if (old := present.get(row.key)) is not None:
                self.waiting[old.due_at].pop((n, *row.key), None)
            present[row.key] = row
            if row.state == r.DUE:
                self.waiting[row.due_at][n, *row.key] = None
        self.known[n] = today if today >= self.standings[n].first_on else known

    def tick(self, at: datetime) -> None:
        if (today := local(at).date()) != self.planned:
            self.planned = today
            for n in range(len(self.standings)):
                self.plan(n, at)
        pending = []
        keys = {}
        for end in [end for end in self.waiting if end <= at]:
            for key in self.waiting.pop(end):
                row = self.rows[key[0]][key[1:]]
                token = UUID(int=len(keys) + 1)
                keys[token] = key
                pending.append(Pending(token, row.due_at, row.state, row.looks))
        for late in due_alarms(pending, at):
            key = keys[late.check_id]
            self.rows[key[0]][key[1:]] = replace(self.rows[key[0]][key[1:]], state=r.UNSEEN)
            self.raised.append((key[0], late.due_at))

    def look(self, at: datetime, key: SlotKey) -> None:
        row = self.rows[key[0]].get(key[1:])
        if row is not None and row.state == r.DUE:
            self.rows[key[0]][key[1:]] = replace(row, state=r.OK, looks=1)
            if at <= row.due_at:
                self.waiting[row.due_at].pop(key, None)
            else:  # late, and no beat came between: the alarm must come all the same
                self.rows[key[0]][key[1:]] = row


def live(year: Year) -> list[tuple[int, datetime]]:
    """Everything that happened, in the order it truly happened; what was raised, in that order."""
    desk = Desk(year)
    events = [(b.true, 1, b) for b in year.beats]
    events += [(at, 0, (n, span)) for at, n, span in year.pauses]
    events += [(at, 2, key) for at, key in year.looks]
    anchor: Anchor | None = None
    for true, kind, what in sorted(events, key=lambda e: (e[0], e[1])):
        if kind == 2:
            desk.look(true, what)
        elif kind == 0:
            n, span = what
            desk.standings[n] = replace(desk.standings[n], pauses=(*desk.standings[n].pauses, span))
            desk.plan(n, true)
        else:
            at = effective(anchor, what.wall, what.monotonic)
            anchor = Anchor(at, what.monotonic, what.wall)
            desk.tick(at)
    return desk.raised


SEEDS = range(int(os.environ.get("CENTERDESK_SEEDS", "1")))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_alarms_of_a_year_are_those_of_the_oracle(seed):
    year = Year(seed)
    raised = live(year)
    assert len(raised) == len(set(raised)), "an alarm came twice"
    assert set(raised) == oracle(year)
