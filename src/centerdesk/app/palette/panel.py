"""Ctrl+K: one field for people, doors and commands, over the page. Nothing that was typed is kept (UI 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListView, QVBoxLayout, QWidget
from sqlalchemy.orm import Session

from centerdesk.app.palette.rows import (
    ACTS,
    PEOPLE,
    TEN,
    PaletteDelegate,
    PaletteModel,
    PaletteRow,
    RowKind,
    act_rows,
    command_rows,
    person_rows,
    row_height,
)
from centerdesk.kernel.clock import Clock
from centerdesk.kernel.identity import Actor
from centerdesk.kernel.manifest import Manifests, SearchHit, load
from centerdesk.qtkit.actions import DeskAction
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme, theme_hub
from centerdesk.qtkit.notify import announce
from centerdesk.qtkit.one_line import OneLine
from centerdesk.qtkit.painted.card import IconLabel, Rule
from centerdesk.qtkit.painted.keycap import KeyCap
from centerdesk.qtkit.runner import Ticket
from centerdesk.qtkit.sheet import Scrim

if TYPE_CHECKING:
    from centerdesk.app.desk.window import DeskWindow

WIDE, TOP, LONGEST = 680, 86, 40
PERSON_ACT = "resident"
"""The kind of record that acts of the palette want."""


class Palette(Scrim):
    """命令面板. A panel over a scrim; keys alone are enough. Gone with Esc, and with it every letter typed."""

    def __init__(self, window: DeskWindow) -> None:
        super().__init__(window, "palette")
        self.setAccessibleName(self.tr("搜索和命令"))
        self._desk_window = window
        self._ticket: Ticket | None = None
        self._hits: tuple[SearchHit, ...] = ()
        self._unfit: frozenset[str] = frozenset()
        self._only: SearchHit | None = None
        self._build()
        theme_hub().changed.connect(self._place)

    @classmethod
    def over(cls, window: DeskWindow, text: str = "") -> Palette:
        """Open the palette of a window, or take the one that is open."""
        found = window.findChild(cls, "palette")
        made = found if isinstance(found, cls) else cls(window)
        made.rise(made.field)
        made.field.setText(text)
        made._typed(text)
        return made

    def _build(self) -> None:
        look = theme()
        self.field = QLineEdit()
        self.field.setObjectName("palette_field")
        self.field.setProperty("bare", "true")
        self.field.setAccessibleName(self.tr("找人、门牌、命令"))
        self.field.setPlaceholderText(self.tr("找人、门牌、命令"))
        self.field.setMaxLength(LONGEST)
        self.field.setFont(look.font("record_name"))
        self.field.textEdited.connect(self._typed)
        self.field.installEventFilter(self)
        self.model = PaletteModel()
        self.list = QListView()
        self.list.setObjectName("palette_list")
        self.list.setAccessibleName(self.tr("找到的"))
        self.list.setModel(self.model)
        self.list.setItemDelegate(PaletteDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.clicked.connect(self._on_clicked)
        self._nothing = text_label(role="secondary", name="palette_nothing", wrap=True)
        self._nothing.setMargin(look.px(20))
        self._nothing.hide()
        self._card = QFrame(self)
        self._card.setObjectName("palette_card")
        self._card.setProperty("card", "plain")
        column = QVBoxLayout(self._card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(self._head())
        column.addWidget(Rule())
        column.addWidget(self.list)
        column.addWidget(self._nothing)
        column.addWidget(Rule())
        column.addLayout(self._foot())

    def _head(self) -> QHBoxLayout:
        look = theme()
        row = QHBoxLayout()
        row.setContentsMargins(look.px(18), look.px(11), look.px(18), look.px(11))
        row.setSpacing(look.px(12))
        row.addWidget(IconLabel("search", "primary"))
        row.addWidget(self.field, 1)
        row.addWidget(OneLine(self.tr("拼音首字母、门牌、号码后四位都行"), role="hint", wants=True))
        row.addWidget(KeyCap("Esc"))
        return row

    def _foot(self) -> QHBoxLayout:
        look = theme()
        row = QHBoxLayout()
        row.setContentsMargins(look.px(18), look.px(8), look.px(18), look.px(9))
        row.setSpacing(look.px(7))
        legend = (("↑↓", "选择"), ("Enter", "打开"), ("Tab", "看他能做的事"), (">", "只找命令"))
        self._hints: list[tuple[QWidget, ...]] = []
        for key, words in legend:
            self._hints.append((KeyCap(key), text_label(words, role="hint")))
            for part in self._hints[-1]:
                row.addWidget(part)
            row.addSpacing(look.px(8))
        row.addStretch(1)
        self._quiet = text_label(self.tr("本次查找不离开这台电脑"), role="hint")
        row.addWidget(self._quiet)
        self._hints.append((self._quiet,))
        self._legend = row
        return row

    # --- searching ------------------------------------------------------------------------------------------

    def _typed(self, text: str) -> None:
        """Commands at once, people when they arrive; the newest text wins."""
        self._only = None
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
        if not text.strip() or text.startswith(">"):
            self._hits = ()
        else:
            ask = self._asking()
            self._ticket = self._desk_window.runner.query(self, lambda s: ask(s, text), self._found)
        self._fill()

    def _asking(self) -> Asking:
        host = self._desk_window.host
        return Asking(host.actor(), host.manifests, host.clock, tuple(a.id for a in self._acts()))

    def _found(self, found: Found) -> None:
        self._ticket = None
        self._hits, self._unfit = found
        self._fill()

    def _fill(self) -> None:
        text = self.field.text()
        rows = self._that_fit(self._rows(text))
        self.model.set_rows(rows)
        waiting = self._ticket is not None and not self._hits
        self._nothing.setVisible(not rows and bool(text.strip()) and not waiting)
        self._nothing.setText(
            self.tr("没找到“{}”。换个写法试试：拼音首字母 lgl、门牌 3-2-501、手机后四位。").format(
                text.strip()
            )
        )
        self.list.setVisible(bool(rows))
        self._select(next((n for n, r in enumerate(rows) if r.kind is not RowKind.HEAD), -1))
        self._place()

    def _rows(self, text: str) -> list[PaletteRow]:
        registry = self._desk_window.registry
        if self._only is not None:
            return list(act_rows(self._fitting(), self._only.title, self._only.target, TEN))
        commands = [a for a in registry.offered("") if a.id != "desk.search"]
        if text.startswith(">"):
            return command_rows(commands, text[1:], TEN)
        people = list(person_rows(self._hits[:PEOPLE], text))
        acts: list[PaletteRow] = []
        if self._hits:
            first = self._hits[0]
            acts = list(act_rows(self._fitting(), first.title, first.target, ACTS))
        taken = sum(r.kind is not RowKind.HEAD for r in (*people, *acts))
        return [*people, *acts, *command_rows(commands, text, TEN - taken)]

    def _acts(self) -> tuple[DeskAction, ...]:
        """What this person at the desk may do with a resident."""
        return self._desk_window.registry.offered(PERSON_ACT)

    def _fitting(self) -> tuple[DeskAction, ...]:
        """Of these, what can be done with the resident in question."""
        return tuple(a for a in self._acts() if a.id not in self._unfit)

    # --- choosing -------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> PaletteRow | None:
        index = self.list.currentIndex()
        return self.model.rows[index.row()] if index.isValid() else None

    def _select(self, row: int) -> None:
        """The focus stays in the field, so the field says what is chosen."""
        index = self.model.index(row) if row >= 0 else QModelIndex()
        self.list.setCurrentIndex(index)
        self.field.setAccessibleDescription(str(index.data(Qt.ItemDataRole.AccessibleTextRole) or ""))

    def _move(self, step: int) -> None:
        """Up and down over the headings, round at the ends."""
        can = [n for n, r in enumerate(self.model.rows) if r.kind is not RowKind.HEAD]
        if can:
            here = self.list.currentIndex().row()
            place = can.index(here) if here in can else -step
            self._select(can[(place + step) % len(can)])
            announce(self.field, self.field.accessibleDescription())

    def _on_clicked(self, index: QModelIndex | QPersistentModelIndex) -> None:
        self._select(index.row())
        self._take()

    def _take(self) -> None:
        """Enter: open the person, or do the command."""
        row = self.chosen
        if row is None or row.kind is RowKind.HEAD:
            return
        window = self._desk_window
        self.leave()
        if row.kind is RowKind.PERSON and row.target is not None:
            window.go(row.target.page, row.target.row_id)
        elif row.kind is RowKind.ACT and row.target is not None:
            window.registry.trigger(row.action_id, row.target.row_id)
        else:
            window.registry.trigger(row.action_id)

    def _narrow_to_person(self) -> None:
        """Tab on a person lists only what can be done with them."""
        row = self.chosen
        hit = next((h for h in self._hits if row is not None and h.target == row.target), None)
        if hit is None or row is None or row.kind is not RowKind.PERSON or not self._acts():
            return
        chosen, ask = hit, self._asking()

        def known(unfit: frozenset[str]) -> None:
            self._only, self._unfit = chosen, unfit
            self._fill()

        self._ticket = self._desk_window.runner.query(self, lambda s: ask.unfit(s, chosen), known)

    def leave(self) -> None:
        """Go, forget what was typed, give the focus back."""
        if self._ticket is not None:
            self._ticket.cancel()
        self.field.clear()
        self._hits = ()
        super().leave()

    # --- keys and place -------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _key(self, event: QKeyEvent) -> bool:
        keys = Qt.Key
        match event.key():
            case keys.Key_Down:
                self._move(1)
            case keys.Key_Up:
                self._move(-1)
            case keys.Key_Return | keys.Key_Enter:
                self._take()
            case keys.Key_Tab | keys.Key_Backtab:
                self._narrow_to_person()
            case keys.Key_Escape:
                self._back()
            case _:
                return False
        return True

    def _back(self) -> None:
        if self._only is not None:
            self._typed(self.field.text())
        else:
            self.leave()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the panel closes it."""
        if not self._card.geometry().contains(event.position().toPoint()):
            self.leave()

    def _place(self) -> None:
        look = theme()
        wide = min(round(look.scale(WIDE)), self.width() - look.px(40))
        self._fold_legend(wide)
        top = min(look.px(TOP), self.height() // 8)
        heights = [self.list.sizeHintForRow(n) for n in range(len(self.model.rows))]
        self.list.setFixedHeight(sum(heights) + look.px(8) if heights else 0)
        self._card.setFixedWidth(wide)
        self._card.adjustSize()
        self._card.move((self.width() - wide) // 2, top)

    def _fold_legend(self, wide: int) -> None:
        """As many hints at the foot as there is room for, the first ones before the last."""
        for parts in self._hints:
            for part in parts:
                part.show()
        for parts in reversed(self._hints):
            self._legend.invalidate()
            if self._legend.minimumSize().width() <= wide - 2:
                return
            for part in parts:
                part.hide()

    def _that_fit(self, rows: list[PaletteRow]) -> list[PaletteRow]:
        """The list never scrolls: in a low window it says less, and never ends in a heading."""
        look = theme()
        chrome = self._card.sizeHint().height() - (self.list.height() if not self.list.isHidden() else 0)
        room = self.height() - min(look.px(TOP), self.height() // 8) - chrome - look.px(16)
        shown: list[PaletteRow] = []
        for row in rows:
            room -= row_height(row)
            if room < 0:
                break
            shown.append(row)
        while shown and shown[-1].kind is RowKind.HEAD:
            shown.pop()
        return shown


Found = tuple[tuple[SearchHit, ...], frozenset[str]]
"""Who was found, and which acts cannot be done with the first of them."""


@dataclass(frozen=True)
class Asking:
    """What one search needs; called on a read lane."""

    actor: Actor
    manifests: Manifests
    clock: Clock
    acts: tuple[str, ...]

    def __call__(self, session: Session, text: str) -> Found:
        """A few of what each feature finds."""
        hits: list[SearchHit] = []
        for source in self.manifests.search_sources():
            hits.extend(source(session, self.actor, text, PEOPLE))
        return tuple(hits), self.unfit(session, hits[0]) if hits else frozenset()

    def unfit(self, session: Session, hit: SearchHit) -> frozenset[str]:
        """The acts that make no sense with this one now."""
        record = hit.target.row_id
        if record is None:
            return frozenset(self.acts)
        asked = (self.manifests.action(act) for act in self.acts if act in self._named)
        return frozenset(
            act.id
            for act in asked
            if act.fits and not load(act.fits)(session, self.actor, record, self.clock)
        )

    @property
    def _named(self) -> frozenset[str]:
        """A page may offer acts of its own beside those of the manifests."""
        return frozenset(act.id for act in self.manifests.actions())
