"""Recording looks from the keyboard: shown at once, written one after the other, taken back by Ctrl Z."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from centerdesk.features.checkins.commands import RecordLook
from centerdesk.features.checkins.commands_alarm import AdvanceAlarm
from centerdesk.features.checkins.queries import RoundRow
from centerdesk.features.checkins.rules import HELP, NOT_OK, OK, PAUSED, TROUBLE
from centerdesk.features.checkins.rules_ladder import Act
from centerdesk.features.checkins.ui.words import door_words, state_word
from centerdesk.qtkit import notify

if TYPE_CHECKING:
    from centerdesk.features.checkins.ui.pages import RoundPage


class Ticking:
    """打勾. Never asks. The window changes before the write lane has answered, and back if it refuses."""

    def __init__(self, page: RoundPage) -> None:
        self._page = page

    def look(self, state: str) -> None:
        """Record what was seen at the home in hand and go on to the next one that waits."""
        page = self._page
        row = page.walk.row()
        if row is None:
            return
        if page.walk.jumped:
            page.walk.jumped = False
            page.toast(f"名单刚变了，现在是 {row.door}。看清了再按一次。")
            return
        if row.state == PAUSED:
            page.toast(f"{row.door} 在暂停，看了不算。人回来了，请先按 P 结束暂停。")
            return
        check_id = row.check_id
        again = state in TROUBLE and self._at_recheck(row)
        page.walk.tick(check_id, state, page.host.clock.now())
        page.show_tick(check_id)
        page.walk.on()
        page.show_now()

        def done(alarm_id: UUID | None) -> None:
            page.walk.written(check_id, page.next_reading)
            self._say(row, state, alarm_id)
            if again and alarm_id is not None:
                page.runner.execute(page, AdvanceAlarm(alarm_id, Act.STILL_SHUT))

        def failed(exc: Exception) -> None:
            page.walk.refused(check_id)
            page.walk.go(check_id)
            page.show_now()
            page.doing.refuse(exc)

        page.runner.execute(page, RecordLook(check_id, state), done, failed)

    def _at_recheck(self, row: RoundRow) -> bool:
        """Whether the alarm of this window waits for the look on the way back."""
        desk = self._page.walk.desk
        alarms = desk.alarms if desk else ()
        return any(a.check_id == row.check_id and a.ladder.step.step == "recheck" for a in alarms)

    def _say(self, row: RoundRow, state: str, alarm_id: UUID | None) -> None:
        page = self._page
        word = state_word(state, page.walk.slot)
        undo = page.doing.way_back(row.check_id)
        if state in (NOT_OK, HELP) and alarm_id is not None and undo is None:
            where = door_words(row.building, row.unit, row.room, row.door)
            notify.announce(page, f"报警：{where}，{word}", assertive=True)
            page.toast(f"{row.door} 已记成{word}，报警发出了。")
        elif state == OK and alarm_id is not None and page.alarm_stands(alarm_id):
            page.toast(f"{row.door} 已记成{word}。报警还没结：见到或听到本人再结。", undo)
        else:
            page.toast(f"{row.door} 已记成{word}", undo)
