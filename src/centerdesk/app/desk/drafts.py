"""Forms that were not saved: kept sealed while somebody types, offered back at the next sign-in (RELIABILITY G37)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Qt, Signal

from centerdesk.app.settings.resuming import KINDS
from centerdesk.kernel.clock import local, today
from centerdesk.kernel.drafts import DraftName, DraftStore, KeptDraft
from centerdesk.kernel.errors import EnvironmentFault
from centerdesk.kernel.manifest import DraftKind, load
from centerdesk.qtkit.drafts import TypedDraft, draft_hub
from centerdesk.qtkit.notify import Notice

if TYPE_CHECKING:
    from centerdesk.app.desk.window import DeskWindow

_log = logging.getLogger(__name__)


class DraftKeeper(QObject):
    """草稿. For the person signed in at one window; files are touched on a thread of its own, in order.

    A disk that refuses costs the draft, never the form.
    """

    found = Signal(object)

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window)
        station = window.desk.station
        self._window = window
        self._account = window.actor().account_id
        self._store = DraftStore(station.data.drafts, station.ring, station.clock)
        self._bus = station.bus
        self._thread = ThreadPoolExecutor(1, "drafts")
        self.looked = False
        self.found.connect(self._offer, Qt.ConnectionType.QueuedConnection)
        draft_hub().typed.connect(self._keep)
        draft_hub().settled.connect(self._drop)

    def start(self) -> None:
        """Look whether this person left anything."""
        self._thread.submit(self._look, self._account)

    def stop(self) -> None:
        """What is on its way is written; nothing is heard any more."""
        draft_hub().typed.disconnect(self._keep)
        draft_hub().settled.disconnect(self._drop)
        self._thread.shutdown(wait=True)

    def _look(self, account: UUID | None) -> None:
        try:
            kept = tuple(
                draft for draft in self._store.found(account) if not self._was_booked(account, draft)
            )
        except Exception as exc:  # noqa: BLE001 - a folder that cannot be read must not keep the desk from opening
            _log.warning("drafts were not read: %s", type(exc).__name__)
        else:
            self.found.emit(kept)

    def _was_booked(self, account: UUID | None, draft: KeptDraft) -> bool:
        """Whether it was saved after all and only the answer never came; then it is forgotten (G24)."""
        try:
            if draft.key is None or self._bus.known(draft.key) is None:
                return False
        except EnvironmentFault:  # nobody can be asked now: better offered once too often
            return False
        self._store.drop(account, draft.name)
        return True

    def _keep(self, typed: TypedDraft) -> None:
        self._later(self._store.keep, self._account, typed.name, typed.values, typed.key)

    def _drop(self, name: DraftName) -> None:
        self._later(self._store.drop, self._account, name)

    def _later(self, act: Callable[..., None], *arguments: object) -> None:
        self._thread.submit(_quietly, act, *arguments)

    # --- offering -------------------------------------------------------------------------------------------

    def _offer(self, kept: tuple[KeptDraft, ...]) -> None:
        self.looked = True
        kinds = self._kinds()
        may = self._window.actor().may
        known = [d for d in kept if d.name.kind in kinds and may(kinds[d.name.kind].permission)]
        if not known:
            return
        day = today(self._window.host.clock)

        def words(draft: KeptDraft) -> str:
            at = local(draft.at)
            when = f"{at:%H:%M}" if at.date() == day else f"{at:%m-%d %H:%M}"
            new = "" if draft.name.record else self.tr("新的")
            return f"{new}{kinds[draft.name.kind].title} · {when}"

        one = len(known) == 1
        title = self.tr("上次有一份没记下") if one else self.tr("上次有 {} 份没记下").format(len(known))
        text = "\n".join((*map(words, known), self.tr("填的都在，加密存在这台电脑里，只问您一个人。")))
        sheet = Notice(self._window, title, text, "drafts")
        go_on = self.tr("接着填") if one else self.tr("接着填最近的")
        sheet.offer(go_on, "drafts_go_on", partial(self._resume, known[0]), kind="primary")
        drop = self.tr("不要了") if one else self.tr("都不要了")
        sheet.offer(drop, "drafts_drop", partial(self._drop_all, known))
        sheet.offer(self.tr("先放着"), "drafts_later", lambda: None)
        sheet.open_sheet(0)

    def _kinds(self) -> dict[str, DraftKind]:
        return {**self._window.host.manifests.drafts(), **{kind.id: kind for kind in KINDS}}

    def _resume(self, draft: KeptDraft) -> None:
        kind = self._kinds()[draft.name.kind]
        load(kind.target)(self._window.host, draft.name.record, draft.values)

    def _drop_all(self, kept: list[KeptDraft]) -> None:
        for draft in kept:
            self._drop(draft.name)


def _quietly(act: Callable[..., None], *arguments: object) -> None:
    try:
        act(*arguments)
    except (EnvironmentFault, OSError) as exc:  # full disk, folder read-only: the form itself still stands
        _log.warning("a draft was not written: %s", type(exc).__name__)
