"""A label of one line that ends in … where it does not fit and tells the rest in its tooltip."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.qtkit.labels import TextLabel, plain_tip


class OneLine(TextLabel):
    """一行字. `full` is what it says; a screen reader hears all of it."""

    def __init__(
        self, text: str = "", parent: QWidget | None = None, *, role: str = "", name: str = ""
    ) -> None:
        self.full = text
        super().__init__(text, parent, role=role)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        """Say something else."""
        self.full = text
        self.setAccessibleName(text)
        self._fit()

    def restyle(self) -> None:
        super().restyle()
        self._fit()

    def _fit(self) -> None:
        metrics = QFontMetricsF(self.font())
        shown = metrics.elidedText(self.full, Qt.TextElideMode.ElideRight, max(0, self.width()))
        super().setText(shown)
        self.setToolTip(plain_tip(self.full) if shown != self.full else "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Any width; the height of the line."""
        return QSize(0, super().minimumSizeHint().height())
