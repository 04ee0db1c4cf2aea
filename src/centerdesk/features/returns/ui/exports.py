"""Papers of an edition: written on the slow lane, booked, and shown; never kept when they could not be booked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from centerdesk.features.returns import api
from centerdesk.features.returns.commands import ANNEX, RecordAnnex, RecordExport
from centerdesk.features.returns.queries import EditionRow, MonthView
from centerdesk.features.returns.queries_records import all_records
from centerdesk.features.returns.ui.figure_rows import LineRow
from centerdesk.features.returns.ui.paper_card import PaperCard
from centerdesk.kernel.commands import Command
from centerdesk.kernel.errors import Cancelled
from centerdesk.qtkit import printing
from centerdesk.qtkit.errors import present_error, tell
from centerdesk.qtkit.files import AskFolder, ask_folder
from centerdesk.qtkit.runner import Ticket

if TYPE_CHECKING:
    from centerdesk.qtkit.page import Page


class Exports(QObject):
    """写纸的人. One paper at a time. GUI thread; a test replaces `ask_folder` and `open_file`."""

    def __init__(self, page: Page, card: PaperCard) -> None:
        super().__init__(page)
        self._page, self._card = page, card
        self.ask_folder: AskFolder = ask_folder
        self.open_file: Callable[[Path], None] = printing.open_outside
        self._ticket: Ticket | None = None
        card.stop_asked.connect(self.stop)
        card.open_asked.connect(self._open)

    def stop(self) -> None:
        """停下."""
        if self._ticket is not None:
            self._ticket.stop()

    def _open(self, path: Path) -> None:
        try:
            self.open_file(path)
        except Exception as exc:  # noqa: BLE001 - told like any other failure of the page
            present_error(self._page, exc)

    # --- papers -----------------------------------------------------------------------------------------------

    def write(self, view: MonthView, paper: str) -> None:
        """Ask where to, write one paper there and book it."""
        edition = view.edition
        if edition is None or self._ticket is not None:
            return
        how = self._how(view, edition)
        clock = self._page.host.clock

        def chosen(folder: Path) -> None:
            def job(stopped: Callable[[], bool]) -> api.Papers:
                return api.write_papers(folder, view.figures, how(), clock, papers=(paper,), stopped=stopped)

            self._run(job, lambda papers: RecordExport(edition.id, paper, papers.sha256[paper]), "写月报")

        self.ask_folder(self._page, "月报放到哪个文件夹", chosen)

    def write_annex(self, view: MonthView, line: LineRow) -> None:
        """Ask where to, write the records behind one number there and book it."""
        edition, figure = view.edition, line.figure
        if edition is None or self._ticket is not None:
            return
        how = self._how(view, edition)
        actor, reader = self._page.host.actor(), self._page.runner.reader

        def chosen(folder: Path) -> None:
            def job(stopped: Callable[[], bool]) -> api.Papers:
                with reader() as session:
                    rows = all_records(session, actor, edition.id, figure.key)
                return api.write_annex(folder, figure, line.number, rows, how(), stopped=stopped)

            self._run(
                job, lambda papers: RecordAnnex(edition.id, figure.count, papers.sha256[ANNEX]), "写明细"
            )

        self.ask_folder(self._page, "明细放到哪个文件夹", chosen)

    def _how(self, view: MonthView, edition: EditionRow) -> Callable[[], api.Printing]:
        """What paper needs beside the figures; asked for on the slow lane, as the journal's head moves on."""
        host, reader = self._page.host, self._page.runner.reader
        actor, clock = host.actor(), host.clock

        def read() -> api.Printing:
            with reader() as session:
                return api.printing(session, actor, clock, view.station, edition)

        return read

    def _run(
        self,
        job: Callable[[Callable[[], bool]], api.Papers],
        booking: Callable[[api.Papers], Command[None]],
        label: str,
    ) -> None:
        """Write, then book; a file that could not be booked does not stay, the journal would not know of it."""
        runner = self._page.runner

        def book(papers: api.Papers) -> None:
            runner.execute(
                self,
                booking(papers),
                lambda _none: self._done(papers),
                lambda exc: self._take_away(papers, exc),
            )

        self._card.show_busy(self.tr("正在写……"))
        self._ticket = runner.run(self, lambda _tell, stopped: job(stopped), book, self._failed, label=label)

    def _done(self, papers: api.Papers) -> None:
        self._ticket = None
        path = papers.files[0]
        said = "".join(papers.sentences)
        self._card.show_written(path, self.tr("写好 {}。{}").format(path.name, said))
        self._page.toast(self.tr("写好 {}").format(path.name))

    def _take_away(self, papers: api.Papers, exc: Exception) -> None:
        def remove(_tell: object, _stopped: object) -> None:
            for path in papers.files:
                path.unlink(missing_ok=True)

        def left(_exc: Exception) -> None:
            self._failed(exc)
            names = "、".join(path.name for path in papers.files)
            self._page.toast(self.tr("没有入账的{}删不掉，请到那个文件夹里删。").format(names))

        self._page.runner.run(self, remove, lambda _none: self._failed(exc), left, label="")

    def _failed(self, exc: Exception) -> None:
        self._ticket = None
        told = tell(exc)
        if isinstance(exc, Cancelled):
            self._card.show_written(None, self.tr("已停下，没有留下文件。"))
            return
        self._card.show_written(None, f"{told.title} {told.text}".strip())
        if told.code:
            present_error(self._page, exc)
