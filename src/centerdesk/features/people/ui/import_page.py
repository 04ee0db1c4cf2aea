"""导入居民名单: choose, match columns, look at problems, try, write (UI 6, 08)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from centerdesk.features.people.importing_desk import Roster
from centerdesk.features.people.queries_detail import ImportBatch, recent_imports
from centerdesk.features.people.ui.acts import ActionSet
from centerdesk.features.people.ui.import_jobs import ImportJobs
from centerdesk.features.people.ui.import_stages import BusyStage, ChooseStage, DoneStage
from centerdesk.features.people.ui.review import ReviewStage
from centerdesk.features.people.ui.side import is_narrow
from centerdesk.kernel.undo import BATCH_DAYS
from centerdesk.qtkit.actions import DeskAction
from centerdesk.qtkit.files import AskFile, ask_open, ask_save
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.notify import Answer, Question
from centerdesk.qtkit.page import Page, PageHost
from centerdesk.qtkit.painted.card import Card
from centerdesk.qtkit.painted.stepbar import Step, StepBar
from centerdesk.qtkit.room import Room, Shelf
from centerdesk.qtkit.turns import Turns

PATTERNS = "居民表 (*.xlsx *.xlsm *.xls *.xlsb *.ods *.csv *.txt);;所有文件 (*)"
STEPS = tuple(Step(title) for title in ("选文件", "对列", "看问题", "试算", "写入"))


class ImportPage(Page):
    """导入. One roster at a time lies on the table; nothing is written before 确认."""

    page_id = "people.import"
    title = "导入居民名单"
    permission = "people.import"
    watches = ("grid", "compound", "resident")

    def __init__(self, host: PageHost, parent: QWidget | None = None) -> None:
        super().__init__(host, parent)
        self.open_file: AskFile = ask_open
        self.save_file: AskFile = ask_save
        self.jobs = ImportJobs(self)
        self._build()
        self._actions = ActionSet(host.actions, self)
        self._register()
        self._connect()
        self.setAcceptDrops(True)
        self._show_step(0)

    def _build(self) -> None:
        self.steps = StepBar(STEPS, 0, may_be_short=True)
        self.steps.setObjectName("steps")
        self._promise = text_label("还没写入任何数据，随时可以退出", role="secondary", name="promise")
        bar = Card()
        line = QHBoxLayout()
        line.addWidget(self.steps, 3)
        line.addStretch(1)
        line.addWidget(self._promise)
        bar.body.addLayout(line)
        self.choosing, self.busy, self.review, self.done = (
            ChooseStage(),
            BusyStage(),
            ReviewStage(),
            DoneStage(),
        )
        self.setFocusProxy(self.choosing.choose_button)
        self._turns = Turns(self)
        self._stages = Shelf()
        self._places: dict[QWidget, QWidget] = {
            self.choosing: Room(self.choosing),
            self.busy: Room(self.busy),
            self.review: self.review,  # it scrolls by itself
            self.done: Room(self.done),
        }
        for place in self._places.values():
            self._stages.addWidget(place)
        self._column = QVBoxLayout(self.body)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(bar)
        self._column.addWidget(self._stages, 1)
        self._fit()
        theme_hub().changed.connect(self._fit)

    def _fit(self) -> None:
        narrow = is_narrow(self)
        self._column.setSpacing(theme().size("gap-narrow" if narrow else "gap"))
        self._promise.setVisible(not narrow)
        self.review.set_narrow(narrow, low=self.height() < theme().px(880 if theme().large else 660))

    def _register(self) -> None:
        def act(name: str, text: str, handler: Callable[..., None], key: str = "", **more: Any) -> DeskAction:
            return self._actions.add(
                DeskAction(f"people.import.{name}", text, handler, "people.import", key, group="导入", **more)
            )

        choose = act("choose", "选文件", self.choose, "Ctrl+O", icon="folder_open", pinyin="xuanwenjian xwj")
        act("next", "下一处问题", self.review.next_problem, "F8")
        self.set_actions(None, choose)

    def _connect(self) -> None:
        self.choosing.choose_asked.connect(self.choose)
        self.choosing.withdraw_asked.connect(self._withdraw_listed)
        self.busy.stop_asked.connect(self.jobs.stop)
        review = self.review
        review.edited.connect(self.jobs.edit)
        review.skipped.connect(self.jobs.skip)
        review.column_changed.connect(self.jobs.match_column)
        review.trial.confirm_asked.connect(self.jobs.write)
        review.trial.stop_asked.connect(self.jobs.stop)
        review.trial.refused_asked.connect(self._save_refused)
        review.trial.grids_asked.connect(self.jobs.add_grids)
        review.trial.compounds_asked.connect(self.jobs.add_compounds)
        self.done.ledger_asked.connect(self._to_ledger)
        self.done.again_asked.connect(self.start_over)
        self.done.refused_asked.connect(self._save_refused)
        self.done.withdraw_asked.connect(self._withdraw_this)
        jobs = self.jobs
        jobs.reading.connect(self._on_reading)
        jobs.progressed.connect(self.busy.show_progress)
        jobs.unreadable.connect(self._on_unreadable)
        jobs.judged.connect(self._on_judged)
        jobs.writing.connect(review.trial.show_progress)
        jobs.written.connect(self._on_written)

    # --- being shown ----------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        self._actions.enter()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._actions.leave()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def refresh(self) -> None:
        """Which imports can be withdrawn; a roster on the table stays as it is."""
        actor, clock = self.host.actor(), self.host.clock
        self.runner.query(
            self,
            lambda session: recent_imports(session, actor, clock, BATCH_DAYS),
            self.choosing.show_recent,
            self.show_failure,
        )

    def can_leave(self, leave: Callable[[], None]) -> None:
        """While a roster with corrections lies on the table, leaving asks first."""
        roster = self.jobs.roster
        if roster is None or not (roster.edits or roster.skipped):
            leave()
            return

        def answered(key: str) -> None:
            if key == "drop":
                self.start_over()
                leave()

        self.ask(
            Question(
                "改过的格还没写入",
                f"改了 {len(roster.edits)} 格、跳过 {len(roster.skipped)} 行。走开就没了，原文件不变。",
                (Answer("不导了", "drop", urgent=True), Answer("回去接着导", "stay")),
            ),
            answered,
        )

    # --- files ----------------------------------------------------------------------------------------------

    def choose(self) -> None:
        """选文件."""
        self.can_leave(lambda: self.open_file(self, "选一份居民表", PATTERNS, self.start))

    def start(self, path: Path) -> None:
        """Read this file."""
        self.choosing.tell("", "")
        self.jobs.read(path)

    def start_over(self) -> None:
        """Nothing lies on the table any more."""
        self.review.clear()
        self.jobs.forget()
        self.set_facts("")
        self._show_stage(self.choosing, 0)
        self.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile() and not self.jobs.busy:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = Path(event.mimeData().urls()[0].toLocalFile())
        event.acceptProposedAction()
        self.can_leave(lambda: self.start(path))

    def _save_refused(self) -> None:
        roster = self.jobs.roster
        if roster is None:
            return

        def answered(key: str) -> None:
            if key == "save":
                name = f"{roster.path.stem}_要改的行.xlsx"
                self.save_file(self, "把红格表存到哪里", name, self.jobs.save_refused)

        self.ask(
            Question(
                "红格表里是全号",
                "它把没收的行照原样退给填表的人，证件号和电话不打码。只交给原来填表的人，这次导出会记下。",
                (Answer("存红格表", "save"), Answer("不存", "no")),
            ),
            answered,
        )

    # --- what the jobs tell ---------------------------------------------------------------------------------

    def _on_reading(self) -> None:
        self.review.clear()
        self.busy.show_progress(0, 0)
        self._show_stage(self.busy, 0)

    def _on_unreadable(self, title: str, text: str) -> None:
        self.choosing.tell(title, text)
        self._show_stage(self.choosing, 0)

    def _on_judged(self, roster: Roster) -> None:
        if roster.trial is None:
            self._turns.begin(self._showing(roster))
        else:
            self.review.show_trial(roster, may_add_places=self.may("places.write"))
            self._show_review()
        counts = roster.reading.counts
        sheets = f" · {len(roster.sheets)} 张表" if len(roster.sheets) > 1 else ""
        self.set_facts(f"{roster.path.name}{sheets} · {counts['rows']:,} 行 · {self._header_words(roster)}")

    def _showing(self, roster: Roster) -> Iterator[None]:
        """Filled, laid out and painted in pieces; the trial waits, handing over its persons would hold them up."""
        pieces = self.review.showing(roster, may_add_places=self.may("places.write"))
        yield next(pieces)
        self._show_review()
        yield from pieces
        self.jobs.try_out()

    def _show_review(self) -> None:
        step = 1 if self.review.columns.doubtful else 2 if self.review.open_problems else 3
        self._show_stage(self.review, step)

    @staticmethod
    def _header_words(roster: Roster) -> str:
        layout = roster.sheets[0].layout
        rows = layout.header_rows if layout is not None else ()
        where = f"{rows[0]}–{rows[-1]}" if len(rows) > 1 else str(rows[0]) if rows else "?"
        return f"表头在第 {where} 行"

    def _on_written(self, counts: dict[str, int], op_id: UUID | None) -> None:
        roster = self.jobs.roster
        self.done.show_result(counts, roster.seen.blocked if roster is not None else 0, op_id)
        self._show_stage(self.done, len(STEPS))

    def _show_stage(self, stage: QWidget, step: int) -> None:
        if stage is not self.review:
            self._turns.stop()
        self._stages.setCurrentWidget(self._places[stage])
        self._show_step(step)

    def _show_step(self, step: int) -> None:
        self.steps.set_steps(STEPS, step)
        self._promise.setText("写好了" if step >= len(STEPS) else "还没写入任何数据，随时可以退出")

    # --- after writing --------------------------------------------------------------------------------------

    def _to_ledger(self) -> None:
        self.start_over()
        self.host.go("people")

    def _withdraw_this(self) -> None:
        if self.done.op_id is not None:
            self._ask_withdraw(self.done.op_id, self.done.written, "这一批", self.done.show_withdrawn)

    def _withdraw_listed(self, batch: ImportBatch) -> None:
        def done(rows: int) -> None:
            self.toast(f"整批撤回了，拿走 {rows:,} 条记录。")

        what = f"{batch.new:,} 位新增、{batch.changed:,} 位更新"
        self._ask_withdraw(batch.op_id, batch.new + batch.changed, what, done)

    def _ask_withdraw(self, op_id: UUID, about: int, what: str, done: Callable[[int], None]) -> None:
        def answered(key: str) -> None:
            if key == "withdraw":
                self.jobs.withdraw(op_id, about, done)

        self.ask(
            Question(
                "整批撤回",
                f"把{what}从台账里拿走，回到导入以前。后来改过其中任何一位，就撤不了，会说是几位。",
                (Answer("撤回这一批", "withdraw", urgent=True), Answer("留着", "stay")),
            ),
            answered,
        )
