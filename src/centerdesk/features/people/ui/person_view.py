"""Reading one person into the pane at the right."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from PySide6.QtCore import QObject

from centerdesk.features.people.queries_detail import (
    HomeStory,
    ResidentDetail,
    get_resident,
    home_story,
)
from centerdesk.features.people.ui.detail_pane import DetailPane
from centerdesk.kernel.errors import NotFound
from centerdesk.kernel.manifest import TimelineSource
from centerdesk.qtkit.runner import Ticket

if TYPE_CHECKING:
    from centerdesk.qtkit.page import Page

FIRST_ROWS = 12


class PersonView(QObject):
    """Keeps the detail pane filled. The newest wish wins; a page that is gone is told nothing."""

    def __init__(self, page: Page, pane: DetailPane) -> None:
        super().__init__(page)
        self._page, self._pane = page, pane
        self._asked: Ticket | None = None
        self._rows = FIRST_ROWS
        pane.more_asked.connect(self._older)

    def show(self, resident_id: UUID) -> None:
        """Read one person, the household and what happened there."""
        if self._asked is not None:
            self._asked.cancel()
        if resident_id != self._pane.resident_id:
            self._rows = FIRST_ROWS
        host, length, sources = self._page.host, self._rows, self._sources()
        actor, clock = host.actor(), host.clock

        def read(session: Any) -> tuple[ResidentDetail, HomeStory]:
            detail = get_resident(session, actor, clock, resident_id)
            return detail, home_story(session, actor, sources, detail, length)

        self._asked = self._page.runner.query(self._page, read, self._show, self._failed)

    def again(self) -> None:
        """What is shown, as it is now."""
        if self._pane.resident_id is not None:
            self.show(self._pane.resident_id)

    def revealed(self, resident_id: UUID) -> Callable[[str, tuple[str, ...]], None]:
        """Where the full numbers of this person go, if the person is still the one on the screen."""

        def show(id_no: str, phones: tuple[str, ...]) -> None:
            if self._pane.resident_id == resident_id:
                self._pane.show_numbers(id_no, phones)
                self.show(resident_id)

        return show

    def _sources(self) -> tuple[TimelineSource, ...]:
        return self._page.host.manifests.timeline_sources()

    def _show(self, found: tuple[ResidentDetail, HomeStory]) -> None:
        self._pane.show_resident(found[0])
        self._pane.show_story(found[1])

    def _failed(self, exc: Exception) -> None:
        if isinstance(exc, NotFound):
            self._pane.show_nobody()
        else:
            self._page.show_failure(exc)

    def _older(self) -> None:
        self._rows *= 4
        self.again()
