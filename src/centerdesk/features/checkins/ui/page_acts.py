"""What the page puts into the registry: header buttons, palette, menus."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from centerdesk.features.checkins.commands import SignOffRound
from centerdesk.features.checkins.ui.board_pane import VIEWS
from centerdesk.features.checkins.ui.keys import SHEET
from centerdesk.kernel.identity import Reach
from centerdesk.qtkit.actions import DeskAction

if TYPE_CHECKING:
    from centerdesk.features.checkins.ui.pages import RoundPage

GROUP = "窗帘"


def register(page: RoundPage) -> None:
    """Add the acts of the page; the head shows the first two, the rest stands under 更多.

    Who lacks the right to enrol, pause or withdraw asks for it, under the same names.
    """
    page.host.actions.tell_keys(GROUP, SHEET)
    enrol_right, enrol_words = _asking(page, "checkins.enrol")
    leave_right, leave_words = _asking(page, "checkins.withdraw")
    acts = (
        DeskAction(
            "checkins.sign_off",
            "本轮签收",
            lambda: sign_off(page),
            "checkins.record",
            pinyin="benlunqianshou blqs",
            group=GROUP,
            icon="checkmark_circle",
            enabled=lambda: sign_off_missing(page) == "",
            why_not=lambda: sign_off_missing(page),
        ),
        DeskAction(
            "checkins.enrol",
            f"{enrol_words}登记一户",
            page.home_acts.enrol,
            enrol_right,
            "Ctrl+N",
            "dengjiyihu djyh",
            group=GROUP,
            icon="add",
        ),
        DeskAction(
            "checkins.back_entry",
            "除了这几户都开着",
            page.home_acts.back_entry,
            "checkins.record",
            pinyin="bulu dou kaizhe bl",
            group=GROUP,
            icon="task_list",
        ),
        DeskAction(
            "checkins.sheet",
            "路线单",
            page.sheets.print,
            "checkins.record",
            "Ctrl+P",
            "luxiandan lxd dayin",
            group=GROUP,
            icon="print",
        ),
        DeskAction(
            "checkins.pause",
            f"{enrol_words}暂停这一户",
            page.home_acts.pause,
            enrol_right,
            pinyin="zanting zt",
            group=GROUP,
            icon="pause",
        ),
        DeskAction(
            "checkins.withdraw",
            f"{leave_words}撤销登记",
            page.home_acts.withdraw,
            leave_right,
            pinyin="chexiaodengji cxdj",
            group=GROUP,
            icon="dismiss_circle",
        ),
    )
    for act in acts:
        page.host.actions.add(act)
    sign, enrol, back, sheet, pause, withdraw = acts
    page.set_actions(None, sheet, sign, back, enrol, pause, withdraw, *_views(page))


def _asking(page: RoundPage, right: str) -> tuple[str, str]:
    """The right an act is offered by, and what stands before its name."""
    return ("checkins.record", "提议") if page.home_acts.proposes(right) else (right, "")


def _views(page: RoundPage) -> list[DeskAction]:
    """楼面, 名单, 月历 by palette and menu: the only way where the board itself has no room."""

    def turning(view: str) -> Callable[[], None]:
        return lambda: page.turn_to(view)

    acts = [
        DeskAction(
            f"checkins.view_{view}",
            f"转到{words}",
            turning(view),
            "checkins.read",
            pinyin=pinyin,
            group=GROUP,
        )
        for (view, words), pinyin in zip(VIEWS, ("loumian lm", "mingdan md", "yueli yl"), strict=True)
    ]
    for act in acts:
        page.host.actions.add(act)
    return acts


def sign_off_missing(page: RoundPage) -> str:
    """Why the chosen route cannot be signed off now, "" when it can."""
    route, actor = page.walk.route, page.host.actor()
    if missing := page.view.gap():
        return missing
    if (
        route is not None
        and route.worker_id != actor.account_id
        and actor.reach("checkins.record") < Reach.ALL
    ):
        return f"是{route.name}的一轮"
    return ""


def sign_off(page: RoundPage) -> None:
    """本轮签收."""
    desk, route = page.walk.desk, page.walk.route
    if desk is None or route is None or sign_off_missing(page):
        return
    said = f"{page.walk.title}这一轮签收了。"

    def done(_id: object) -> None:
        page.toast(said)

    page.runner.execute(page, SignOffRound(desk.view.day, desk.view.slot, route.worker_id), done)
