"""Running what was asked for, saying that it was done, and taking it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from centerdesk.kernel.commands import Changes, Command
from centerdesk.kernel.errors import Cancelled
from centerdesk.kernel.undo import UndoOperation
from centerdesk.qtkit import notify
from centerdesk.qtkit.errors import tell

if TYPE_CHECKING:
    from centerdesk.features.checkins.ui.pages import RoundPage


class Doing:
    """办和撤销. `last` are the changes of the page's own last act."""

    def __init__(self, page: RoundPage) -> None:
        self._page = page
        self.last: Changes | None = None
        self._asked: tuple[Command[Any], UUID] | None = None

    def run(self, command: Command[Any], said: str) -> None:
        """Run what a form asked for; then the form goes, and a toast offers the way back.

        Asked twice before the answer came, as by a second Enter, it is done once.
        """
        if self._asked is None or self._asked[0] != command:
            self._asked = command, uuid4()

        def done(_value: Any) -> None:
            if self._asked is None or self._asked[0] != command:
                return
            self._asked = None
            self._page.end_form()
            self._page.toast(said, self.way_back())

        self._page.runner.execute(self._page, command, done, key=self._asked[1])

    def way_back(self, check_id: UUID | None = None) -> Callable[[], None] | None:
        """What takes the page's last act back, and the home in hand with it; None where that cannot be."""
        changes, page = self.last, self._page
        op_id = changes.op_id if changes is not None and changes.undoable else None
        if op_id is None:
            return None

        def back(_none: None) -> None:
            if check_id is not None:
                page.go_to(check_id)

        def undo() -> None:
            if check_id is not None:
                page.walk.refused(check_id)
            page.runner.execute(page, UndoOperation(op_id), back)

        return undo

    def refuse(self, exc: Exception) -> None:
        """Say why a look was not written."""
        if not isinstance(exc, Cancelled):
            told = tell(exc)
            notify.report(self._page, told.title, told.text, copy_text=told.details if told.code else "")
