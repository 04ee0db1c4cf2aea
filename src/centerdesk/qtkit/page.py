"""The base of every page: title, facts, actions, refresh when it is seen, and one runner (UI 3, 4.1, 4.3)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from centerdesk.kernel.errors import Cancelled
from centerdesk.kernel.record import record
from centerdesk.qtkit import notify
from centerdesk.qtkit.drafts import HOLDS_DRAFTS
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.states import State, StateCard, Way

if TYPE_CHECKING:
    from centerdesk.kernel.clock import Clock
    from centerdesk.kernel.commands import Changes
    from centerdesk.kernel.identity import Actor
    from centerdesk.kernel.manifest import Manifests
    from centerdesk.qtkit.actions import ActionRegistry, DeskAction
    from centerdesk.qtkit.runner import Runner
    from centerdesk.qtkit.table import ColumnStore


class PageHost(Protocol):
    """What the window gives its pages. `actor()` is whoever is logged in now."""

    @property
    def runner(self) -> Runner: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def actions(self) -> ActionRegistry: ...

    @property
    def columns(self) -> ColumnStore: ...

    @property
    def manifests(self) -> Manifests: ...

    def actor(self) -> Actor: ...

    def go(self, page_id: str, row_id: Hashable | None = None) -> None:
        """Open another page, and the record there, or do an `Errand` with it."""
        ...

    def second_person(self, owner: QWidget, permission: str, why: str, done: Callable[[Actor], None]) -> None:
        """Ask for another account that holds `permission`; `done(actor)` later, not at all when they give up."""
        ...

    def backup_before_import(self) -> None:
        """A verified backup, now. Blocking; slow lane. Raises EnvironmentFault."""
        ...


@record
class Errand:
    """要在那一页办的一件事. Stands in the place of a record's id in `go`: `do` runs with the page once it is open."""

    do: Callable[[Any], None]


@record
class ReadOnly:
    """Why nothing can be changed here: who locked it, when, and how to get an exception."""

    text: str
    way: Way | None = None


class Parts(Protocol):
    """What F6 walks through within a page, left to right."""

    def panes(self) -> Sequence[QWidget]: ...

    def focus(self, pane: QWidget) -> None:
        """Into the part of a pane that hears its keys."""
        ...


