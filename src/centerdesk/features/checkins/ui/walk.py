"""What the person at the desk sees of a round: whose route, which home, what was just ticked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from centerdesk.features.checkins.queries import RoundRow, RouteRow
from centerdesk.features.checkins.queries_round import RoundDesk
from centerdesk.features.checkins.ui.route import SectionKey, first_to_see, next_home, walk_numbers
from centerdesk.features.checkins.ui.words import route_titles


@dataclass(frozen=True)
class Tick:
    """A look on its way into the database. `until`: the first reading that holds it, None while it is written."""

    state: str
    at: datetime
    until: int | None = None


class Walk:
    """走到哪儿. Holds what was read and lays what is still being written over it."""

    def __init__(self) -> None:
        self.desk: RoundDesk | None = None
        self.worker: UUID | None = None
        self.current: UUID | None = None
        self.later: set[UUID] = set()
        self.toggled: set[SectionKey] = set()
        self.jumped = False
        """Another home came into the hand by itself; a key may still mean the one before."""
        self._everybody = False
        self._ticks: dict[UUID, Tick] = {}
        self._rows: tuple[RoundRow, ...] = ()

    # --- what was read ------------------------------------------------------------------------------------

    def take(self, desk: RoundDesk, reading: int, me: UUID | None) -> None:
        """A reading arrived. The route chosen and the home in hand stay where they still are."""
        before = self.current
        fresh = self.desk is None or (self.desk.view.day, self.desk.view.slot) != (
            desk.view.day,
            desk.view.slot,
        )
        self.desk = desk
        self._ticks = {
            check: tick for check, tick in self._ticks.items() if tick.until is None or tick.until > reading
        }
        if fresh:
            self.later, self.toggled, self.current = set(), set(), None
        routes = [r.worker_id for r in desk.view.routes]
        if not self._everybody and self.worker not in routes:
            self.worker = me if me in routes else _with_most_left(desk.view.routes)
        self._lay()
        if self.current not in {r.check_id for r in self._rows}:
            self.current = first_to_see(self._rows)
        self.jumped = self.current is not None and (self.jumped or before not in (None, self.current))

    def choose(self, worker: UUID | None) -> None:
        """Another route, or all of them."""
        self.worker, self._everybody, self.jumped = worker, worker is None, False
        self._lay()
        if self.current not in {r.check_id for r in self._rows}:
            self.current = first_to_see(self._rows)

    @property
    def rows(self) -> tuple[RoundRow, ...]:
        """The homes of the chosen route in walking order, with what was just ticked."""
        return self._rows

    @property
    def numbers(self) -> dict[UUID, str]:
        return walk_numbers(self._rows)

    @property
    def slot(self) -> str:
        return self.desk.view.slot if self.desk else "morning"

    @property
    def route(self) -> RouteRow | None:
        """The chosen worker's route; None when all are shown."""
        routes = self.desk.view.routes if self.desk else ()
        return next((r for r in routes if r.worker_id == self.worker), None)

    @property
    def title(self) -> str:
        """第一网格, or 全部."""
        if self.desk is None or self.route is None:
            return "全部"
        return route_titles(self.desk.view, dict(self.desk.grids))[self.route.worker_id]

    def row(self, check_id: UUID | None = None) -> RoundRow | None:
        """A home of the route, by default the one in hand."""
        wanted = check_id or self.current
        return next((r for r in self._rows if r.check_id == wanted), None)

    # --- moving -------------------------------------------------------------------------------------------

    def go(self, check_id: UUID) -> bool:
        """Take a home in hand; another route is turned to when it is there."""
        if self.desk is None:
            return False
        row = next((r for r in self.desk.view.rows if r.check_id == check_id), None)
        if row is None:
            return False
        if self.worker is not None and row.worker_id != self.worker:
            self.choose(row.worker_id)
        self.current, self.jumped = check_id, False
        return True

    def walk(self, step: int) -> None:
        """Up or down the route, all homes."""
        ids = [r.check_id for r in self._rows]
        self.jumped = False
        if ids:
            here = ids.index(self.current) if self.current in ids else 0
            self.current = ids[max(0, min(len(ids) - 1, here + step))]

    def to_number(self, number: str) -> bool:
        """The home with this number on its route."""
        found = next((check for check, n in self.numbers.items() if n == number), None)
        if found is not None:
            self.current, self.jumped = found, False
        return found is not None

    def put_off(self) -> bool:
        """稍后再看: on to the next one that waits."""
        row = self.row()
        if row is None:
            return False
        self.later.add(row.check_id)
        return self.on()

    def on(self) -> bool:
        """To the next home that waits; False when there is none left."""
        found = next_home(self._rows, self.current, self.later)
        if found is not None:
            self.current = found
        return found is not None

    # --- ticking ------------------------------------------------------------------------------------------

    def tick(self, check_id: UUID, state: str, at: datetime) -> None:
        """Show a look before it is written."""
        self._ticks[check_id] = Tick(state, at)
        self.later.discard(check_id)
        self._lay()

    def written(self, check_id: UUID, reading: int) -> None:
        """The look is in the database: reading number `reading` will hold it."""
        tick = self._ticks.get(check_id)
        if tick is not None:
            self._ticks[check_id] = replace(tick, until=reading)

    def refused(self, check_id: UUID) -> None:
        """The look was not written: the home stands as it was."""
        self._ticks.pop(check_id, None)
        self._lay()

    def _lay(self) -> None:
        rows: Sequence[RoundRow] = self.desk.view.rows if self.desk else ()
        if self.worker is not None:
            rows = [r for r in rows if r.worker_id == self.worker]
        self._rows = tuple(self._with_tick(row) for row in rows)

    def _with_tick(self, row: RoundRow) -> RoundRow:
        tick = self._ticks.get(row.check_id)
        if tick is None:
            return row
        return replace(row, state=tick.state, look_at=tick.at, late=tick.at > row.due_at)


def _with_most_left(routes: Sequence[RouteRow]) -> UUID | None:
    """Whoever is not at the desk as a walker sees the route with the most left to see."""
    best = max(routes, key=lambda r: r.due - r.seen, default=None)
    return best.worker_id if best else None
