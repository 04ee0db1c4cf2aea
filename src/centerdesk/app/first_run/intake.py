"""The fourth step of the set-up: the roster that other people made goes in, or is put off."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from centerdesk.app.first_run.parts import StepPage, topped
from centerdesk.app.first_run.roster import RosterTrial, try_roster, write_roster
from centerdesk.app.first_run.site import found_places
from centerdesk.app.first_run.state import IMPORT_SKIPPED, REFUSED_ROWS, Person, Progress, Step, keep
from centerdesk.qtkit.controls import link, password_field
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.fact_rows import FactRows
from centerdesk.qtkit.files import ask_open
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Card, Stat
from centerdesk.qtkit.room import Room
from centerdesk.qtkit.warning_band import WarningBand

if TYPE_CHECKING:
    from centerdesk.app.first_run.parts import Wizard

_ROLES = ("secretary", "front_desk")
"""Who may import (RELIABILITY 3.5)."""


class ImportStep(StepPage):
    """导入. Choose, try, see what is wrong, write; the numbers before the act are those after it."""

    step = Step.IMPORT
    heading = "把现有的居民表收进来"
    forward = "下一步"

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self._trial: RosterTrial | None = None
        self._file: Path | None = None
        self._who: tuple[Person, ...] = ()
        main = Card(self.tr("选文件，先试算，不写库"))
        main.body.addLayout(self._make_top())
        self.bar = QProgressBar()
        self.bar.setObjectName("import_bar")
        self.bar.setTextVisible(False)
        self.bar.hide()
        main.body.addWidget(self.bar)
        self.band = WarningBand("import_warning")
        main.body.addWidget(self.band)
        main.body.addWidget(self._make_result())
        main.body.addStretch(1)
        later = QHBoxLayout()
        later.addWidget(link(self.tr("没有现成的表，以后再导"), "import_later", self._later))
        later.addStretch(1)
        main.body.addLayout(later)
        aside = Card(self.tr("表里的问题"))
        self._problems = FactRows("import_problems")
        aside.body.addWidget(Room(topped(self._problems)), 1)
        words = self.tr("身份证号从不替您猜：不收的行原样留在您的表里，照证件改好再导一次，已收的不会重复。")
        aside.body.addWidget(text_label(words, role="caption", wrap=True))
        self.two_cards(main, aside)

    def _make_top(self) -> QGridLayout:
        self.who = QComboBox()
        self.who.setObjectName("import_who")
        self.who.setAccessibleName(self.tr("谁来导"))
        self.password = password_field("import_password", self.tr("他的密码"))
        self.choose = KeyButton(self.tr("选文件"), icon_name="folder_open")
        self.choose.setObjectName("import_choose")
        self.choose.clicked.connect(self._choose)
        self._name = text_label(
            self.tr("还没选。Excel、WPS 表、CSV 都行"), role="secondary", name="import_file", wrap=True
        )
        self.trial = KeyButton(self.tr("试算"), kind=Kind.PLAIN, icon_name="calculator")
        self.trial.setObjectName("import_try")
        self.trial.clicked.connect(self._try)
        self._fields = (
            (text_label(self.tr("谁来导（书记或前台）"), role="field-label", buddy=self.who), self.who),
            (text_label(self.tr("他的密码"), role="field-label", buddy=self.password), self.password),
        )
        grid = self._top = QGridLayout()
        grid.setHorizontalSpacing(theme().px(12))
        grid.setVerticalSpacing(theme().px(4))
        row = self._file_row = QHBoxLayout()
        row.setSpacing(theme().px(12))
        row.addWidget(self.choose)
        row.addWidget(self._name, 1)
        row.addWidget(self.trial)
        self._place_top()
        return grid

    def _place_top(self) -> None:
        """Who and the password beside each other, or one below the other; the file under both."""
        grid, columns = self._top, 1 if self.stacked else 2
        grid.removeItem(self._file_row)
        for number, (label, widget) in enumerate(self._fields):
            line, column = number // columns * 2, number % columns
            grid.addWidget(label, line, column)
            grid.addWidget(widget, line + 1, column)
        for column in range(2):
            grid.setColumnStretch(column, 1 if column < columns else 0)
        below = 4 // columns
        for line in range(2, 6):
            grid.setRowMinimumHeight(line, theme().px(8) if line == below else 0)
        grid.addLayout(self._file_row, below + 1, 0, 1, columns)

    def _make_result(self) -> QWidget:
        self._result = QWidget()
        box = QVBoxLayout(self._result)
        box.setContentsMargins(0, theme().px(8), 0, 0)
        box.setSpacing(theme().px(14))
        self._stats = {
            "rows": Stat("", self.tr("共几行"), right=False),
            "new": Stat("", self.tr("新增"), right=False),
            "changed": Stat("", self.tr("更新"), right=False),
            "same": Stat("", self.tr("不变"), right=False),
            "refused": Stat("", self.tr("不收"), right=False),
            "merged": Stat("", self.tr("重复并掉"), right=False),
        }
        self._figures = QGridLayout()
        self._figures.setHorizontalSpacing(theme().px(30))
        self._figures.setVerticalSpacing(theme().px(10))
        for name, stat in self._stats.items():
            stat.setObjectName(f"import_{name}")
            self._figures.addWidget(stat, 0, self._figures.columnCount())
        box.addLayout(self._figures)
        self._unknown = QFrame()
        self._unknown.setProperty("band", "info")
        line = QHBoxLayout(self._unknown)
        self._unknown_words = text_label(role="secondary", name="import_unknown", wrap=True)
        self.make_places = KeyButton(self.tr("建上，再算一遍"), small=True)
        self.make_places.setObjectName("import_create_places")
        self.make_places.clicked.connect(self._create)
        line.addWidget(self._unknown_words, 1)
        line.addWidget(self.make_places)
        box.addWidget(self._unknown)
        write = QHBoxLayout()
        self.write = KeyButton(self.tr("写进去"), icon_name="import")
        self.write.setObjectName("import_write")
        self.write.clicked.connect(self._write)
        write.addWidget(self.write)
        write.addStretch(1)
        box.addLayout(write)
        self._result.hide()
        return self._result

    def typed(self) -> dict[str, Any]:
        """The file that was chosen, until its rows are in."""
        waiting = self._file is not None and not self.progress.residents
        return {"file": str(self._file)} if waiting else {}

    def type_again(self, typed: Mapping[str, Any]) -> None:
        path = Path(str(typed.get("file", "")))
        if path.name:
            self._file = path
            self._name.setText(path.name)

    def fit(self) -> None:
        """Six figures in a row, or two rows of three; the fields above beside each other or not."""
        super().fit()
        self._place_top()
        columns = 6 if self.width() >= theme().scale(760) else 3
        for number, stat in enumerate(self._stats.values()):
            self._figures.addWidget(stat, number // columns, number % columns)
        self._figures.setColumnStretch(6, 1)

    # --- what is shown --------------------------------------------------------------------------------------

    def show_progress(self, progress: Progress) -> None:
        super().show_progress(progress)
        self._who = tuple(p for p in progress.people if set(p.roles) & set(_ROLES))
        chosen = self.who.currentIndex()
        self.who.clear()
        for person in self._who:
            self.who.addItem(f"{person.name}（{person.role_titles}）")
        self.who.setCurrentIndex(max(0, chosen))
        self.foot.forward.set_missing(progress.missing(Step.IMPORT))
        first, second = progress.notes(Step.IMPORT)
        self.foot.note.setText(f"{first} · {second}" if first else "")
        if self._trial is None:
            self._problems.show_rows([], self.tr("选了文件、试算以后，这里按种类列出来。"))

    def _show_trial(self, trial: RosterTrial) -> None:
        self._trial = trial
        counts = trial.counts
        for name, stat in self._stats.items():
            token = "dawn-ink" if name == "refused" and counts[name] else "ink"
            stat.show_value(f"{counts[name]:,}", token=token)
        self._problems.show_rows(
            [(p.words, self.tr("{:,} 处").format(p.count)) for p in trial.problems],
            self.tr("一处也没有。") if trial.readable else "",
        )
        names = [*trial.unknown_grids, *trial.unknown_compounds]
        self._unknown.setVisible(bool(names))
        shown = self.tr("、").join(names[:8])
        self._unknown_words.setText(
            self.tr("表里有 {} 个本站没建的名字：{}。建上再算，人就能归到网格和门牌。").format(
                len(names), shown
            )
        )
        taken = counts["new"] + counts["changed"]
        self.write.setText(self.tr("写进 {:,} 行").format(taken) if taken else self.tr("写进去"))
        self.write.set_missing("" if taken else self.tr("没有要写的行"))
        self._result.show()
        self.band.say("" if trial.readable else self.tr("这份表里没认出居民名单。"), trial.why)

    def _say(self, exc: Exception) -> None:
        self.bar.hide()
        told = tell(exc)
        self.band.say(told.text)

    # --- what the person does -------------------------------------------------------------------------------

    def _choose(self) -> None:
        patterns = self.tr("表格 (*.xlsx *.xlsm *.xls *.xlsb *.ods *.csv *.et)")
        ask_open(self, self.tr("选居民表"), patterns, self.take_file)

    def take_file(self, path: str | Path) -> None:
        """The file that was chosen; with a password there it is tried at once."""
        self._file = Path(path)
        self._name.setText(self._file.name)
        self.typed_on.emit()
        if self.password.text():
            self._try()

    def _try(self) -> None:
        if self._file is None:
            self._choose()
            return
        if not self._who or not self.password.text():
            self.band.say(self.tr("请书记或前台输一次密码：导进来的人记在他名下。"))
            self.password.setFocus()
            return
        self.band.say("")
        self._busy(self.tr("正在试算"))
        station, path = self.wizard.require_station(), self._file
        login, password = self._who[self.who.currentIndex()].login, self.password.text()

        def done(trial: RosterTrial) -> None:
            self.bar.hide()
            self.trial.set_missing("")
            self._show_trial(trial)

        self.wizard.work(
            lambda _tell, stopped: try_roster(station, login, password, path, stopped),
            done,
            self._failed,
            label=self.tr("试算"),
            page=self,
        )

    def _busy(self, words: str) -> None:
        self.bar.setRange(0, 0)
        self.bar.show()
        self.trial.set_missing(words)

    def _failed(self, exc: Exception) -> None:
        self.trial.set_missing("")
        self.write.set_missing("")
        self._say(exc)

    def _create(self) -> None:
        trial = self._trial
        if trial is None:
            return
        station = self.wizard.require_station()

        def job(_tell: object, _stopped: object) -> None:
            found_places(station, trial.unknown_grids, trial.unknown_compounds)

        def done(_value: None) -> None:
            self.wizard.read_again()
            self._try()

        self.wizard.work(job, done, self._failed, label=self.tr("建网格和小区"), page=self)

    def _write(self) -> None:
        trial = self._trial
        if trial is None or self.write.missing:
            return
        station = self.wizard.require_station()
        self.write.set_missing(self.tr("正在写"))
        self.bar.setRange(0, max(1, len(trial.persons)))
        self.bar.show()

        def done(counts: dict[str, int]) -> None:
            self.bar.hide()
            self.password.clear()
            written = counts["new"] + counts["changed"]
            self.write.set_missing(self.tr("已写进 {:,} 行").format(written))
            self.wizard.read_again()

        def job(report: Callable[[int, int], None], stopped: Callable[[], bool]) -> dict[str, int]:
            counts = write_roster(station, trial, report, stopped)
            keep(station, {REFUSED_ROWS: trial.counts["refused"], IMPORT_SKIPPED: False})
            return counts

        def moved(count: int, _total: int) -> None:
            self.bar.setValue(count)

        self.wizard.work(job, done, self._failed, moved, label=self.tr("写入居民"), page=self)

    def _later(self) -> None:
        station = self.wizard.require_station()

        def job(_tell: object, _stopped: object) -> None:
            keep(station, {IMPORT_SKIPPED: True})

        def done(_value: None) -> None:
            self.wizard.go_on(self.step)

        self.wizard.work(job, done, label=self.tr("记下"), page=self)

    def save(self) -> None:
        if not self.foot.forward.missing:
            self.wizard.go_on(self.step)

    def leave(self) -> None:
        """No password stays in a field that nobody sees."""
        self.password.clear()
