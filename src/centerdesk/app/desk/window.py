"""The desk's window: rail, head, pages, status bar. It knows no feature: everything comes from manifests."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from centerdesk.app.desk.actions import DeskActions
from centerdesk.app.desk.broken_page import BrokenPage
from centerdesk.app.desk.commands import DeskCommands
from centerdesk.app.desk.drafts import DraftKeeper
from centerdesk.app.desk.host import DeskHost
from centerdesk.app.desk.memory import PersonMemory
from centerdesk.app.desk.page_frame import PageFrame
from centerdesk.app.desk.pages import TODAY, ShellPages
from centerdesk.app.desk.session import PROGRAM, SMALLEST, DeskSession
from centerdesk.app.desk.status import PulseTaker, StatusLine
from centerdesk.app.lock.lock import DeskGuard
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.manifest import PageEntry, load
from centerdesk.qtkit import notify
from centerdesk.qtkit.act_bar import ActBar
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.page import Errand, Page
from centerdesk.qtkit.painted.nav_rail import LOW_BELOW, NavRail
from centerdesk.qtkit.painted.status_bar import StatusBar
from centerdesk.qtkit.runner import Runner
from centerdesk.qtkit.tab_order import tab_on

if TYPE_CHECKING:
    from centerdesk.app.desk.help_panel import HelpPanel

NARROW_BELOW = 1320
"""A width at 100 %, px."""


class DeskWindow(QWidget):
    """主窗. The pages' host. Made for one signed-in person; `signed_out` when somebody else shall log in.

    `closing` asks whoever owns the window to end the program properly; the window itself stays until then.
    """

    signed_out = Signal()
    closing = Signal()
    restore_ordered = Signal(object)
    """A `restoring.Order` that two persons gave on the settings page."""

    def __init__(self, desk: DeskSession) -> None:
        super().__init__()
        self.desk = desk
        self.pages = ShellPages.of(desk.station.manifests)
        self.registry = DeskActions(self._may, self)
        self.host = DeskHost(desk, self.registry, self.go)
        self.memory: PersonMemory = self.host.columns
        self._frames: dict[str, PageFrame] = {}
        self._may_close = False
        self.setObjectName("desk_window")
        self.setProperty("ground", "paper")
        self.setWindowTitle(PROGRAM)
        self._build()
        self.pulses = PulseTaker(desk, self)
        self.guard = DeskGuard(self)
        self.drafts = DraftKeeper(self)
        self._connect()
        commands = DeskCommands(self)
        for action in commands.actions():
            self.registry.add(action)
        self.registry.bind_all(self)
        zoom_in = self.registry.q_action("desk.zoom_in", self)
        zoom_in.setShortcuts([QKeySequence("Ctrl++"), QKeySequence("Ctrl+=")])  # + is = without Shift
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._status.tick)

    def _build(self) -> None:
        self._rail = NavRail(self.pages.top, self.pages.foot)
        self._rail.set_allowed(self.pages.allowed(self.actor()))
        self._stack = QStackedWidget()
        self._stack.setObjectName("page_stack")
        self._stack.setMinimumSize(
            1, 1
        )  # a tall page gets less room; it never makes the window outgrow a screen
        self._bar = StatusBar()
        self._status = StatusLine(self._bar, self._rail, self.desk)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(ActBar(self.runner))
        middle.addWidget(self._stack, 1)
        self._upper = upper = QHBoxLayout()
        upper.setSpacing(0)
        upper.addWidget(self._rail)
        upper.addLayout(middle, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(upper, 1)
        outer.addWidget(self._bar)

    @cached_property
    def help_panel(self) -> HelpPanel:
        """Made when help or keys are asked for the first time."""
        from centerdesk.app.desk.help_panel import HelpPanel

        panel = HelpPanel(self)
        self._upper.addWidget(panel)
        panel.stand(self._stack, self._upper)
        panel.set_over(self.narrow)
        return panel

    @property
    def _help(self) -> HelpPanel | None:
        """The panel, where it has been made."""
        return vars(self).get("help_panel")

    def _connect(self) -> None:
        self._rail.opened.connect(self.go)
        self._status.opened.connect(self.go)
        self._status.lock_wanted.connect(self.lock)
        self.pulses.taken.connect(self._status.show_pulse)
        self.pulses.taken.connect(self.guard.heed)
        self.pulses.safety_read.connect(self._status.show_safety)
        theme_hub().changed.connect(self._fit)

    # --- going ----------------------------------------------------------------------------------------------

    @property
    def runner(self) -> Runner:
        return self.desk.runner

    def actor(self) -> Actor:
        """Whoever is signed in."""
        return self.host.actor()

    def _may(self, permission: str) -> bool:
        return self.desk.actor is not None and self.desk.actor.may(permission)

    def go(self, page_id: str, row_id: Hashable | None = None) -> None:
        """Open a page, and the record there; the page on show may ask first."""
        arrive = partial(self._arrive, page_id, row_id)
        here = self.frame
        if here is None or here.page_id == page_id:
            arrive()
        else:
            here.page.can_leave(arrive)

    # --- pages ----------------------------------------------------------------------------------------------

    @property
    def frame(self) -> PageFrame | None:
        """The page on show, with its head."""
        here = self._stack.currentWidget()
        return here if isinstance(here, PageFrame) else None

    def open_first(self) -> None:
        """今日, and begin to watch."""
        self.go(TODAY.id)
        self.pulses.start()
        self.guard.start()
        self.drafts.start()
        self._second.start()

    def _arrive(self, page_id: str, row_id: Hashable | None = None) -> None:
        entry = self.pages.find(page_id)
        if not self._may(entry.permission):
            self._refuse(page_id)
            return
        self.registry.enter(page_id)
        frame = self._frames.get(page_id) or self._make(entry)
        self._stack.setCurrentWidget(frame)
        self._rail.set_current(page_id)
        self.restore_title()
        frame.set_narrow(self.narrow)
        if self._help is not None:
            self._help.show_page(frame.page.help_id)
        if isinstance(row_id, Errand):
            row_id.do(frame.page)
        elif row_id is not None:
            frame.page.focus_record(row_id)
        elif not frame.page.isAncestorOf(QApplication.focusWidget() or self):
            frame.page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refuse(self, page_id: str) -> None:
        notify.toast(self, self.tr("您的身份没有“{}”这一页。").format(self.pages.find(page_id).title))

    def _make(self, entry: PageEntry) -> PageFrame:
        try:
            page: Page = load(entry.target)(self.host)
        except Exception as exc:  # noqa: BLE001 - one page that cannot be made must not take the desk with it
            page = BrokenPage(self.host, entry, self.desk.report(exc))
        ordered = getattr(page, "restore_ordered", None)
        if isinstance(ordered, SignalInstance):
            ordered.connect(self.restore_ordered)
        frame = PageFrame(entry.id, page, self.registry)
        frame.search_wanted.connect(self.open_palette)
        page.facts_changed.connect(self._help_along)
        self._frames[entry.id] = frame
        self._stack.addWidget(frame)
        for action_id in self.registry.of_page(entry.id):
            action = self.registry.get(action_id)
            if action is not None and not action.on:
                self.registry.q_action(action_id, page)  # heard only while the page is seen
        return frame

    def rights_changed(self) -> None:
        """The rail offers what the person may now; a page that is closed to them by now gives way to 今日."""
        self._rail.set_allowed(self.pages.allowed(self.actor()))
        self.registry.bind_all(self)
        self._status.show_person(self.actor())
        for frame in self._frames.values():
            frame.page.mark_dirty()
        if self.frame is not None and not self._may(self.pages.find(self.frame.page_id).permission):
            self._refuse(self.frame.page_id)
            self._arrive(TODAY.id)

    def restore_title(self) -> None:
        """页名 — 窗明 · 党群服务台; never a person's name."""
        title = self.pages.find(self.frame.page_id).title if self.frame else ""
        self.setWindowTitle(f"{title} — {PROGRAM}" if title else PROGRAM)

    def refresh_page(self) -> None:
        if self.frame is not None:
            self.frame.page.mark_dirty()
        self.pulses.take()

    def next_pane(self) -> None:
        """F6: rail, head, the panes of the page, and round again."""
        frame = self.frame
        if frame is None:
            return
        known = {item.id for item in (*self.pages.top, *self.pages.foot)}
        panes: list[QWidget] = [self._rail.entry(frame.page_id)] if frame.page_id in known else []
        inside = frame.page.parts.panes() if frame.page.parts is not None else [frame.page]
        panes += [frame.head.search, *inside]
        focus = QApplication.focusWidget()
        here = next((n for n, p in enumerate(panes) if focus and (p is focus or p.isAncestorOf(focus))), -1)
        target = panes[(here + 1) % len(panes)]
        if frame.page.parts is not None and target in inside:
            frame.page.parts.focus(target)
            return
        target.setFocus(Qt.FocusReason.TabFocusReason)
        if not target.hasFocus():
            target.focusNextChild()

    # --- palette, help, lock --------------------------------------------------------------------------------

    def open_palette(self, text: str = "") -> None:
        from centerdesk.app.palette.panel import Palette  # a start opens none

        Palette.over(self, text)

    def show_help(self) -> None:
        """F1 opens the page's help, and closes it again."""
        self.help_panel.toggle_page(self.frame.page.help_id if self.frame else TODAY.id)

    def _help_along(self) -> None:
        """Another part of the page came on show."""
        if self._help is not None and self.frame is not None and self.sender() is self.frame.page:
            self._help.show_page(self.frame.page.help_id)

    def show_keys(self) -> None:
        """Ctrl+/: the keys of every page, also of those nobody has opened yet."""
        self.help_panel.toggle_keys(self.registry.key_sheet())
        QTimer.singleShot(0, self, self._make_next)

    def _make_next(self) -> None:
        """One more page for the sheet of keys, a turn of the event loop each: a page takes as long as opening it."""
        todo = [e for e in self.pages.entries if e.id not in self._frames and self.actor().may(e.permission)]
        if not (todo and self._help is not None and self._help.shows_keys):
            return
        here = self.registry.scope
        self.registry.enter(todo[0].id)
        self._make(todo[0])
        self.registry.enter(here)
        self._help.update_keys(self.registry.key_sheet())
        QTimer.singleShot(0, self, self._make_next)

    def lock(self) -> None:
        self.guard.lock()

    def sign_out(self) -> None:
        """Somebody else wants the desk; the page on show may ask first."""
        self._after_page(self.signed_out.emit)

    def _after_page(self, act: Callable[[], None]) -> None:
        if self.frame is None:
            act()
        else:
            self.frame.page.can_leave(act)

    # --- room -----------------------------------------------------------------------------------------------

    @property
    def narrow(self) -> bool:
        return self.width() * 100 / theme().zoom < NARROW_BELOW

    def _fit(self) -> None:
        """Follow the rules for narrow and low windows; zoom takes room away like a smaller window."""
        low = self.height() * 100 / theme().zoom < LOW_BELOW
        self._rail.set_low(low)
        if self._help is not None:
            self._help.set_over(self.narrow)
        self._status.set_narrow(self.narrow)
        if self.frame is not None:
            self.frame.set_narrow(self.narrow)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes on in the order one reads."""
        return tab_on(self, forward)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def restore_place(self) -> None:
        """Size and place as left, on the nearest screen; the usual size the first time."""
        screen = QGuiApplication.primaryScreen()
        room = screen.availableSize() if screen else SMALLEST
        self.setMinimumSize(SMALLEST.boundedTo(room))
        kept = self.desk.memory.get("window")
        if not (isinstance(kept, str) and self.restoreGeometry(QByteArray.fromBase64(kept.encode()))):
            self.resize(QSize(1440, 900).boundedTo(room))

    def keep_place(self) -> None:
        geometry = self.saveGeometry().toBase64().data()
        self.desk.memory.put(bytes(geometry).decode("ascii"), "window")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.guard.touched()

    # --- the end --------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing is asked for; the owner makes the backup and then calls `leave`."""
        if self._may_close:
            super().closeEvent(event)
            return
        event.ignore()
        self.keep_place()
        self._after_page(self.closing.emit)

    def leave(self) -> None:
        """Stop watching and go."""
        self._second.stop()
        self.pulses.stop()
        self.guard.stop()
        self.drafts.stop()
        self._may_close = True
        self.close()
        self.deleteLater()
