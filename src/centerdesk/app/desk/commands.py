"""What the window itself can do: pages, undo, look, backup, lock, help. Registered like any other action."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from centerdesk.app.backups import back_up, watch_through
from centerdesk.app.desk.memory import SUN, LookChoice
from centerdesk.kernel.backup import BackupResult
from centerdesk.kernel.backupfile import Reason
from centerdesk.kernel.manifest import Entry, load
from centerdesk.kernel.undo import Step, UndoOperation, next_redo, next_undo
from centerdesk.qtkit import notify
from centerdesk.qtkit.actions import DeskAction

if TYPE_CHECKING:
    from centerdesk.app.desk.host import DeskHost
    from centerdesk.app.desk.window import DeskWindow

GO, EDIT, LOOK, DESK = "去哪儿", "做和撤", "外观", "服务台"
TABLES = "名单和表"
_TABLE_KEYS = (
    ("Ctrl C", "复制选中的几行，打码的"), ("Ctrl A", "筛出来的全选"), ("空格", "打勾"), ("Enter", "打开这一行"),
    ("Home", "第一行"), ("End", "最后一行"), ("Esc", "清掉、退回"),
)  # fmt: skip
"""Keys that every table hears itself."""
_THEMES = (
    ("light", "外观：浅色"),
    ("dark", "外观：深色"),
    ("contrast", "外观：高对比"),
    (SUN, "外观：跟着太阳"),
)


def _call(target: Entry, host: DeskHost, *record: object) -> None:
    load(target)(host, *record)


class DeskCommands(QObject):
    """窗口的动作. Owned by the window; every handler runs on the GUI thread and returns at once."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        self._window = window
        window.registry.tell_keys(TABLES, _TABLE_KEYS)

    def actions(self) -> Iterator[DeskAction]:
        """All of them, in the order of the key sheet."""
        for entry in self._window.pages.entries:
            yield DeskAction(
                f"go.{entry.id}", entry.title, partial(self._window.go, entry.id), entry.permission,
                entry.shortcut, group=GO, icon=entry.icon,
            )  # fmt: skip
        yield from self._features()
        yield from self._working()
        yield from self._looks()

    def _features(self) -> Iterator[DeskAction]:
        """What the manifests offer beside their pages; the code behind an act is loaded when it is wanted."""
        host = self._window.host
        for feature in host.manifests.features:
            for act in feature.actions:
                yield DeskAction(
                    act.id, act.title, partial(_call, act.target, host), act.permission, act.shortcut,
                    on=act.on, group=feature.title, icon=act.icon,
                )  # fmt: skip

    def _working(self) -> Iterator[DeskAction]:
        w = self._window
        rows: tuple[tuple[str, str, Callable[[], None], str, str, str], ...] = (
            ("desk.search", "找人、门牌、命令", w.open_palette, "Ctrl+K", "search", GO),
            ("desk.undo", "撤销", self.undo, "Ctrl+Z", "undo", EDIT),
            ("desk.redo", "恢复刚撤的", self.redo, "Ctrl+Y", "redo", EDIT),
            ("desk.refresh", "刷新这一页", w.refresh_page, "F5", "refresh", EDIT),
            ("desk.panes", "下一块", w.next_pane, "F6", "window_multiple", GO),
            ("desk.help", "这一页怎么用", w.show_help, "F1", "question_circle", DESK),
            ("desk.keys", "所有按键", w.show_keys, "Ctrl+/", "keyboard", DESK),
            ("desk.lock", "锁屏", w.lock, "Ctrl+L", "lock", DESK),
            ("desk.sign_out", "换人登录", w.sign_out, "", "sign_out", DESK),
        )
        for action_id, text, handler, key, icon, group in rows:
            yield DeskAction(action_id, text, handler, "", key, group=group, icon=icon)
        yield DeskAction(
            "desk.backup", "现在备份", self.back_up, "backup.now", "Ctrl+B", group=DESK, icon="save"
        )

    def _looks(self) -> Iterator[DeskAction]:
        zooms = (
            ("desk.zoom_in", "放大", 10, "Ctrl++", "zoom_in"),
            ("desk.zoom_out", "缩小", -10, "Ctrl+-", "zoom_out"),
            ("desk.zoom_reset", "原来大小", 0, "Ctrl+Alt+0", "text_size"),
        )
        for action_id, text, step, key, icon in zooms:
            yield DeskAction(action_id, text, partial(self.zoom, step), shortcut=key, group=LOOK, icon=icon)
        for name, text in _THEMES:
            yield DeskAction(f"desk.look_{name}", text, partial(self.theme, name), group=LOOK, icon="theme")
        yield DeskAction("desk.large", "长者大字（再按还原）", self.large, group=LOOK, icon="accessibility")

    # --- undo -----------------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Ctrl Z: the toast's own undo while one stands, else the newest act of today in the journal."""
        if not notify.take_back_newest(self._window):
            self._find(next_undo, self._undo)

    def redo(self) -> None:
        self._find(next_redo, self._redo)

    def _find(self, look: Callable[..., Step | None], found: Callable[[Step | None], None]) -> None:
        actor, clock = self._window.actor(), self._window.host.clock
        self._window.runner.query(self._window, lambda s: look(s, actor, clock), found)

    def _undo(self, step: Step | None) -> None:
        self._take(step, self.tr("今天没有能撤的了。"), self.tr("撤掉了：{}"))

    def _redo(self, step: Step | None) -> None:
        self._take(step, self.tr("没有刚撤掉的可以恢复。"), self.tr("又做上了：{}"))

    def _take(self, step: Step | None, nothing: str, done: str) -> None:
        if step is None:
            notify.toast(self._window, nothing)
            return
        text = done.format(step.label)
        window = self._window

        def told(_value: None) -> None:
            notify.toast(window, text)

        window.runner.execute(window, UndoOperation(step.op_id), told)

    # --- look -----------------------------------------------------------------------------------------------

    def zoom(self, step: int) -> None:
        """Ten percent more or less; 0 puts 100 % back."""
        self._wear(self._window.memory.look.zoomed(step))

    def theme(self, name: str) -> None:
        self._wear(replace(self._window.memory.look, theme=name))

    def large(self) -> None:
        look = self._window.memory.look
        self._wear(replace(look, large=not look.large))

    def _wear(self, look: LookChoice) -> None:
        self._window.desk.change_look(look)

    # --- backup ---------------------------------------------------------------------------------------------

    def back_up(self) -> None:
        """A verified backup now, on the slow lane."""
        station, window = self._window.desk.station, self._window

        def make(progress: Callable[[int, int], None], cancelled: Callable[[], bool]) -> BackupResult:
            return back_up(station, Reason.MANUAL, watch_through(progress, cancelled))

        window.runner.run(window, make, self._backed_up, label=self.tr("正在备份"))

    def _backed_up(self, result: BackupResult) -> None:
        second = result.second
        if second is not None and second.path is None:
            notify.report(self._window, self.tr("本机备好了，第二处没有"), second.problem)
        else:
            notify.toast(self._window, self.tr("备份好了，已经读回来核对过。"))
        self._window.pulses.look_after()
