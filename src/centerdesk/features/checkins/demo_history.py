"""Made-up months of the demo: the same at every run, about as good as a careful station."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from centerdesk.features.checkins.rules import NOT_OK, OK, UNCLEAR
from centerdesk.features.checkins.rules_table import Home, OutcomeLine, TableLook, span_days
from centerdesk.kernel.clock import instant
from centerdesk.kernel.record import record

_NOBODY, _LATE, _TROUBLE = 0.004, 0.008, 0.009
_OUTCOMES = ("忘拉",) * 12 + ("外出未报备",) * 4 + ("身体不适",) * 3 + ("误看", "住院")
_SLOTS = {"morning": (time(7, 32), time(9, 0)), "evening": (time(17, 33), time(20, 0))}


@record
class Walk:
    """Who is walked to by whom. `gapless`: the last days, in which nothing may be left open."""

    homes: tuple[Home, ...]
    workers: tuple[str, ...]
    gapless: bool = False

    def route(self, worker: str) -> list[Home]:
        return [h for h in self.homes if h.worker == worker]


def made_up_month(
    walk: Walk, first: date, last: date
) -> tuple[tuple[TableLook, ...], tuple[OutcomeLine, ...]]:
    """Looks and outcomes of these days; the seed is the month."""
    rng = random.Random(f"{first:%Y-%m}")
    looks: list[TableLook] = []
    outcomes: list[OutcomeLine] = []
    for day in span_days(first, last):
        for slot in _SLOTS:
            for worker in walk.workers:
                for look, outcome in _walked(walk, worker, day, slot, rng):
                    looks.extend(look)
                    outcomes.extend(outcome)
    return tuple(looks), tuple(outcomes)


def _walked(
    walk: Walk, worker: str, day: date, slot: str, rng: random.Random
) -> Iterator[tuple[list[TableLook], list[OutcomeLine]]]:
    starts, ends = _SLOTS[slot]
    now = instant(day, starts) + timedelta(seconds=rng.randrange(0, 900))
    end = instant(day, ends)
    for home in walk.route(worker):
        now += timedelta(seconds=rng.randrange(35, 160))
        chance = rng.random()
        if chance < _NOBODY and not walk.gapless:
            continue
        if chance < _NOBODY + _LATE:
            late = end + timedelta(seconds=rng.randrange(300, 2800))
            yield [_look(home, day, slot, late, OK)], []
        elif chance < _NOBODY + _LATE + _TROUBLE:
            yield _trouble(home, day, slot, now, rng)
        else:
            yield [_look(home, day, slot, now, OK)], []


def _trouble(
    home: Home, day: date, slot: str, at: datetime, rng: random.Random
) -> tuple[list[TableLook], list[OutcomeLine]]:
    state = NOT_OK if rng.random() < 0.75 else UNCLEAR
    outcome = rng.choice(_OUTCOMES)
    closed = at + timedelta(seconds=rng.randrange(6 * 60, 50 * 60))
    looks = [_look(home, day, slot, at, state)]
    if outcome in ("忘拉", "误看"):
        looks.append(_look(home, day, slot, closed - timedelta(seconds=30), OK))
    return looks, [OutcomeLine(home.code, day, slot, closed, outcome, home.worker)]


def _look(home: Home, day: date, slot: str, at: datetime, state: str) -> TableLook:
    return TableLook(0, home.enrolment_id, day, slot, at, state, home.worker, "")