class Page(QWidget):
    """A page of the desk. GUI thread; nothing is waited for in the constructor.

    Subclasses set `page_id`, `title`, `watches`, build their widgets into `self.body`, register actions, and
    override `refresh` (called when shown the first time and when what is shown has become stale).
    """

    page_id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    permission: ClassVar[str] = ""
    watches: ClassVar[tuple[str, ...]] = ()
    """Tables whose change makes this page stale."""

    facts_changed = Signal(str)
    """The one line under the title: scope, counts, as-of time. Never a person's name."""
    actions_changed = Signal()

    def __init__(self, host: PageHost, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.host = host
        self.runner = host.runner
        self.setObjectName(self.page_id)
        self.setAccessibleName(self.title)
        self.setProperty(HOLDS_DRAFTS, True)
        self._facts = ""
        self._stale = True
        self.parts: Parts | None = None
        self._primary: DeskAction | None = None
        self._secondary: tuple[DeskAction, ...] = ()
        self.body = QWidget()
        self._state_card = StateCard()
        self._read_only_line = QFrame()
        self._read_only_line.setObjectName("read_only")
        self._read_only_line.setProperty("band", "info")
        self._read_only_text = text_label(role="secondary", name="read_only_text", wrap=True)
        self._read_only_row = line = QHBoxLayout(self._read_only_line)
        line.addWidget(self._read_only_text, 1)
        self._read_only_way = QPushButton()
        self._read_only_way.setObjectName("read_only_way")
        self._read_only_way.setProperty("kind", "link")
        self._read_only_way.clicked.connect(self._take_read_only_way)
        line.addWidget(self._read_only_way)
        self._read_only: ReadOnly | None = None
        self._read_only_line.hide()
        stack_holder = QWidget()
        self._stack = QStackedLayout(stack_holder)
        self._stack.addWidget(self.body)
        self._stack.addWidget(self._state_card)
        self._page_box = QVBoxLayout(self)
        self._page_box.setContentsMargins(0, 0, 0, 0)
        self._page_box.addWidget(self._read_only_line)
        self._page_box.addWidget(stack_holder, 1)
        theme_hub().changed.connect(self._space_out)
        self._space_out()
        self.runner.changed.connect(self._on_changed)

    def _space_out(self) -> None:
        look = theme()
        self._page_box.setSpacing(look.size("gap"))
        side = look.size("card-padding")
        self._read_only_row.setContentsMargins(side, look.px(9), side, look.px(9))
        self._read_only_row.setSpacing(look.px(9))

    # --- what a page is asked for ---------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read everything that is shown, through the runner."""

    def focus_record(self, row_id: Hashable) -> None:
        """Select one record: somebody came here from the palette or from Today."""

    def can_leave(self, leave: Callable[[], None]) -> None:
        """Call `leave` when nothing unfinished would be lost; a page with a form asks first."""
        leave()

    def may(self, permission: str) -> bool:
        """Has the person at the desk this permission? Shapes the page; the command bus decides."""
        return self.host.actor().may(permission)

    # --- facts and actions, shown by the header -------------------------------------------------------------

    @property
    def heading(self) -> str:
        """Words in the header; the window and the rail say `title`. Emit `facts_changed` when they change."""
        return self.title

    @property
    def help_id(self) -> str:
        """Which help F1 opens here; a page of several parts names the part on show."""
        return self.page_id

    @property
    def facts(self) -> str:
        return self._facts

    def set_facts(self, text: str) -> None:
        if text != self._facts:
            self._facts = text
            self.facts_changed.emit(text)

    @property
    def primary(self) -> DeskAction | None:
        """The one action whose button is blue; None where the person may not."""
        action = self._primary
        return action if action is not None and self.host.actions.may(action) else None

    @property
    def secondary(self) -> tuple[DeskAction, ...]:
        return tuple(a for a in self._secondary if self.host.actions.may(a))

    def set_actions(self, primary: DeskAction | None, *secondary: DeskAction) -> None:
        """Which actions the header offers; at most two buttons, further ones go to 更多."""
        self._primary, self._secondary = primary, secondary
        self.actions_changed.emit()

    # --- freshness ------------------------------------------------------------------------------------------

    @property
    def stale(self) -> bool:
        return self._stale

    def mark_dirty(self) -> None:
        """What is shown is out of date: read again now if visible, else when shown."""
        self._stale = True
        if self.isVisible():
            self._refresh_now()

    def ask_ahead(self) -> None:
        """Ask before being shown, while the rest of the page is made; showing it does not ask again."""
        self._refresh_now()

    def _refresh_now(self) -> None:
        self._stale = False
        self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._refresh_now()

    def _on_changed(self, changes: Changes) -> None:
        if self.watches and changes.hits(*self.watches):
            self.mark_dirty()

    # --- states ---------------------------------------------------------------------------------------------

    def show_state(self, state: State | None) -> None:
        """A state instead of the page's content; None brings the content back."""
        self._state_card.show_state(state)
        self._stack.setCurrentWidget(self.body if state is None else self._state_card)

    def show_failure(self, exc: Exception) -> None:
        """What a query of this page says when it fails: the words, 再试, and 复制说明 for a bug."""
        if isinstance(exc, Cancelled):
            return
        told = tell(exc)
        again = Way(self.tr("再试"), self._retry, "state_retry")
        self.show_state(State("error", told.title, told.text, (again,), told.details if told.code else ""))

    def _retry(self) -> None:
        self.show_state(None)
        self.mark_dirty()

    def set_read_only(self, reason: ReadOnly | None) -> None:
        """The line under the header that says why nothing can be changed here."""
        self._read_only = reason
        self._read_only_line.setVisible(reason is not None)
        self._read_only_text.setText(reason.text if reason else "")
        way = reason.way if reason else None
        self._read_only_way.setVisible(way is not None)
        self._read_only_way.setText(way.text if way else "")

    def _take_read_only_way(self) -> None:
        if self._read_only is not None and self._read_only.way is not None:
            self._read_only.way.act()

    # --- telling --------------------------------------------------------------------------------------------

    def toast(self, text: str, undo: Callable[[], None] | None = None) -> None:
        notify.toast(self, text, undo)

    def ask(self, question: notify.Question, answered: Callable[[str], None]) -> None:
        notify.ask(self, question, answered)
