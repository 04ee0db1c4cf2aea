"""What must be done before a recovery sheet counts: paper, typing back, two people, where it lies (UI 18)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from centerdesk.app.first_run.state import Person
from centerdesk.qtkit.controls import password_field
from centerdesk.qtkit.labels import text_label
from centerdesk.qtkit.look import theme
from centerdesk.qtkit.painted.buttons import KeyButton
from centerdesk.qtkit.painted.card import Card, IconLabel, Rule
from centerdesk.qtkit.warning_band import WarningBand


class _Row(QWidget):
    """Icon, what, how it stands, and a button for it."""

    def __init__(self, name: str, icon_name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(f"check_{name}")
        self._todo = icon_name
        self._icon = IconLabel(icon_name, "ink2", size="icon-button")
        self._detail = text_label(role="secondary", name=f"check_{name}_detail", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, theme().px(5), 0, theme().px(5))
        row.setSpacing(theme().px(12))
        title_label = text_label(title, role="strong")
        title_label.setMinimumWidth(theme().px(118))
        row.addWidget(self._icon)
        row.addWidget(title_label)
        row.addWidget(self._detail, 1)
        self.button = KeyButton("", small=True)
        self.button.setObjectName(f"check_{name}_button")
        self.button.hide()
        row.addWidget(self.button)
        self.done = False

    def show_state(self, done: bool, detail: str, button: str = "") -> None:
        """Done or not, in words and by the icon."""
        self.done = done
        if done:
            self._icon.show_icon("checkmark_circle", "green")
        else:
            self._icon.show_icon(self._todo, "primary")
        self._detail.setText(detail)
        self.button.setText(button)
        self.button.setVisible(bool(button))


class _TwoPeople(QWidget):
    """Both passwords, asked where they are needed."""

    submitted = Signal(str, str, str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("two_people")
        self._people: tuple[list[Person], list[Person]] = ([], [])
        self._boxes, self._fields = [], []
        grid = QGridLayout(self)
        grid.setContentsMargins(theme().px(30), theme().px(4), 0, theme().px(6))
        for row, (name, title) in enumerate(
            (("administrator", self.tr("管理员")), ("secretary", self.tr("书记")))
        ):
            box, field = QComboBox(), password_field(f"{name}_password", title)
            box.setObjectName(f"{name}_who")
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setAccessibleName(title)
            field.setPlaceholderText(self.tr("本人密码"))
            field.returnPressed.connect(self._submit)
            grid.addWidget(text_label(title, role="field-label"), row, 0)
            grid.addWidget(box, row, 1)
            grid.addWidget(field, row, 2)
            self._boxes.append(box)
            self._fields.append(field)
        self.go = KeyButton(self.tr("都在"), small=True)
        self.go.setObjectName("two_people_go")
        self.go.clicked.connect(self._submit)
        grid.addWidget(self.go, 1, 3)
        grid.setColumnStretch(2, 1)

    def show_people(self, people: Sequence[Person]) -> None:
        """Who may be which of the two."""
        self._people = (
            [p for p in people if "administrator" in p.roles],
            [p for p in people if "secretary" in p.roles],
        )
        for box, names in zip(self._boxes, self._people, strict=True):
            chosen = max(0, box.currentIndex())
            box.clear()
            box.addItems([p.name for p in names])
            box.setCurrentIndex(min(chosen, box.count() - 1))
            box.setMinimumWidth(box.sizeHint().width() + theme().px(8))

    def clear(self) -> None:
        for field in self._fields:
            field.clear()

    def _submit(self) -> None:
        empty = next((field for field in self._fields if not field.text()), None)
        if empty is not None:
            empty.setFocus()
            return
        one, two = (people[box.currentIndex()] for people, box in zip(self._people, self._boxes, strict=True))
        self.submitted.emit(one.login, self._fields[0].text(), two.login, self._fields[1].text())


class _TwoPlaces(QWidget):
    """Where both copies lie."""

    submitted = Signal(str)
    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("two_places")
        grid = QGridLayout(self)
        grid.setContentsMargins(theme().px(30), theme().px(4), 0, theme().px(6))
        grid.setVerticalSpacing(theme().px(2))
        self._fields = []
        for column, hint in enumerate((self.tr("如 书记保险柜"), self.tr("如 街道档案室"))):
            field = QLineEdit()
            field.setObjectName(f"place_{column + 1}")
            field.setAccessibleName(self.tr("第 {} 份放在哪里").format(column + 1))
            field.setPlaceholderText(hint)
            field.setMaxLength(30)
            field.returnPressed.connect(self._submit)
            field.textEdited.connect(self.edited)
            label = text_label(self.tr("第 {} 份").format(column + 1), role="field-label", buddy=field)
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)
            grid.setColumnStretch(column, 1)
            self._fields.append(field)
        self.go = KeyButton(self.tr("记下"), small=True)
        self.go.setObjectName("places_go")
        self.go.clicked.connect(self._submit)
        grid.addWidget(self.go, 1, 2)

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the fields."""
        return {field.objectName(): field.text() for field in self._fields if field.text()}

    def type_again(self, typed: Mapping[str, str]) -> None:
        for field in self._fields:
            field.setText(str(typed.get(field.objectName(), "")))

    def _submit(self) -> None:
        texts = [field.text().strip() for field in self._fields]
        empty = next((f for f, text in zip(self._fields, texts, strict=True) if not text), None)
        if empty is not None:
            empty.setFocus()
        elif texts[0] == texts[1]:
            self._fields[1].selectAll()
            self._fields[1].setFocus()
        else:
            self.submitted.emit(" / ".join(texts))


