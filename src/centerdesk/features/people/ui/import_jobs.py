"""What the import page has done for it off the GUI thread: read, judge, try, back up, write, withdraw."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from centerdesk.features.people.commands_import import BACKUP_ABOVE, DiscloseRows, ImportRoster
from centerdesk.features.people.commands_trial import Trial, TryRoster
from centerdesk.features.people.exporting import write_refused
from centerdesk.features.people.importing_desk import (
    KnownPlaces,
    Place,
    Roster,
    judge_again,
    look_over,
    read,
    with_edit,
    with_field,
    with_skip,
)
from centerdesk.features.places import api as places
from centerdesk.kernel.clock import today
from centerdesk.kernel.errors import Cancelled
from centerdesk.kernel.orm import uuid7
from centerdesk.kernel.undo import WithdrawBatch
from centerdesk.qtkit.errors import present_error, tell
from centerdesk.qtkit.runner import Ticket
from centerdesk.qtkit.turns import Turns

if TYPE_CHECKING:
    from centerdesk.qtkit.page import Page

_AT_ONCE = 5_000
"""Rows let go of in one turn of the window: a hundred thousand at once hold it for 0.06 s."""


class ImportJobs(QObject):
    """桌上的名册 and everything that takes time with it. GUI thread; the newest wish wins."""

    reading = Signal()
    progressed = Signal(int, int)
    unreadable = Signal(str, str)
    """Title and sentence: why the file cannot be used; the ledger is as it was."""
    judged = Signal(object)
    """A `Roster`; once without its trial, which is made after `try_out`, and once with it."""
    writing = Signal(object)
    """(done, total) while it is written, None when that is over."""
    written = Signal(object, object)
    """Counts, and the operation that can be withdrawn."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self._page = page
        self.roster: Roster | None = None
        self._untried: Roster | None = None
        self._ticket: Ticket | None = None
        self._trial_ticket: Ticket | None = None
        self._key = uuid7()
        self._is_writing = False
        self._letting_go = Turns(self)

    @property
    def busy(self) -> bool:
        """Is something being written?"""
        return self._is_writing

    def forget(self) -> None:
        """Take the roster off the table."""
        self._drop()
        self._put(None)
        self._untried = None

    def stop(self) -> None:
        """停下."""
        if self._ticket is not None:
            self._ticket.stop()

    def _drop(self) -> None:
        for ticket in (self._ticket, self._trial_ticket):
            if ticket is not None and not self._is_writing:
                ticket.cancel()

    # --- reading and judging --------------------------------------------------------------------------------

    def read(self, path: Path) -> None:
        """Open a file and judge its rows."""
        if self._is_writing:
            return
        self.forget()
        self.reading.emit()
        day = today(self._page.host.clock)

        def known(places_now: KnownPlaces) -> None:
            self._ticket = self._page.runner.run(
                self._page,
                lambda progress, stopped: read(path, places_now, day, stopped, progress),
                self._take,
                self._failed,
                self._progress,
                label="读居民表",
            )

        self._known_places(known)

    def _known_places(self, done: Callable[[KnownPlaces], None]) -> None:
        def query(session: Any) -> KnownPlaces:
            return KnownPlaces(
                tuple(g.name for g in places.grids(session)), tuple(c.name for c in places.compounds(session))
            )

        self._page.runner.query(self._page, query, done, self._failed)

    def _progress(self, done: int, total: int) -> None:
        self.progressed.emit(done, total)

    def _failed(self, exc: Exception) -> None:
        if isinstance(exc, Cancelled):
            self.unreadable.emit("停下了", "什么都没有读进来，台账没有变。")
            return
        told = tell(exc)
        self.unreadable.emit("这份文件用不了" if not told.code else told.title, told.text)

    def _take(self, roster: Roster) -> None:
        if not roster.sheets:
            why = "\n".join(f"{s.name}：{s.why}" for s in roster.reading.sheets)
            self.unreadable.emit("没找到居民表", f"台账没有变。\n{why}")
            return
        self._key = uuid7()
        self._put(roster)
        self._untried = roster
        self.judged.emit(roster)

    def _put(self, roster: Roster | None) -> None:
        """Lay this on the table; what lay there goes bit by bit."""
        old, self.roster = self.roster, roster
        if old is not None:
            self._letting_go.add(_taken_apart(old))

    def try_out(self) -> None:
        """Try what was judged last, unless it was changed meanwhile: then it is judged once more."""
        roster = self.roster
        if roster is None or roster is not self._untried:
            return
        self._untried = None
        if self._trial_ticket is not None:
            self._trial_ticket.cancel()

        def tried(trial: Trial) -> None:
            if self.roster is roster:
                self.roster = replace(roster, trial=trial)
                self.judged.emit(self.roster)

        self._trial_ticket = self._page.runner.execute(self._page, TryRoster(roster.seen.persons), tried)

    def _again(self, roster: Roster) -> None:
        """Judge a corrected roster."""
        self._drop()
        day = today(self._page.host.clock)
        self._ticket = self._page.runner.run(
            self._page,
            lambda _progress, stopped: judge_again(roster, day, stopped),
            self._take,
            label="重新看一遍",
        )

    # --- corrections ----------------------------------------------------------------------------------------

    def edit(self, place: Place, text: str) -> None:
        """Write into a cell of the copy on the table."""
        if self.roster is not None and not self._is_writing:
            self.roster = with_edit(self.roster, place, text)
            self._again(self.roster)

    def skip(self, sheet: str, row: int) -> None:
        """Leave a row out, or take it in again."""
        if self.roster is None or self._is_writing:
            return
        self.roster = skipped = with_skip(self.roster, sheet, row)
        self._drop()
        self._ticket = self._page.runner.run(
            self._page, lambda _progress, _stopped: look_over(skipped), self._take, label="跳过一行"
        )

    def match_column(self, sheet: str, column: int, field: str | None) -> None:
        """Let a column stand for something else."""
        if self.roster is not None and not self._is_writing:
            self.roster = with_field(self.roster, sheet, column, field)
            self._again(self.roster)

    def add_grids(self, names: tuple[str, ...]) -> None:
        """Make the grids the file names."""
        self._add([places.AddGrid(name) for name in names])

    def add_compounds(self, names: tuple[str, ...]) -> None:
        """Make the compounds the file names."""
        self._add([places.AddCompound(name) for name in names])

    def _add(self, commands: list[places.AddGrid | places.AddCompound]) -> None:
        if not commands:
            self._known_places(self._with_places)
            return
        first, rest = commands[0], commands[1:]
        self._page.runner.execute(self._page, first, lambda _id: self._add(rest))

    def _with_places(self, known: KnownPlaces) -> None:
        if self.roster is not None:
            self.roster = replace(self.roster, known=known)
            self._again(self.roster)

    # --- writing --------------------------------------------------------------------------------------------

    def write(self) -> None:
        """确认, once it was tried. A backup first where it is much; then all of it or nothing."""
        roster = self.roster
        if roster is None or roster.trial is None or self._is_writing:
            return
        self._is_writing = True
        self.writing.emit((0, 0))
        if len(roster.seen.taken) <= BACKUP_ABOVE:
            self._book(roster)
            return
        host = self._page.host
        self._ticket = self._page.runner.run(
            self._page,
            lambda _progress, _stopped: host.backup_before_import(),
            lambda _done: self._book(roster),
            self._stopped,
            label="导入前备份",
        )

    def _book(self, roster: Roster) -> None:
        command = ImportRoster(roster.seen.persons)

        def job(bus: Any, progress: Any, stopped: Any) -> Any:
            out = bus.run(command, key=self._key, progress=progress, cancel=stopped)
            return replace(out, value=(out.value, out.changes.op_id))

        def done(found: tuple[dict[str, int], UUID | None]) -> None:
            self._over()
            self.written.emit(*found)

        def moved(now: int, total: int) -> None:
            self.writing.emit((now, total))

        self._ticket = self._page.runner.write(
            self._page, job, done, self._stopped, moved, label=command.label
        )

    def _over(self) -> None:
        self._is_writing = False
        self.writing.emit(None)

    def _stopped(self, exc: Exception) -> None:
        self._over()
        present_error(self._page, exc)

    def withdraw(self, op_id: UUID, about: int, done: Callable[[int], None]) -> None:
        """整批撤回. `about`: how many people came with it."""
        self._page.runner.execute(self._page, WithdrawBatch(op_id, about), done, key=uuid7())

    def save_refused(self, path: Path) -> None:
        """The refused rows as Excel, in full; booked before it is written."""
        roster = self.roster
        if roster is None:
            return
        rows = roster.reading.counts["refused"]

        def write(_progress: object, _stopped: object) -> int:
            return write_refused(path, roster.workbook, roster.reading)

        def written(number: int) -> None:
            self._page.toast(f"红格表存好了，{number:,} 行，改完再导一次就行。")

        def booked(_value: None) -> None:
            self._page.runner.run(self._page, write, written, label="存红格表")

        self._page.runner.execute(self._page, DiscloseRows(rows), booked)


def _taken_apart(roster: Roster) -> Iterator[None]:
    """Let go of its rows in pieces, as far as nobody else holds them."""
    reading, sheets = roster.reading, roster.workbook.sheets
    parts: list[list[Any]] = [list(reading.rows), *(list(sheet.rows) for sheet in sheets)]
    del roster, reading, sheets
    for part in parts:
        while part:
            del part[-_AT_ONCE:]
            yield
