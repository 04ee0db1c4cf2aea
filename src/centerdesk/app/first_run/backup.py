"""The fifth step of the set-up: where backups go, and one trial backup that is read back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout

from centerdesk.app.backups import back_up, step_text, watch_through
from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.first_run.parts import StepPage, aside_card
from centerdesk.app.first_run.state import SECOND_LATER, Progress, Step, keep
from centerdesk.app.records import SECOND_PLACE, RecordSecondPlace
from centerdesk.kernel.backup import BackupResult
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.clock import local
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.identity import system_actor
from centerdesk.qtkit.controls import link
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.files import ask_folder
from centerdesk.qtkit.labels import in_parts, text_label, tr
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.badge import Tone
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card, Rule
from centerdesk.qtkit.runner import Ticket
from centerdesk.qtkit.standing_row import StandingRow
from centerdesk.qtkit.warning_band import WarningBand

if TYPE_CHECKING:
    from centerdesk.app.first_run.parts import Wizard


def set_second_place(station: OpenStation, place: Path) -> None:
    """Keep the second place. Blocking. Raises PermissionDenied; EnvironmentFault for one that is none at all."""
    if not place.is_dir():
        raise EnvironmentFault(tr("那个文件夹不在。请插好盘，再选一次。"))
    inside = place.resolve()
    if inside == station.data.root.resolve() or station.data.root.resolve() in inside.parents:
        raise EnvironmentFault(
            tr("这个文件夹就在站点文件夹里，电脑坏了会一起没。请选 U 盘或别的电脑上的文件夹。")
        )
    founder = system_actor([SECOND_PLACE], station.site.desk)  # in the set-up nobody is signed in yet
    station.bus.run(RecordSecondPlace(), actor=station.actor or founder)
    station.station = replace(station.station, second_place=place)
    station.station.save(station.data.station_file)
    keep(station, {SECOND_LATER: False})


class BackupStep(StepPage):
    """备份地. The local place is set anyway; the second may be put off, the trial backup not."""

    step = Step.BACKUP
    heading = "备份放两处"
    forward = "下一步"

    def __init__(self, wizard: Wizard) -> None:
        super().__init__(wizard)
        self._ticket: Ticket | None = None
        main = Card(self.tr("放在哪里"))
        self.local = StandingRow("backup_local", "desktop")
        self.second = StandingRow("backup_second", "usb")
        self.choose = KeyButton(self.tr("选第二处"), icon_name="folder_open")
        self.choose.setObjectName("backup_choose")
        self.choose.clicked.connect(self._choose)
        self.second.buttons.addWidget(self.choose)
        main.body.addWidget(self.local)
        main.body.addWidget(Rule())
        main.body.addWidget(self.second)
        main.body.addWidget(Rule())
        main.body.addLayout(self._make_trial())
        self.band = WarningBand("backup_warning")
        main.body.addWidget(self.band)
        main.body.addStretch(1)
        self.later = link(self.tr("手边没有盘，第二处以后再说"), "backup_later", self._later)
        foot = QHBoxLayout()
        foot.addWidget(self.later)
        foot.addStretch(1)
        main.body.addLayout(foot)
        aside = aside_card(
            self.tr("为什么要两处"),
            [
                ("warning", self.tr("只有一份，电脑丢了、坏了，就都没了。")),
                ("save", self.tr("有改动就每 30 分钟自动备一次，导入、升级、退回之前必备。")),
                ("shield_check", self.tr("每份都真的打开来核对；第二处那份再读回来比一遍。")),
                ("lock", self.tr("备份和库一样是加密的，捡到 U 盘的人打不开。")),
            ],
        )
        aside.body.addStretch(1)
        self.two_cards(main, aside)

    def _make_trial(self) -> QHBoxLayout:
        self.trial = KeyButton(self.tr("试备一次"), icon_name="save")
        self.trial.setObjectName("backup_try")
        self.trial.clicked.connect(self._try)
        self.bar = QProgressBar()
        self.bar.setObjectName("backup_bar")
        self.bar.setTextVisible(False)
        self._said = text_label(role="secondary", name="backup_said", wrap=True)
        self.stop = KeyButton(self.tr("停下"), small=True)
        self.stop.setObjectName("backup_stop")
        self.stop.clicked.connect(self._stop)
        words = QVBoxLayout()
        words.setSpacing(theme().px(6))
        words.addWidget(self._said)
        words.addWidget(self.bar)
        row = QHBoxLayout()
        row.setContentsMargins(0, theme().px(12), 0, 0)
        row.setSpacing(theme().px(14))
        row.addWidget(self.trial)
        row.addLayout(words, 1)
        row.addWidget(self.stop)
        self.bar.hide()
        self.stop.hide()
        return row

    def show_progress(self, progress: Progress) -> None:
        super().show_progress(progress)
        made, second = progress.backup_at, progress.second_place
        at = f"{local(made):%m-%d %H:%M}" if made else ""
        self.local.show_standing(
            self.tr("本机"),
            in_parts(self.wizard.data.backups),
            self.tr("{} 读回一样").format(at) if at else "",
        )
        if second is None:
            self.second.show_standing(
                self.tr("第二处"),
                self.tr("U 盘，或别的电脑上的共享文件夹"),
                self.tr("以后再说") if progress.second_later else self.tr("还没选"),
                Tone.SOON,
            )
        else:
            good = progress.second_good
            self.second.show_standing(
                self.tr("第二处 · {}").format(second.name or second),
                in_parts(second),
                self.tr("{} 读回一样").format(at) if good else self.tr("还没备成"),
                Tone.DONE if good else Tone.SOON,
            )
        self.choose.setText(self.tr("选第二处") if second is None else self.tr("换一处"))
        self.later.setVisible(second is None and not progress.second_later)
        self.foot.forward.set_missing(progress.missing(Step.BACKUP))
        if progress.free_gb is not None and not self._said.text():
            self._said.setText(self.tr("本机还有 {} GB 空，够用很久。").format(progress.free_gb))

    def _choose(self) -> None:
        ask_folder(self, self.tr("第二处放在哪个文件夹"), self.take_place)

    def take_place(self, path: str | Path) -> None:
        """The folder that was chosen: keep it, then try it."""
        station, place = self.wizard.require_station(), Path(path)

        def job(_tell: object, _stopped: object) -> None:
            set_second_place(station, place)

        def done(_value: None) -> None:
            self.band.say("")
            self.wizard.read_again()
            self._try()

        self.wizard.work(job, done, self._failed, label=self.tr("记下第二处"), page=self)

    def _later(self) -> None:
        station = self.wizard.require_station()

        def job(_tell: object, _stopped: object) -> None:
            keep(station, {SECOND_LATER: True})

        def done(_value: None) -> None:
            self.wizard.read_again()
            if self.progress.backup_at is None:
                self._try()

        self.wizard.work(job, done, self._failed, label=self.tr("记下"), page=self)

    def _try(self) -> None:
        station = self.wizard.require_station()
        self.trial.set_missing(self.tr("正在备"))
        self.bar.setRange(0, 0)
        self.bar.show()
        self.stop.show()
        self.band.say("")
        self._ticket = self.wizard.work(
            lambda told, stopped: back_up(station, Reason.MANUAL, watch_through(told, stopped)),
            self._backed_up,
            self._failed,
            self._on_progress,
            label=self.tr("试备"),
            page=self,
        )

    def _stop(self) -> None:
        if self._ticket is not None:
            self._ticket.stop()

    def _on_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._said.setText(self.tr("{}…").format(step_text(done)))

    def _finish(self) -> None:
        self._ticket = None
        self.trial.set_missing("")
        self.bar.hide()
        self.stop.hide()

    def _backed_up(self, result: BackupResult) -> None:
        self._finish()
        size = max(1, result.backup.manifest.size // 1000)
        where = self.tr("两处") if result.second and result.second.path else self.tr("本机")
        self._said.setText(self.tr("试备好了，{}，{:,} KB，打开核对过。").format(where, size))
        if result.second is not None and result.second.problem:
            self.band.say(self.tr("第二处没备成。"), result.second.problem)
        self.wizard.read_again()

    def _failed(self, exc: Exception) -> None:
        self._finish()
        self._said.setText("")
        self.band.say(tell(exc).text)

    def save(self) -> None:
        if not self.foot.forward.missing:
            self.wizard.go_on(self.step)
