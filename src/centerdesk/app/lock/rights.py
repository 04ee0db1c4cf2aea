"""Whoever sits at the desk may what the books say now: a leave, a role, a switched-off account reach it at once."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from sqlalchemy.orm import Session

from centerdesk.app.desk.session import DeskSession
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import today
from centerdesk.kernel.commands import Changes
from centerdesk.kernel.identity import Actor
from centerdesk.qtkit.errors import tell

TABLES = ("account", "account_role", "leave", "grid_duty")


class RightsKeeper(QObject):
    """身份看守. Reads the rights anew when one of their tables changed here or elsewhere, and at each new day.

    `changed`: the actor of the station is another one now. `gone`: the account is none any more. GUI thread.
    """

    changed = Signal()
    gone = Signal()

    def __init__(self, desk: DeskSession, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._day = today(desk.station.clock)

    def heed(self, changes: Changes) -> None:
        """Something was written, at this desk or another."""
        if changes.hits(*TABLES):
            self.look()

    def tick(self) -> None:
        """Each second: who stands in for whom is another question every day."""
        day = today(self._desk.station.clock)
        if day != self._day:
            self._day = day
            self.look()

    def look(self) -> None:
        """Ask the books."""
        station, asked = self._desk.station, self._desk.actor
        account_id = asked.account_id if asked is not None else None
        if asked is None or account_id is None:
            return

        def read(session: Session) -> Actor | None:
            try:
                return staff.actor_for(
                    session, account_id, station.scope_of(session, account_id), station.site.desk
                )
            except staff.SignInRefused:
                return None

        self._desk.runner.query(self, read, lambda found: self._know(asked, found), self._failed)

    def _know(self, asked: Actor, found: Actor | None) -> None:
        if self._desk.actor != asked:
            return  # somebody else sits here by now
        if found is None:
            self.gone.emit()
        elif found != asked:
            self._desk.station.actor = found
            self.changed.emit()

    def _failed(self, exc: Exception) -> None:
        """What was known stays until the next look; a bug is written down."""
        tell(exc, self._desk.report)
