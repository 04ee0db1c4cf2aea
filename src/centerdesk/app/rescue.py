"""Getting a station back with the recovery sheet: another computer, a lost key, a database that is damaged."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from centerdesk.app import restoring
from centerdesk.app.bootstrap import open_station
from centerdesk.app.records import RESTORED
from centerdesk.app.recovery.acts import SHEET_USED
from centerdesk.app.recovery.fields import GroupFields
from centerdesk.app.recovery.records import RecordOpening
from centerdesk.app.settings.rows import Cell, Head, Row, RowsTable
from centerdesk.app.settings.safety_data import size_words, when_words
from centerdesk.features.staff.commands_recovery import RECOVER
from centerdesk.kernel import keyslots
from centerdesk.kernel.backup import list_backups
from centerdesk.kernel.backupfile import Backup, read_backup
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.desklock import DeskLock
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.identity import system_actor
from centerdesk.kernel.paths import DataDir
from centerdesk.kernel.record import record
from centerdesk.kernel.recovery import RecoveryCode
from centerdesk.kernel.restore import restore
from centerdesk.kernel.station import Station, is_there
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.files import ask_open
from centerdesk.qtkit.labels import text_label, tr
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import begin
from centerdesk.qtkit.painted.buttons import KeyButton, Kind
from centerdesk.qtkit.painted.card import Card
from centerdesk.qtkit.painted.mark import Mark
from centerdesk.qtkit.room import Room
from centerdesk.qtkit.runner import Runner
from centerdesk.qtkit.tab_order import tab_on

_log = logging.getLogger(__name__)
STACK_BELOW = 860
"""Less room across than this, in px at 100 %: one card below the other."""


@record
class Found:
    """What lies on this computer: whether a database is there, and the backups."""

    database: bool
    backups: tuple[Backup, ...]


def look_around(data: DataDir) -> Found:
    """Blocking, slow lane: a second place may be a share that hangs."""
    folders = [data.backups]
    if data.station_file.exists():
        second = _second_place(data)
        folders += [second] if second is not None else []
    return Found(is_there(data) and data.keyslots.exists(), tuple(list_backups(folders)))


def _second_place(data: DataDir) -> Path | None:
    try:
        return Station.load(data.station_file).second_place
    except EnvironmentFault:  # a bad station file: what lies in our own folder is left
        return None


def open_by_sheet(data: DataDir, clock: Clock, typed: str) -> None:
    """Give this machine its own slot again by the sheet, and book it. Blocking.

    Raises ValidationError, WrongKey and kinds. A database that cannot be written yet (an older schema, a damaged
    file) is no obstacle: the station's own file says then that the sheet was used.
    """
    code = RecoveryCode.parse(typed)
    key = keyslots.open_with_recovery(data, code)
    keyslots.new_machine_slot(data, key, clock)
    _note_used(data, clock)
    sheet = keyslots.read(data.keyslots).find("recovery")
    try:
        station = open_station(data, clock, key=key)
    except EnvironmentFault as exc:
        _log.warning("opened by the recovery sheet, not journalled: %s", type(exc).__name__)
        return
    try:
        number = sheet.number if sheet is not None else 0
        record = RecordOpening(station.station.station_id, number)
        station.bus.run(record, actor=system_actor([RECOVER], station.site.desk))
    finally:
        station.close()


def restore_by_sheet(
    data: DataDir, clock: Clock, backup: Path, typed: str, held: DeskLock | None = None
) -> None:
    """Put a backup in place by the sheet, write the entry, make the windows anew. Blocking.

    Raises ValidationError, WrongKey, DamagedDatabase, EnvironmentFault; nothing was replaced then.
    """
    code = RecoveryCode.parse(typed)
    data.prepare()
    restore(backup, data, clock, code=code, held=held)
    station = open_station(data, clock, backup_before=lambda _station: None)
    try:
        restoring.record(station, system_actor([RESTORED], station.site.desk))
    finally:
        station.close()
    _note_used(data, clock)


def _note_used(data: DataDir, clock: Clock) -> None:
    """The sheet lay on a desk: the settings ask for another one."""
    used = clock.now().isoformat(timespec="seconds")
    Station.load(data.station_file).with_setting(SHEET_USED, used).save(data.station_file)


class Rescue(QWidget):
    """用恢复单打开. `opened` once the station can be opened by this machine again; `left` when somebody goes back.

    Everything slow runs on the slow lane of `runner`; `held` is the caller's own lock on the data directory.
    """

    opened = Signal()
    left = Signal()

    def __init__(
        self, data: DataDir, clock: Clock, runner: Runner, reason: str = "", held: DeskLock | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("rescue")
        self.setAccessibleName(self.tr("用恢复单打开"))
        self._data, self._clock, self._runner, self._held = data, clock, runner, held
        self._backups: dict[Path, Backup] = {}
        self._make(reason)
        runner.run(self, lambda _tell, _stopped: look_around(data), self._on_found, self._failed, label="")

    def _make(self, reason: str) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme().px(14))
        head.addWidget(Mark())
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(text_label(self.tr("用恢复单打开"), role="page-title", wrap=True))
        words.addWidget(
            text_label(
                reason or self.tr("换了电脑，或库坏了，拿保险柜里那张纸来。"),
                role="facts",
                name="rescue_reason",
                wrap=True,
            )
        )
        head.addLayout(words, 1)
        leave = KeyButton(self.tr("返回"))
        leave.setObjectName("rescue_leave")
        leave.clicked.connect(self.left)
        head.addWidget(leave)
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._cards.setContentsMargins(0, 0, 0, 0)
        self._cards.addWidget(self._what_card(), 1)
        self._cards.addWidget(self._sheet_card(), 1)
        both = QWidget()
        both.setLayout(self._cards)
        self._box = QVBoxLayout(self)
        self._box.addLayout(head)
        self._room = Room(both)
        self._box.addWidget(self._room, 1)
        theme_hub().changed.connect(self._measure)
        self._measure()

    def _measure(self) -> None:
        """Both cards beside each other; the sheet below, and scrolled, where there is no room for that."""
        look = theme()
        below = self.width() < look.scale(STACK_BELOW)
        way = QBoxLayout.Direction.TopToBottom if below else QBoxLayout.Direction.LeftToRight
        self._cards.setDirection(way)
        self._cards.setSpacing(look.size("gap"))
        side = look.px(14 if self.width() < look.scale(1320) else 28)
        self._box.setContentsMargins(side, look.px(10), side, look.px(14 if side < look.px(28) else 22))
        self._box.setSpacing(look.px(10))
        self._room.measure_anew()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._measure()

    def _what_card(self) -> Card:
        card = Card(self.tr("打开哪一个"))
        self.here = QRadioButton(self.tr("这台电脑上的库（数据还在，只是钥匙对不上）"))
        self.here.setObjectName("rescue_here")
        self.back = QRadioButton(self.tr("退回一份备份"))
        self.back.setObjectName("rescue_back")
        self.back.setChecked(True)
        self.table = RowsTable(
            "rescue_backups", self.tr("备份"),
            (Head(self.tr("什么时候"), 126), Head(self.tr("为什么备")), Head(self.tr("验过"), 120)),
            empty=self.tr("这台电脑上没有备份。插上备份用的 U 盘，点下面“选 U 盘里的备份”。"),
        )  # fmt: skip
        self._other = KeyButton(self.tr("选 U 盘里的备份…"), icon_name="usb", small=True)
        self._other.setObjectName("rescue_other")
        self._other.clicked.connect(self._choose)
        card.body.addWidget(self.here)
        card.body.addWidget(self.back)
        card.body.addWidget(self.table, 1)
        row = QHBoxLayout()
        row.addWidget(self._other)
        row.addStretch(1)
        card.body.addLayout(row)
        note = self.tr("退回不会删东西：现在的库（坏的也算）另存着。备份旁边要有同名的清单和钥匙文件。")
        card.body.addWidget(text_label(note, role="caption", wrap=True))
        for button in (self.here, self.back):
            button.toggled.connect(self._say_missing)
        self.table.chosen.connect(self._on_chosen)
        return card

    def _sheet_card(self) -> Card:
        card = Card(self.tr("照着纸敲"))
        self.groups = GroupFields()
        self.groups.changed.connect(self._say_missing)
        card.body.addWidget(self.groups)
        self._said = text_label(role="warning", name="rescue_said", wrap=True)
        card.body.addWidget(self._said)
        self.go = KeyButton(self.tr("打开"), kind=Kind.PRIMARY, tall=True)
        self.go.setObjectName("rescue_go")
        self.go.clicked.connect(self._go)
        card.body.addWidget(self.go)
        card.body.addStretch(1)
        words = self.tr("打开以后这台电脑有自己的本机钥匙。用过的恢复单请换一张新的，旧的当面撕掉。")
        card.body.addWidget(text_label(words, role="caption", wrap=True))
        self._say_missing()
        return card

    # --- what is shown --------------------------------------------------------------------------------------

    def _on_found(self, found: Found) -> None:
        self._backups = {each.path: each for each in found.backups}
        self._show_backups()
        self.here.setVisible(found.database)
        self.here.setChecked(found.database)  # last: a row that is chosen chooses going back
        self._say_missing()
        self.groups.focus_next()

    def _show_backups(self) -> None:
        now = self._clock.now()
        ordered = sorted(self._backups.values(), key=lambda each: each.manifest.made_at, reverse=True)
        rows = []
        for each in ordered:
            when, day = when_words(each.manifest.made_at, now)
            good = each.manifest.good
            checked = tr("{} 项都对").format(len(each.manifest.checks)) if good else tr("对不上")
            rows.append(
                Row(
                    each.path,
                    (
                        Cell(when, day, strong=True, struck=not good),
                        Cell(each.manifest.reason.label, size_words(each.manifest.size), token="ink"),
                        Cell(checked),
                    ),
                )
            )
        self.table.show_rows(rows)
        if self.table.key is None and rows:
            self.table.choose(
                next((r.key for r, b in zip(rows, ordered, strict=True) if b.manifest.good), rows[0].key)
            )

    def _say_missing(self) -> None:
        left = len(self.groups.fields) - self.groups.done
        if self.back.isChecked() and self.table.key is None:
            missing = self.tr("还差一份备份")
        else:
            missing = self.tr("还差 {} 组").format(left) if left else ""
        self.go.setText(self.tr("打开") if self.here.isChecked() else self.tr("退回，打开"))
        self.go.set_missing(missing)

    def _on_chosen(self, _key: object) -> None:
        self.back.setChecked(True)
        self._say_missing()

    def _choose(self) -> None:
        ask_open(self, self.tr("选一份备份"), self.tr("备份 (*.cdbackup)"), self.take_backup)

    def take_backup(self, path: str | Path) -> None:
        """A backup from elsewhere."""
        chosen = Path(path)

        def done(backup: Backup) -> None:
            self._said.setText("")
            self._backups[backup.path] = backup
            self._show_backups()
            self.table.choose(backup.path)
            self._on_chosen(backup.path)

        self._runner.run(self, lambda _tell, _stopped: read_backup(chosen), done, self._failed, label="")

    # --- doing ----------------------------------------------------------------------------------------------

    def _go(self) -> None:
        if self.go.missing:
            return
        data, clock, held, typed = self._data, self._clock, self._held, self.groups.text
        key, here = self.table.key, self.here.isChecked()
        self.go.set_missing(self.tr("正在打开"))
        self._said.setText("")

        def job(_tell: object, _stopped: object) -> None:
            if here:
                open_by_sheet(data, clock, typed)
            elif isinstance(key, Path):
                restore_by_sheet(data, clock, key, typed, held)

        def done(_value: None) -> None:
            self.groups.start(None)
            self.opened.emit()

        self._runner.run(self, job, done, self._refused, label=self.tr("用恢复单打开"))

    def _refused(self, exc: Exception) -> None:
        sentence = tell(exc).text
        self.groups.refuse(sentence)
        self._failed(exc)
        self._say_missing()

    def _failed(self, exc: Exception) -> None:
        self._said.setText(tell(exc).text)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes on in the order one reads."""
        return tab_on(self, forward)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The paper under the cards."""
        painter = begin(self)
        painter.fillRect(self.rect(), theme().colour("paper"))
        painter.end()