class SheetChecklist(Card):
    """做完这几样，才算装好. Emits what the person gives; the step decides what that means."""

    people_given = Signal(str, str, str, str)
    places_given = Signal(str)
    second_wanted = Signal()
    opened = Signal(QWidget)
    """The panel that stands open now."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.setObjectName("sheet_checklist")
        self._left = text_label(role="facts", name="checks_left")
        self.header.addWidget(self._left)
        self.paper = _Row("paper", "print", self.tr("打印 2 份"))
        self.typed = _Row("typed", "edit", self.tr("照纸敲回 8 组"))
        self.people = _Row("people", "people", self.tr("两个人在场"))
        self.places = _Row("places", "box", self.tr("说好放哪儿"))
        self.two_people, self.two_places = _TwoPeople(), _TwoPlaces()
        self.band = WarningBand("sheet_warning")
        column = QVBoxLayout()
        column.setSpacing(0)
        for number, part in enumerate(
            (self.paper, self.typed, self.people, self.two_people, self.places, self.two_places)
        ):
            if number and isinstance(part, _Row):
                column.addWidget(Rule())
            column.addWidget(part)
        column.addStretch(1)
        inside = QWidget()
        column.setContentsMargins(0, 0, 0, 0)
        inside.setLayout(column)
        self.body.addWidget(self.band)
        self.body.addWidget(inside, 1)
        self.two_people.hide()
        self.two_places.hide()
        self._second_missing = False
        self.people.button.clicked.connect(self._on_people)
        self.places.button.clicked.connect(self._on_places)
        self.two_people.submitted.connect(self.people_given)
        self.two_places.submitted.connect(self.places_given)

    @property
    def left(self) -> int:
        """How many things are missing."""
        return sum(not row.done for row in (self.paper, self.typed, self.people, self.places))

    def say_left(self) -> None:
        """Count again, in the head."""
        self._left.setText(self.tr("还差 {} 样").format(self.left) if self.left else self.tr("都齐了"))

    def show_people(self, people: Sequence[Person], present: str) -> None:
        """`present`: both are here, in words; else the button that asks for their passwords."""
        both = {p.login for p in people if "administrator" in p.roles}
        others = [p for p in people if "secretary" in p.roles and (p.login not in both or len(both) > 1)]
        self._second_missing = not others
        self.two_people.show_people(people)
        if present:
            self.two_people.hide()
            self.people.show_state(True, present)
        elif self._second_missing:
            self.people.show_state(False, self.tr("站里只有一个人，这件事要两个人"), self.tr("先加一个人"))
        else:
            self.people.show_state(False, self.tr("书记作证，管理员办"), self.tr("请两位输密码"))

    def show_places(self, places: str) -> None:
        """Where the copies lie, once that was written down."""
        told = self.tr("{}，各一份").format(places) if places else self.tr("两份放两处，都锁着")
        self.places.show_state(bool(places), told, self.tr("改") if places else self.tr("写下来"))
        if places:
            self.two_places.hide()
            self.two_places.type_again({})

    def type_places(self, typed: Mapping[str, str]) -> None:
        """Open the panel with what somebody had begun to write."""
        if typed:
            self.two_places.type_again(typed)
            self.two_places.show()

    def _on_people(self) -> None:
        if self._second_missing:
            self.second_wanted.emit()
            return
        self._turn(self.two_people)

    def _on_places(self) -> None:
        self._turn(self.two_places)

    def _turn(self, panel: QWidget) -> None:
        """Open it, with the focus in its first field, or close it."""
        panel.setVisible(panel.isHidden())
        first = panel.findChild(QLineEdit)
        if panel.isVisible() and first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
            self.opened.emit(panel)
