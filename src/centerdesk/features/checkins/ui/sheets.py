"""路线单 from the page: booked, written, and opened with the program that prints it; and back from its number."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from centerdesk.features.checkins.commands_sheet import PrintRouteSheet
from centerdesk.features.checkins.exporting import route_sheet, write_route_sheet
from centerdesk.features.checkins.rules_sheet import sheet_id
from centerdesk.kernel.reporting.document import ExportReport
from centerdesk.qtkit import printing
from centerdesk.qtkit.errors import present_error
from centerdesk.qtkit.files import AskFile, ask_save
from centerdesk.qtkit.notify import when_free

if TYPE_CHECKING:
    from centerdesk.features.checkins.ui.pages import RoundPage


class Sheets:
    """印路线单. A test replaces `save_file` and `open_file`."""

    def __init__(self, page: RoundPage) -> None:
        self._page = page
        self.save_file: AskFile = ask_save
        self.open_file: Callable[[Path], None] = printing.open_outside

    def print(self) -> None:
        """Ctrl P: the sheet of the chosen route, for the round on show."""
        page, desk, route = self._page, self._page.walk.desk, self._page.walk.route
        if desk is None or route is None:
            page.toast("先选一条路线：路线单一张一条路线。")
            return
        view, worker = desk.view, route.worker_id

        def chosen(path: Path) -> None:
            def booked(copy: int) -> None:
                sheet = route_sheet(view, worker, copy)

                def write(_progress: object, _stopped: object) -> ExportReport:
                    return write_route_sheet(path, sheet)

                def written(report: ExportReport) -> None:
                    page.toast(f"路线单写好了，{report.pages} 页，单上没有姓名。")
                    when_free(page, partial(self._open, path))

                page.runner.run(page, write, written, label="写路线单")

            page.runner.execute(page, PrintRouteSheet(view.day, view.slot, worker), booked)

        code = route_sheet(view, worker, 1).code
        self.save_file(page, "路线单放到哪里", f"楼面巡看单_{code}.pdf", chosen)

    def _open(self, path: Path) -> None:
        try:
            self.open_file(path)
        except Exception as exc:  # noqa: BLE001 - told like any other failure of the page
            present_error(self._page, exc)

    def open_entry(self, number: Hashable) -> bool:
        """The back entry of the sheet with this id, if it is of a route of the round on show."""
        desk = self._page.walk.desk
        if desk is None:
            return False
        view = desk.view
        found = next((r for r in view.routes if sheet_id(r.worker_id, view.day, view.slot) == number), None)
        if found is None:
            return False
        self._page.walk.choose(found.worker_id)
        self._page.show_now()
        self._page.home_acts.back_entry()
        return True
