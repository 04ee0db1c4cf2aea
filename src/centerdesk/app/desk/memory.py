"""What the desk remembers on this machine: window, look and columns, per person (UI 3). No personal data.

A small JSON file beside the database. A damaged or unwritable file costs the memory, never the start.
It is written behind the GUI thread's back: a slow disk keeps nobody's window waiting.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any
from uuid import UUID

from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.paths import DataDir, write_private
from centerdesk.kernel.record import record
from centerdesk.qtkit.look import ZOOM_STEPS
from centerdesk.qtkit.tokens import THEMES, ThemeName

if TYPE_CHECKING:
    from centerdesk.qtkit.column_memory import ColumnMemory

_log = logging.getLogger(__name__)
_FILE = "desk.json"
SUN = "sun"
"""The theme that follows the day: dark in the evening."""


@record
class LookChoice:
    """外观. `theme` is light, dark, contrast, or sun; `zoom` in percent; `large` is 长者."""

    theme: str = "light"
    zoom: int = 100
    large: bool = False
    motion: bool = True

    def zoomed(self, step: int) -> LookChoice:
        """So many percent more or less, within 100 to 200; 0 puts 100 back."""
        wanted = self.zoom + step if step else ZOOM_STEPS[0]
        return replace(self, zoom=max(ZOOM_STEPS[0], min(ZOOM_STEPS[-1], wanted)))

    def name(self, *, after_sunset: bool) -> ThemeName:
        """The theme to load now."""
        if self.theme == SUN:
            return "dark" if after_sunset else "light"
        return self.theme if self.theme in THEMES else "light"


class _Behind:
    """Writes the newest text of a file on a thread that lives while there is something to write."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._next: str | None = None
        self._thread: Thread | None = None

    def write(self, text: str) -> None:
        """Any thread; a text that was not begun yet gives way to this one."""
        with self._lock:
            self._next = text
            if self._thread is None:
                self._thread = Thread(target=self._work, name="desk-memory")
                self._thread.start()

    def finish(self) -> None:
        """Wait until everything is written. Blocking."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while (text := self._taken()) is not None:
            try:
                write_private(self._path, text.encode())
            except EnvironmentFault:  # read-only folder or full disk: the desk works without its memory
                _log.warning("the desk's memory was not written")

    def _taken(self) -> str | None:
        with self._lock:
            text, self._next = self._next, None
            if text is None:
                self._thread = None
            return text


class DeskMemory:
    """Holds what the file said and writes what changes; `for_person` is its part for one account. GUI thread.

    Made once a run, before the first window: it reads the file. `finish` waits for the last write.
    """

    def __init__(self, data: DataDir) -> None:
        self._path: Path = data.root / _FILE
        self._held: dict[str, Any] = self._load()
        self._behind = _Behind(self._path)

    def _load(self) -> dict[str, Any]:
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as exc:
            _log.warning("the desk's memory is not readable: %s", type(exc).__name__)
            return {}
        return found if isinstance(found, dict) else {}

    def get(self, *path: str) -> Any:
        """The value at a path of names, None when nothing is kept there."""
        here: Any = self._held
        for name in path:
            here = here.get(name) if isinstance(here, dict) else None
        return here

    def put(self, value: object, *path: str) -> None:
        """Keep a plain value at a path of names and write the file when it is new."""
        if self.get(*path) == value:
            return
        here = self._held
        for name in path[:-1]:
            inner = here.get(name)
            if not isinstance(inner, dict):
                inner = here[name] = {}
            here = inner
        here[path[-1]] = value
        self._behind.write(json.dumps(self._held, ensure_ascii=False, indent=1, sort_keys=True))

    def finish(self) -> None:
        """Everything that was put is in the file. Blocking: at the end of a run."""
        self._behind.finish()

    def for_person(self, account_id: UUID | None) -> PersonMemory:
        """What one person made of the desk; None stands for nobody (the login page)."""
        return PersonMemory(self, str(account_id or "nobody"))


class PersonMemory:
    """One person's part of the memory (个人习惯). It is the `ColumnStore` of the pages."""

    def __init__(self, memory: DeskMemory, who: str) -> None:
        self._memory, self._who = memory, who

    @property
    def look(self) -> LookChoice:
        """The chosen look; what the file says wrongly is the default."""
        kept = self._memory.get("people", self._who, "look")
        found = LookChoice()
        if not isinstance(kept, Mapping):
            return found
        if kept.get("theme") in (*THEMES, SUN):
            found = replace(found, theme=str(kept["theme"]))
        if kept.get("zoom") in ZOOM_STEPS:
            found = replace(found, zoom=int(kept["zoom"]))
        return replace(found, large=kept.get("large") is True, motion=kept.get("motion") is not False)

    def keep_look(self, look: LookChoice) -> None:
        self._memory.put(asdict(look), "people", self._who, "look")

    def load(self, page: str) -> ColumnMemory | None:
        """Columns of a table as this person left them."""
        from centerdesk.qtkit.column_memory import ColumnMemory  # a start shows no table

        kept = self._memory.get("people", self._who, "columns", page)
        try:
            sort = kept["sort"]
            return ColumnMemory(
                tuple(map(str, kept["order"])),
                frozenset(map(str, kept["hidden"])),
                {str(k): int(v) for k, v in kept["widths"].items()},
                (str(sort[0]), bool(sort[1])) if sort else None,
            )
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):  # nothing kept, or spoilt
            return None

    def save(self, page: str, memory: ColumnMemory) -> None:
        kept = {
            "order": list(memory.order),
            "hidden": sorted(memory.hidden),
            "widths": dict(memory.widths),
            "sort": list(memory.sort) if memory.sort else None,
        }
        self._memory.put(kept, "people", self._who, "columns", page)
