"""Everything a person can do, as data: one registry feeds menus, palette, buttons and key sheet (UI 4.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from centerdesk.kernel.record import record
from centerdesk.qtkit.painted.keycap import key_words

Keys = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
"""(group, ((key as printed, what it does), …))."""
Allowed = Callable[[str], bool]
"""Does the person at the desk have this permission? The command bus asks again."""


@record
class DeskAction:
    """一件能做的事. `handler` takes nothing, or the record's id where `on` names a kind of record."""

    id: str  # people.new
    text: str  # 新增居民
    handler: Callable[..., None]
    permission: str = ""  # empty: everybody
    shortcut: str = ""  # Ctrl+N, in Qt's portable spelling
    pinyin: str = ""  # xinzengjumin xzjm: what the palette matches beside the text
    on: str = ""
    group: str = ""  # heading in the key sheet: 居民
    icon: str = ""
    enabled: Callable[[], bool] | None = None
    why_not: Callable[[], str] | None = None  # 还差 1 项: shown where it is offered but cannot be done


class ActionClash(ValueError):
    """Two actions claim one id or one key."""


class ActionRegistry(QObject):
    """The actions of the desk. GUI thread. Pages add theirs when they are made and drop them when they go."""

    changed = Signal()
    by_page: ClassVar[bool] = False
    """Whether two pages may use one key, because only the page on show is heard."""

    def __init__(self, allowed: Allowed, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._allowed = allowed
        self._actions: dict[str, DeskAction] = {}
        self._bound: dict[str, QAction] = {}
        self._told: list[tuple[str, str, str]] = []

    def add(self, action: DeskAction) -> None:
        """Raises ActionClash when the id or the key is taken."""
        if action.id in self._actions:
            raise ActionClash(f"action {action.id} is registered twice")
        if action.shortcut and (other := self.by_shortcut(action.shortcut)) is not None:
            raise ActionClash(f"{action.shortcut} belongs to {other.id} already")
        self._actions[action.id] = action
        self.changed.emit()

    def tell_keys(self, group: str, rows: Iterable[tuple[str, str]]) -> None:
        """Keys that a widget hears itself, (key as printed, what it does): they are listed and not bound."""
        self._told += [(group, key, words) for key, words in rows]

    def remove(self, action_id: str) -> None:
        """Forget an action and its key; unknown ids are none of our business."""
        self._actions.pop(action_id, None)
        if (bound := self._bound.pop(action_id, None)) is not None:
            bound.deleteLater()
        self.changed.emit()

    def get(self, action_id: str) -> DeskAction | None:
        return self._actions.get(action_id)

    def by_shortcut(self, shortcut: str) -> DeskAction | None:
        wanted = QKeySequence(shortcut)
        return next(
            (a for a in self._actions.values() if a.shortcut and QKeySequence(a.shortcut) == wanted), None
        )

    def offered(self, on: str | None = None) -> tuple[DeskAction, ...]:
        """What this person may do, in the order of registration; `on` narrows to one kind of record."""
        return tuple(a for a in self._actions.values() if self.may(a) and (on is None or a.on == on))

    def may(self, action: DeskAction) -> bool:
        return not action.permission or self._allowed(action.permission)

    def search(self, text: str, on: str = "") -> tuple[DeskAction, ...]:
        """Offered actions whose words or pinyin hold `text`; those that begin with it come first."""
        wanted = text.strip().lower().replace(" ", "")
        if not wanted:
            return self.offered(on)
        found = [(_rank(a, wanted), n, a) for n, a in enumerate(self.offered(on))]
        return tuple(a for rank, _n, a in sorted(found, key=lambda hit: hit[:2]) if rank < _NO_HIT)

    def key_sheet(self) -> Keys:
        """Everything that has a key and that this person may do: Ctrl+/."""
        keyed = [
            (a.group, key_text(a.shortcut), a.text) for a in self._listed() if a.shortcut and self.may(a)
        ]
        groups: dict[str, dict[tuple[str, str], None]] = {}
        for group, key, words in (*keyed, *self._told):
            groups.setdefault(group, {})[key, words] = None
        return tuple((group, tuple(rows)) for group, rows in groups.items())

    def _listed(self) -> Iterable[DeskAction]:
        """In the order of the key sheet."""
        return self._actions.values()

    def trigger(self, action_id: str, *arguments: Any) -> bool:
        """Do it, if this person may and it can be done now."""
        action = self._actions.get(action_id)
        if action is None or not self.may(action) or (action.enabled is not None and not action.enabled()):
            return False
        action.handler(*arguments)
        return True

    # --- Qt -------------------------------------------------------------------------------------------------

    def q_action(self, action_id: str, owner: QWidget) -> QAction:
        """The one QAction of an action that needs no record; its key works in the owner's window."""
        if action_id not in self._bound:
            action = self._actions[action_id]
            made = QAction(action.text, owner)
            made.setObjectName(action_id)
            made.setAutoRepeat(False)  # Ctrl+Z that is held takes one act back, not the whole morning
            if action.shortcut:
                made.setShortcut(QKeySequence(action.shortcut))
                made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            made.triggered.connect(self._triggering(action_id))
            owner.addAction(made)
            self._bound[action_id] = made
        made = self._bound[action_id]
        made.setVisible(self.may(self._actions[action_id]))
        return made

    def bind_all(self, owner: QWidget) -> None:
        """Make every key work in the window; again after a change of person."""
        for action in self._actions.values():
            if not action.on:
                self.q_action(action.id, owner)

    def fill_menu(self, menu: QMenu, ids: Iterable[str], *arguments: Any) -> None:
        """Add the offered ones of `ids` to a menu; `arguments` go to the handler. "-" is a line."""
        for action in self._menu_entries(ids):
            if action is None:
                menu.addSeparator()
                continue
            entry = menu.addAction(action.text)
            entry.setObjectName(action.id)
            if action.shortcut:
                entry.setShortcut(QKeySequence(action.shortcut))
                entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)  # printed, bound elsewhere
            if action.enabled is not None and not action.enabled():
                entry.setEnabled(False)
                entry.setText(f"{action.text}（{action.why_not()}）" if action.why_not else action.text)
            entry.triggered.connect(self._triggering(action.id, *arguments))

    def _menu_entries(self, ids: Iterable[str]) -> Iterator[DeskAction | None]:
        for action_id in ids:
            action = self._actions.get(action_id)
            if action_id == "-":
                yield None
            elif action is not None and self.may(action):
                yield action

    def _triggering(self, action_id: str, *arguments: Any) -> Callable[[], None]:
        def triggered() -> None:
            self.trigger(action_id, *arguments)

        return triggered


_NO_HIT = 9


def _rank(action: DeskAction, wanted: str) -> int:
    """0: the text begins so, 1: a pinyin word does, 2: the text holds it, 3: the pinyin does."""
    words = action.pinyin.lower().split()
    tests = (
        action.text.lower().startswith(wanted),
        any(word.startswith(wanted) for word in words),
        wanted in action.text.lower(),
        any(wanted in word for word in words),
    )
    return next((rank for rank, hit in enumerate(tests) if hit), _NO_HIT)


def key_text(shortcut: str) -> str:
    """A key as it is printed on buttons: Ctrl N, not Ctrl+N; Alt ↑, not Alt Up."""
    return key_words(QKeySequence(shortcut))
