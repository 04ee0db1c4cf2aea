"""One of a few, as a row of words that belong together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from centerdesk.qtkit.look import theme


class Segments(QWidget):
    """分段. `picked` with the value that somebody chose; arrow keys move. `wide` ones share the room of a form."""

    picked = Signal(object)

    def __init__(
        self, name: str, title: str, options: Sequence[tuple[Hashable, str]], *, wide: bool = False
    ) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._values = [value for value, _words in options]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        above = theme().px(4) if wide else 0
        row.setContentsMargins(0, above, 0, above)
        row.setSpacing(0)
        for number, (value, words) in enumerate(options):
            button = QToolButton()
            button.setText(words)
            button.setObjectName(f"{name}_{value}")
            button.setCheckable(True)
            place = "first" if number == 0 else "last" if number + 1 == len(options) else "middle"
            button.setProperty("segment", place)
            if wide:
                button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._group.addButton(button, number)
            row.addWidget(button)
        self._group.idClicked.connect(self._on_clicked)

    @property
    def first(self) -> QWidget:
        return self._group.button(0)

    @property
    def value(self) -> Hashable | None:
        """What is chosen, None before anything is."""
        number = self._group.checkedId()
        return self._values[number] if number >= 0 else None

    def show_value(self, value: Hashable) -> None:
        """Choose without telling; a value that is not offered leaves nothing chosen."""
        self._group.setExclusive(False)  # an exclusive group keeps its last one checked
        for number, each in enumerate(self._values):
            self._group.button(number).setChecked(each == value)
        self._group.setExclusive(True)

    def _on_clicked(self, number: int) -> None:
        self.picked.emit(self._values[number])
