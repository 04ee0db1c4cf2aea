"""The login page (登录): what time it is and what comes next, who is at the desk, and that the round is guarded."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QPaintEvent, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSpacerItem, QVBoxLayout, QWidget

from centerdesk.app.bootstrap import OpenStation
from centerdesk.app.login.band import LoginBand
from centerdesk.app.login.clock import ClockFace
from centerdesk.app.login.facts import DeskUser, LoginView, backup_item, date_line, read_login
from centerdesk.app.login.look_switch import LookSwitch, quiet
from centerdesk.app.login.panels import CardPanel, NewPasswordPanel, SignInPanel, sentence_of
from centerdesk.app.login.scene import scene
from centerdesk.app.pulse import Safety, read_safety
from centerdesk.features.staff import api as staff
from centerdesk.kernel.clock import local
from centerdesk.kernel.identity import Actor
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.painted.base import begin
from centerdesk.qtkit.painted.card import Card
from centerdesk.qtkit.painted.mark import Mark
from centerdesk.qtkit.painted.sky import Sky
from centerdesk.qtkit.painted.status_bar import StatusBar
from centerdesk.qtkit.room import Room
from centerdesk.qtkit.runner import Runner
from centerdesk.qtkit.tab_order import tab_on

if TYPE_CHECKING:
    from centerdesk.app.login.by_sheet import BySheet
    from centerdesk.app.login.recovery import RecoveryPanel

READ_EVERY_MS = 30_000
TIGHT_BELOW = 880
"""Less room across than this, in px at 100 %: the words go above the card."""


class LoginPage(QWidget):
    """登录页. Emits `signed_in(Actor)` when somebody is at the desk; `station.actor` is set by then. GUI thread.

    Passwords and the recovery sheet are checked on the slow lane. `start` makes it ready for the next person.
    """

    signed_in = Signal(object)

    def __init__(self, station: OpenStation, runner: Runner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("login_page")
        self.setAccessibleName(self.tr("登录"))
        self._station, self._runner = station, runner
        self._view: LoginView | None = None
        self._sky: Sky | None = None
        self._picture: QPixmap | None = None
        self._new: tuple[Actor, str] | None = None
        self._make()
        self._clock_timer = QTimer(self)
        self._clock_timer.setInterval(1000)
        self._clock_timer.timeout.connect(self.tick)
        self._read_timer = QTimer(self)
        self._read_timer.setInterval(READ_EVERY_MS)
        self._read_timer.timeout.connect(self.refresh)
        theme_hub().changed.connect(self._on_look)
        self.tick()

    # --- layout ---------------------------------------------------------------------------------------------

    def _make(self) -> None:
        self.clock = ClockFace()
        self._headline = text_label(role="headline", name="login_headline", wrap=True)
        self.band = LoginBand()
        self.sign_in = SignInPanel()
        self._card = Card()
        self._card.setObjectName("login_card")
        self._card.body.addWidget(self.sign_in)
        self._panels: list[CardPanel] = [self.sign_in]
        self.status = StatusBar()
        for name, icon_name in (("station", "building"), ("person", "person")):
            quiet(self.status.add_item(name, icon_name))
        for name, icon_name in (("encryption", "lock"), ("keyboard", "keyboard")):
            quiet(self.status.add_item(name, icon_name, right=True))
        self.look = LookSwitch(self.status, self)
        quiet(self.status.add_item("clock", "clock", right=True))
        left = QVBoxLayout()
        left.addLayout(self._brand())
        left.addStretch(1)
        self._airs = (QSpacerItem(0, 0), QSpacerItem(0, 0))
        left.addItem(self._airs[0])
        left.addWidget(self.clock)
        left.addItem(self._airs[1])
        left.addWidget(self._headline)
        left.addStretch(7)
        right = QVBoxLayout()
        beside = QHBoxLayout()  # else its lines are counted at the width of the page
        beside.addWidget(self._card)
        beside.addStretch(1)
        right.addLayout(beside)
        right.addStretch(1)
        self._top = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._top.addLayout(left, 1)
        self._top.addLayout(right)
        inside = QWidget()
        self._inner = QVBoxLayout(inside)
        self._inner.addLayout(self._top, 1)
        self._inner.addWidget(self.band)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._room = Room(inside)
        outer.addWidget(self._room, 1)
        outer.addWidget(self.status)
        self.sign_in.submitted.connect(self._on_submitted)
        self.sign_in.recovery_wanted.connect(self._on_recovery)
        self._measure()

    @cached_property
    def new_password(self) -> NewPasswordPanel:
        """The face for a password of one's own; made when somebody needs it, as is the next one."""
        panel = NewPasswordPanel()
        self._add_panel(panel)
        panel.submitted.connect(self._on_new_password)
        panel.back_wanted.connect(self.start)
        return panel

    @property
    def recovery(self) -> RecoveryPanel:
        """The face that gets in by the recovery sheet."""
        return self._by_sheet.panel

    @cached_property
    def _by_sheet(self) -> BySheet:
        from centerdesk.app.login.by_sheet import BySheet  # hardly anybody ever asks for it

        made = BySheet(self._station, self._runner, self._administrators, self)
        self._add_panel(made.panel)
        made.panel.back_wanted.connect(self.start)
        made.entered.connect(self._by_sheet_entered)
        return made

    def _add_panel(self, panel: CardPanel) -> None:
        panel.hide()
        self._card.body.addWidget(panel)
        self._panels.append(panel)

    def _brand(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme().px(15))
        row.addWidget(Mark())
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(text_label(self._station.station.center, role="record-name", name="login_station"))
        words.addWidget(text_label(self.tr("窗明 · 党群服务台"), role="secondary"))
        row.addLayout(words)
        row.addStretch(1)
        return row

    def _measure(self) -> None:
        """Words beside the card; above it, and without the large clock, where there is no room for both."""
        look, across = theme(), self.width()
        low, tight = self.height() < look.scale(800), across < look.scale(TIGHT_BELOW)
        narrow = across < look.scale(1320)
        way = QBoxLayout.Direction.TopToBottom if tight else QBoxLayout.Direction.LeftToRight
        self._top.setDirection(way)
        self.clock.setHidden(tight)
        for air, high in zip(self._airs, (16, 8), strict=True):
            air.changeSize(0, 0 if tight else look.px(high))
        side = look.px(20 if tight else 48 if narrow else 96)
        self._inner.setContentsMargins(side, look.px(20 if low else 64), side, look.px(12 if low else 22))
        self._inner.setSpacing(look.px(12))
        self.band.set_width(across - 2 * side)
        self.sign_in.set_low(low and (look.large or look.zoom > 100))
        pad = look.px(20 if low else 28)
        self._card.body.setContentsMargins(pad, look.px(14 if low else 22), pad, look.px(12 if low else 18))
        wanted = look.px(436 if not look.large else 520)
        self._card.setFixedWidth(min(wanted, max(1, across - 2 * side - look.px(20))))
        self._room.measure_anew()

    # --- what is shown --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Ready for anybody: the first face, nothing left of the last person."""
        self._new = None
        for panel in self._panels:
            panel.clear()
        self._show_panel(self.sign_in)
        if self._view is not None:
            self.sign_in.set_people(self._view.users, self._view.administrators)
        self.sign_in.focus()

    def _show_panel(self, panel: QWidget) -> None:
        for each in self._panels:
            each.setVisible(each is panel)

    def refresh(self) -> None:
        """Read again who used this desk and that the round is guarded."""
        station = self._station
        self._runner.query(self, lambda session: read_login(session, station), self._on_view, self._on_unread)
        self._runner.run(
            self,
            lambda _tell, _stopped: read_safety(station.data, station.station, station.ring),
            self._on_safety,
            self._on_unread,
            label="",
        )

    def _on_view(self, view: LoginView) -> None:
        first, self._view = self._view is None, view
        self._headline.setText(view.headline)
        self.band.watcher.show_item(view.watcher)
        self.band.windows.show_item(view.windows)
        self.band.sound.show_item(view.sound)
        self.sign_in.set_people(view.users, view.administrators)
        self._show_sky(view.sky)
        if first:
            self.sign_in.focus()

    def _on_safety(self, safety: Safety) -> None:
        self.band.backup.show_item(backup_item(safety, self._station.clock.now()))

    def _on_unread(self, exc: Exception) -> None:
        """What the band says is not worth an error over the page; the password still works."""
        self._headline.setText(tell(exc).text)
        self._show_sky(self._sky or Sky())

    def _show_sky(self, sky: Sky) -> None:
        if sky != self._sky:
            self._sky, self._picture = sky, None
            self.update()

    def tick(self) -> None:
        """Once a second: clock, countdown."""
        clock = self._station.clock
        wall = local(clock.now())
        self.clock.show_time(f"{wall:%H:%M}", date_line(clock))
        self.sign_in.tick(clock.now())
        site = self._station.station
        self.status.show_fact("station", site.center, short=site.name)
        self.status.show_fact("person", self.tr("没人登录"))
        self.status.show_fact("encryption", self.tr("数据已加密"))
        self.status.show_fact("keyboard", self.tr("大写") if self.sign_in.hint.caps else "")
        self.status.show_fact("clock", f"{wall:%H:%M}")

    # --- signing in -----------------------------------------------------------------------------------------

    def _on_submitted(self, login: str, password: str) -> None:
        self.sign_in.set_busy(True)
        station = self._station

        def job(_tell: object, _stopped: object) -> tuple[Actor, bool]:
            actor = station.authenticate(login, password)
            with station.database.read_session() as session:
                return actor, staff.must_change_password(session, actor.account_id or UUID(int=0))

        def done(answer: tuple[Actor, bool]) -> None:
            self.sign_in.set_busy(False)
            actor, must_change = answer
            if must_change:
                self._new = (actor, password)
                self._show_panel(self.new_password)
                self.new_password.first.setFocus()
            else:
                self._enter(actor)

        self._runner.run(self, job, done, self._on_refused, label=self.tr("登录"))

    def _on_refused(self, exc: Exception) -> None:
        self.sign_in.set_busy(False)
        wait = exc.wait if isinstance(exc, staff.SignInRefused) else None
        if wait is not None:
            self.sign_in.wait_until(self._station.clock.now() + wait, wait, str(exc))
            self.sign_in.tick(self._station.clock.now())
        else:
            self.sign_in.refuse(tell(exc).text)

    def _enter(self, actor: Actor) -> None:
        self._new = None
        self.sign_in.clear()
        self._station.actor = actor
        self.signed_in.emit(actor)

    def _on_new_password(self, password: str) -> None:
        if self._new is None:
            return
        actor, old = self._new
        bus = self._station.bus
        self.new_password.set_busy(True)

        def done(_value: object) -> None:
            self.new_password.set_busy(False)
            if self._new is None:  # back at the first face meanwhile: signing in is asked for anew
                return
            self.new_password.clear()
            self._show_panel(self.sign_in)
            self._enter(actor)

        def failed(exc: Exception) -> None:
            self.new_password.set_busy(False)
            self.new_password.refuse(sentence_of(exc))

        self._runner.run(
            self,
            lambda _tell, _stopped: staff.change_password(bus, old, password, actor=actor),
            done,
            failed,
            label=self.tr("改密码"),
        )

    # --- the recovery sheet ---------------------------------------------------------------------------------

    def _on_recovery(self) -> None:
        by_sheet = self._by_sheet
        by_sheet.begin(partial(self._show_panel, by_sheet.panel), self._on_refused)

    def _administrators(self) -> Sequence[DeskUser]:
        return self._view.administrators if self._view is not None else ()

    def _by_sheet_entered(self, actor: Actor) -> None:
        self._show_panel(self.sign_in)
        self._enter(actor)

    # --- events ---------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """The clock runs only while it is seen."""
        super().showEvent(event)
        self._clock_timer.start()
        self._read_timer.start()
        self.refresh()
        self.sign_in.focus()

    def hideEvent(self, event: QHideEvent) -> None:
        """No timer for a page that nobody sees."""
        super().hideEvent(event)
        self._clock_timer.stop()
        self._read_timer.stop()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes on in the order one reads."""
        return tab_on(self, forward)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._picture = None
        self._measure()

    def _on_look(self) -> None:
        self._picture = None
        self._measure()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The morning behind everything, once the hour's light is known; paper where the snow ends."""
        if self._sky is None:
            return
        high = self.height() - self.status.height()
        if self._picture is None:
            words = self._headline.mapTo(self, self._headline.rect().bottomLeft()).y() + theme().px(18)
            self._picture = scene(self.width(), high, self._sky, self.devicePixelRatioF(), below=words)
        painter = begin(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()
