"""Going back to the chosen backup: what it would undo, a look beside, the question, the other person's password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from centerdesk.app import restoring
from centerdesk.app.restoring import Loss
from centerdesk.app.settings.safety_restore import acts_words
from centerdesk.kernel.clock import local
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.soundness import CheckResult
from centerdesk.qtkit.errors import tell
from centerdesk.qtkit.notify import Answer, Question

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from centerdesk.app.settings.safety import SafetySection
    from centerdesk.app.settings.safety_data import BackupLine

    Found = tuple[tuple[Loss, ...], tuple[tuple[str, int], ...]]


class GoingBack(QObject):
    """退回. Two people order it; the page's `restore_ordered` hands the order on. GUI thread."""

    def __init__(self, section: SafetySection) -> None:
        super().__init__(section)
        self._section, self._page, self._card = section, section.page, section.restore
        section.table.chosen.connect(self.show_losses)
        self._card.look_wanted.connect(self._look)
        self._card.back_wanted.connect(self._ask)

    def show_losses(self, _key: object = None) -> None:
        """Read what going back to the chosen one would undo."""
        section, line = self._section, self._section.line()
        if line is None:
            return
        manifest = line.backup.manifest

        def read(session: Session) -> Found:
            return restoring.losses(session, manifest), restoring.acts_since(session, manifest)

        def done(found: Found) -> None:
            if section.line() is line:
                self._card.show_losses(line, found[0], section.now, found[1])

        section.read(read, done)

    def _look(self) -> None:
        line, station = self._section.line(), self._section.station
        if line is None or self._card.look.missing:
            return
        began = station.clock.monotonic()
        self._card.look.set_missing(self.tr("正在打开"))

        def done(checks: tuple[CheckResult, ...]) -> None:
            self._card.show_looked(checks, station.clock.monotonic() - began)

        def failed(exc: Exception) -> None:
            self._card.show_trouble(tell(exc).text)

        self._page.runner.run(
            self._section,
            lambda _tell, _stopped: tuple(restoring.look_beside(line.backup, station.ring, station.clock)),
            done,
            failed,
            label=self.tr("打开看看"),
        )

    def _ask(self) -> None:
        line = self._section.line()
        if line is None:
            return
        when = f"{local(line.made_at):%m-%d %H:%M}"
        question = Question(
            self.tr("退回到 {}？").format(when),
            self.tr("{}现在这份会另存着。退回时服务台要关一下，看护照旧。").format(self._lost()),
            (Answer(self.tr("退回到 {}").format(when), "back", urgent=True), Answer(self.tr("不退回"), "no")),
        )

        def answered(key: str) -> None:
            if key == "back":
                self._ask_second(line)

        self._page.ask(question, answered)

    def _lost(self) -> str:
        """What the two are about to undo, in one or two sentences."""
        less = [loss for loss in self._card.losses if loss.less > 0]
        words = self.tr("、").join(f"{loss.what} {loss.less:,} {loss.unit}" for loss in less)
        lost = self.tr("会少：{}。").format(words) if words else self.tr("什么也不少。")
        since = acts_words(self._card.acts)
        return self.tr("{}{}。").format(lost, since) if since else lost

    def _ask_second(self, line: BackupLine) -> None:
        actor = self._page.host.actor()
        other = "backup.approve" if actor.may("backup.restore") else "backup.restore"

        def given(second: Actor) -> None:
            self._page.restore_ordered.emit(restoring.order(line.backup.path, actor, second))

        why = self.tr("退回到 {:%m-%d %H:%M} 要两个人：管理员提，书记同意。").format(local(line.made_at))
        self._page.desk_host.second_person(self._section, other, why, given)
