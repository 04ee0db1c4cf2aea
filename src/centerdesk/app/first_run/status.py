"""The status bar of the set-up: which station, who, what is safe by now; large type and contrast."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QWidget

from centerdesk.app.first_run.state import Progress
from centerdesk.app.login.look_switch import LookSwitch, quiet
from centerdesk.kernel.clock import local
from centerdesk.qtkit.painted.status_bar import StatusBar, StatusTone


class SetUpStatus(StatusBar):
    """状态栏. `look` is the switch for large type and contrast."""

    def __init__(self, page: QWidget) -> None:
        super().__init__()
        for name, icon_name in (("station", "building"), ("person", "person")):
            quiet(self.add_item(name, icon_name))
        for name, icon_name in (("encryption", "lock"), ("backup", "save")):
            quiet(self.add_item(name, icon_name, right=True))
        self.look = LookSwitch(self, page)
        quiet(self.add_item("clock", "clock", right=True))

    def tell(self, progress: Progress, now: datetime) -> None:
        """What stands by now."""
        self.show_fact("station", progress.name or self.tr("还没有站"))
        who = progress.holder("administrator")
        self.show_fact("person", self.tr("{} · 管理员").format(who.name) if who else self.tr("第一次设置"))
        stands = bool(progress.name)
        self.show_fact("encryption", self.tr("数据已加密") if stands else "")
        made = progress.backup_at
        places = self.tr("两处") if progress.second_good else self.tr("本机")
        told = self.tr("试备 {} 成功 · {}").format(f"{local(made):%H:%M}", places) if made else ""
        self.show_fact("backup", told, StatusTone.PLAIN)
        self.show_fact("clock", f"{local(now):%H:%M}")
