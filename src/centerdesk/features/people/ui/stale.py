"""Two desks changed one resident: field by field, what was typed here or what stands there now (G26)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from centerdesk.features.people.commands import ResidentDraft
from centerdesk.features.people.queries_detail import LastChange, ResidentDetail
from centerdesk.features.people.rules import SEXES
from centerdesk.features.people.ui.forms import draft_of
from centerdesk.kernel.clock import Clock, local, today
from centerdesk.kernel.record import record
from centerdesk.qtkit.labels import plain_tip, text_label, tr
from centerdesk.qtkit.painted.buttons import KeyButton, Kind

LABELS = {
    "name": "姓名", "sex": "性别", "id_no": "身份证号", "birth_on": "出生日期", "phones": "电话", "compound": "小区",
    "door": "门牌", "relation": "与户主关系", "residence": "人户", "ethnic": "民族", "political": "政治面貌",
    "move_in_on": "迁入日期", "tags": "标签", "remark": "备注",
}  # fmt: skip
_SEALED = ("id_no", "phones")
_SHOWN = 40
"""Characters of a value that the choice shows; the whole stands in its tool tip."""


@record
class Clash:
    """One field that somebody else changed. `both`: it was changed here too, so nobody but the person can tell."""

    name: str
    mine_text: str
    theirs_text: str
    both: bool

    @property
    def label(self) -> str:
        return LABELS[self.name]


def clashes(opened: ResidentDetail, typed: ResidentDraft, now: ResidentDetail) -> tuple[Clash, ...]:
    """The fields to be decided. A number that is only changed there stays: its old value is not known here."""
    before, present, found = draft_of(opened), draft_of(now), []
    for name in LABELS:
        mine, theirs = getattr(typed, name), getattr(present, name)
        here = mine != getattr(before, name)
        if name in _SEALED:
            if here and _mask(opened, name) != _mask(now, name):
                found.append(Clash(name, str(mine), _mask(now, name) or tr("空着"), both=True))
        elif theirs not in (getattr(before, name), mine):
            found.append(Clash(name, _words(name, mine), _words(name, theirs), here))
    return tuple(found)


def changed_there(opened: ResidentDetail, now: ResidentDetail) -> tuple[str, ...]:
    """Names of everything in the form that is not as it was when it was opened."""
    before, present = draft_of(opened), draft_of(now)
    names = [label for name, label in LABELS.items() if getattr(before, name) != getattr(present, name)]
    names += [LABELS[name] for name in _SEALED if _mask(opened, name) != _mask(now, name)]
    return (*names, *([now.row.status] if now.row.status != opened.row.status else []))


def merged(
    opened: ResidentDetail, typed: ResidentDraft, now: ResidentDetail, chosen: Mapping[str, bool]
) -> ResidentDraft:
    """The present record, with what was changed only here and every field that was decided for mine."""
    before = draft_of(opened)
    values = {
        f.name: getattr(typed, f.name)
        for f in fields(ResidentDraft)
        if chosen.get(f.name, getattr(typed, f.name) != getattr(before, f.name))
    }
    return replace(draft_of(now), **values)


def _mask(detail: ResidentDetail, name: str) -> str:
    return detail.row.id_mask if name == "id_no" else "、".join(detail.phones)


def by_whom(change: LastChange | None, clock: Clock) -> str:
    """`许文静 08:41`, with the day when it was not today; 别人 where the act was about many."""
    if change is None:
        return tr("别人刚才")
    at: datetime = local(change.at)
    when = f"{at:%H:%M}" if at.date() == today(clock) else f"{at:%m-%d %H:%M}"
    return f"{change.who or tr('别人')} {when} "


def _words(name: str, value: Any) -> str:
    if name == "sex":
        return SEXES.get(value, tr("空着")) if value else tr("空着")
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, tuple):
        return "、".join(value) or tr("空着")
    return str(value or "") or tr("空着")


class StaleChoice(QFrame):
    """两边都改了. `decided` with field → whether mine is kept; `dropped` when nothing of mine is.

    Arrow keys choose within a field, Tab goes to the next one. Nothing is chosen where both sides changed it.
    """

    decided = Signal(object)
    dropped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("stale_choice")
        self.setAccessibleName(tr("两边都改了，逐项选"))
        self.setProperty("band", "warning")
        self._box = QVBoxLayout(self)
        self._rows = QWidget()
        self._groups: dict[str, QButtonGroup] = {}
        self._go = KeyButton(tr("照选的填进表"), kind=Kind.PRIMARY, small=True)
        self._go.setObjectName("conflict_merge")
        self._go.clicked.connect(self._on_go)
        drop = KeyButton(tr("都用别人的"), small=True)
        drop.setObjectName("conflict_theirs")
        drop.clicked.connect(self.dropped)
        foot = QHBoxLayout()
        foot.addWidget(self._go)
        foot.addWidget(drop)
        foot.addStretch(1)
        self._box.addWidget(self._rows)
        self._box.addLayout(foot)
        self.hide()

    def ask(self, found: Sequence[Clash]) -> None:
        """Show the fields; the first that is not decided gets the keys."""
        fresh = QWidget()
        column = QVBoxLayout(fresh)
        column.setContentsMargins(0, 0, 0, 0)
        self._groups = {}
        before = self._go
        first: QRadioButton | None = None
        for clash in found:
            column.addWidget(text_label(clash.label, role="table-strong"))
            group = QButtonGroup(fresh)
            self._groups[clash.name] = group
            for mine, title, text in (
                (True, tr("我填的"), clash.mine_text),
                (False, tr("别人改的"), clash.theirs_text),
            ):
                button = QRadioButton(f"{title}：{_short(text)}", fresh)
                button.setObjectName(f"{'mine' if mine else 'theirs'}_{clash.name}")
                button.setAccessibleName(f"{clash.label}，{title}：{text}")
                button.setToolTip(plain_tip(text))
                group.addButton(button, int(mine))
                column.addWidget(button)
                first = first or button
            theirs = group.button(0)
            theirs.setChecked(not clash.both)
            group.idToggled.connect(self._say_missing)
        self._box.replaceWidget(self._rows, fresh)
        self._rows.setParent(None)
        self._rows.deleteLater()
        self._rows = fresh
        self._say_missing()
        self.show()
        open_one = next((g.button(1) for g in self._groups.values() if g.checkedId() < 0), None)
        (open_one or first or before).setFocus()

    def _say_missing(self, *_args: object) -> None:
        left = sum(group.checkedId() < 0 for group in self._groups.values())
        self._go.set_missing(tr("还有 {} 项没选").format(left) if left else "")

    def _on_go(self) -> None:
        if not self._go.missing:
            self.decided.emit({name: group.checkedId() == 1 for name, group in self._groups.items()})


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"
