"""The registry of the desk's actions: what belongs to the window, and what belongs to the page on show.

Two pages may use one key, because only the page on show hears it; a page's key wins over the window's.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence

from centerdesk.qtkit.actions import ActionClash, ActionRegistry, Allowed, DeskAction

WINDOW = ""
"""The scope of what works everywhere."""


class DeskActions(ActionRegistry):
    """动作表. `enter` names the page on show; what is added then is that page's. GUI thread."""

    by_page = True

    def __init__(self, allowed: Allowed, parent: QObject | None = None) -> None:
        super().__init__(allowed, parent)
        self._scope = WINDOW
        self._scope_of: dict[str, str] = {}
        self._silent = False
        self.changed.connect(self._shade)

    @property
    def scope(self) -> str:
        """The page on show, "" before the first."""
        return self._scope

    def enter(self, scope: str) -> None:
        """Another page comes on show: its actions are heard, those of the others are not."""
        if scope != self._scope:
            self._scope = scope
            self.changed.emit()

    def set_silent(self, silent: bool) -> None:
        """A locked desk offers nothing and hears no key."""
        self._silent = silent
        self._shade()

    def may(self, action: DeskAction) -> bool:
        return not self._silent and super().may(action)

    def add(self, action: DeskAction) -> None:
        """Raises ActionClash when the id is taken, or the key within the same page (or window)."""
        if action.id in self._actions:
            raise ActionClash(f"action {action.id} is registered twice")
        for other_id in self._of(self._scope):
            other = self._actions[other_id]
            if action.shortcut and QKeySequence(other.shortcut) == QKeySequence(action.shortcut):
                raise ActionClash(f"{action.shortcut} belongs to {other.id} already")
        self._scope_of[action.id] = self._scope
        self._actions[action.id] = action
        self.changed.emit()

    def remove(self, action_id: str) -> None:
        self._scope_of.pop(action_id, None)
        super().remove(action_id)

    def by_shortcut(self, shortcut: str) -> DeskAction | None:
        """What the key does now: the page's action before the window's."""
        wanted = QKeySequence(shortcut)
        for action_id in (*self._of(self._scope), *self._of(WINDOW)):
            action = self._actions[action_id]
            if action.shortcut and QKeySequence(action.shortcut) == wanted:
                return action
        return None

    def offered(self, on: str | None = None) -> tuple[DeskAction, ...]:
        """What this person may do here: the page's own actions first, then the window's."""
        heard = dict.fromkeys((*self._of(self._scope), *self._of(WINDOW)))
        return tuple(a for a in map(self._actions.__getitem__, heard) if self.may(a) and on in (None, a.on))

    def _listed(self) -> Iterable[DeskAction]:
        """The page on show, the window, then the pages that were opened, in their order."""
        scopes = dict.fromkeys((self._scope, WINDOW, *self._scope_of.values()))
        return (self._actions[i] for scope in scopes for i in self._of(scope))

    def of_page(self, page_id: str) -> tuple[str, ...]:
        """Ids of what a page registered."""
        return self._of(page_id)

    def _of(self, scope: str) -> tuple[str, ...]:
        return tuple(i for i, where in self._scope_of.items() if where == scope and i in self._actions)

    def _shade(self) -> None:
        """Switch a window's key off while the page on show uses it: Qt fires neither of two."""
        taken = {
            QKeySequence(self._actions[i].shortcut).toString()
            for i in self._of(self._scope)
            if self._scope != WINDOW and self._actions[i].shortcut
        }
        window = frozenset(self._of(WINDOW))
        for action_id, bound in self._bound.items():
            shaded = action_id in window and bound.shortcut().toString() in taken
            bound.setEnabled(not self._silent and not shaded)
