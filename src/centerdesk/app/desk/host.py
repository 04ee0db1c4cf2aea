"""What the desk's window gives its pages (qtkit.page.PageHost), and a little more that features ask for."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from PySide6.QtWidgets import QWidget

from centerdesk.app.backups import back_up_before
from centerdesk.app.desk.actions import DeskActions
from centerdesk.app.desk.memory import PersonMemory
from centerdesk.app.desk.second_person import SecondPerson
from centerdesk.app.desk.session import DeskSession
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.manifest import Manifests, Target
from centerdesk.qtkit.runner import Runner

Go = Callable[[str, Hashable | None], None]


class DeskHost:
    """页的东家. Plain values and doors; holds no widget of its own. GUI thread unless a method says otherwise."""

    def __init__(self, desk: DeskSession, actions: DeskActions, go: Go) -> None:
        self.desk = desk
        self.actions = actions
        self.manifests: Manifests = desk.station.manifests
        self.columns: PersonMemory = desk.person()
        self._go = go

    @property
    def runner(self) -> Runner:
        return self.desk.runner

    @property
    def clock(self) -> Clock:
        return self.desk.station.clock

    def actor(self) -> Actor:
        """Whoever is signed in; pages do not outlive the sign-in."""
        actor = self.desk.actor
        if actor is None:
            raise RuntimeError("a page stands without a person")
        return actor

    def go(self, page_id: str, row_id: Hashable | None = None) -> None:
        """Open another page, and the record there."""
        self._go(page_id, row_id)

    def navigate(self, target: Target) -> None:
        self._go(target.page, target.row_id)

    def second_person(self, owner: QWidget, permission: str, why: str, done: Callable[[Actor], None]) -> None:
        """Have another account that holds `permission` type its password; `done(actor)` later, or not at all."""
        SecondPerson(owner, self.desk, permission, why, done).ask()

    def backup_before_import(self) -> None:
        """The verified backup before many rows come in. Blocking; slow lane only."""
        back_up_before(self.desk.station, Reason.IMPORT)
