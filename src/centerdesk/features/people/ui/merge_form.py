"""合并两条记录: both values of every field that differs, one chosen; and 为什么 where it is only proposed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from centerdesk.features.people.queries_detail import ResidentDetail
from centerdesk.features.people.rules_proposals import MERGE, MERGE_FIELDS, REMOVE, WORDS
from centerdesk.features.people.ui.forms import FormPane
from centerdesk.qtkit.editors import ChoiceEditor
from centerdesk.qtkit.forms import Field
from centerdesk.qtkit.labels import plain_tip, text_label, tr
from centerdesk.qtkit.look import theme

_ROOM = 44
"""Half-width characters that stand beside a choice."""


@dataclass(frozen=True)
class WordDraft:
    """理由, a word of a list."""

    word: str | None = None


class MergeForm(FormPane[WordDraft]):
    """合并表单. The older record stays; `take` are the fields whose value comes from the other."""

    def __init__(self, *, proposes: bool) -> None:
        words = [(word, word) for word in WORDS[MERGE]]
        fields = (Field("word", "为什么", lambda: ChoiceEditor(words), required=True),) if proposes else ()
        title = "提议合并两条记录" if proposes else "合并两条记录"
        save = "提上去" if proposes else "合并（两个人）"
        super().__init__(title, fields, save=save, name="merge_form", columns=1)
        self.keep: ResidentDetail | None = None
        self.drop: ResidentDetail | None = None
        self._choices: dict[str, QRadioButton] = {}
        self._pairs = QWidget()
        self._inner.insertWidget(1, self._pairs)

    def open_for(self, one: ResidentDetail, other: ResidentDetail) -> None:
        """For these two; the one that was written down first stays."""
        self.keep, self.drop = sorted((one, other), key=lambda detail: detail.row.id)
        self._choices = {}
        fresh = QWidget()
        box = QVBoxLayout(fresh)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme().px(6))
        said = (
            "两条记成一条，每一项选留哪个。\n电话、标签、联系人和看窗的记录都留下；\n多出来的那条放进回收站。"
        )
        box.addWidget(text_label(said, role="secondary", name="merge_words"))
        first, second = _values(self.keep), _values(self.drop)
        for field, title in MERGE_FIELDS.items():
            if first[field] != second[field]:
                self._add(fresh, box, title, field, (first[field], second[field]))
        if not self._choices:
            box.addWidget(text_label("两条各项都一样。", role="secondary"))
        self._inner.replaceWidget(self._pairs, fresh)
        self._pairs.hide()
        self._pairs.deleteLater()
        self._pairs = fresh
        self.open_with(WordDraft())
        if self._choices:
            next(iter(self._choices.values())).setFocus()
        else:
            self.save_button.setFocus()

    def _add(self, holder: QWidget, box: QVBoxLayout, title: str, field: str, pair: tuple[str, str]) -> None:
        box.addWidget(text_label(title, role="field-label"))
        group = QButtonGroup(holder)
        blank_here = not pair[0]
        for text, theirs in zip(pair, (False, True), strict=True):
            shown = text or tr("空着")
            choice = QRadioButton(_short(shown))
            choice.setObjectName(f"merge_{field}_{'other' if theirs else 'own'}")
            choice.setAccessibleName(tr("{}：{}").format(title, shown))
            choice.setToolTip(plain_tip(text))
            choice.setChecked(blank_here == theirs)
            group.addButton(choice)
            box.addWidget(choice)
            if theirs:
                self._choices[field] = choice

    @property
    def take(self) -> tuple[str, ...]:
        """Fields whose value comes from the record that goes."""
        return tuple(field for field, choice in self._choices.items() if choice.isChecked())


class ProposeRemovalForm(FormPane[WordDraft]):
    """提议删除. Why, in a word of the list."""

    def __init__(self) -> None:
        words = [(word, word) for word in WORDS[REMOVE]]
        fields = (Field("word", "为什么", lambda: ChoiceEditor(words), required=True),)
        super().__init__("提议删到回收站", fields, save="提上去", name="propose_removal_form", columns=1)
        self.resident_id: UUID | None = None
        said = "书记同意后才删，删了 30 天内可以找回。提了以后在“提议”里看答复。"
        self._inner.insertWidget(2, text_label(said, role="hint", wrap=True))

    def open_for(self, detail: ResidentDetail) -> None:
        """For this person."""
        self.resident_id = detail.row.id
        self.open_with(WordDraft())


def _values(detail: ResidentDetail) -> dict[str, str]:
    """Each field as the form shows it; numbers masked."""
    row = detail.row
    born = f"{detail.birth_on:%Y-%m-%d}" if detail.birth_on else ""
    moved = f"{detail.move_in_on:%Y-%m-%d}" if detail.move_in_on else ""
    values = {
        "name": row.name, "id_no": _join(row.id_mask, born), "phones": "、".join(detail.phones[:1]),
        "home": _join(f"{row.compound} {row.door}".strip(), detail.relation), "residence": row.residence,
        "ethnic": detail.ethnic, "political": detail.political, "move_in_on": moved, "remark": detail.remark,
    }  # fmt: skip
    return {field: values[field] for field in MERGE_FIELDS}


def _join(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _short(text: str) -> str:
    """One line; the whole of it stands in the tooltip."""
    line = " ".join(text.split())
    wide = 0
    for at, char in enumerate(line):
        wide += 2 if ord(char) > 0xFF else 1
        if wide > _ROOM:
            return f"{line[:at]}…"
    return line
