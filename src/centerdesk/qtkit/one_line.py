"""A label of one line that ends in … where it does not fit and tells the rest in its tooltip."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from centerdesk.qtkit.labels import TextLabel, plain_tip


def whole_parts(metrics: QFontMetricsF, text: str, between: str, room: float) -> str:
    """As many parts of `text` as `room` px hold, never half a one; the first stays, cut or not."""
    parts = text.split(between) if between else [text]
    while len(parts) > 1 and metrics.horizontalAdvance(between.join(parts)) > room:
        parts.pop()
    return between.join(parts)


def unbroken(word: str) -> str:
    """A word that stays on one line where the text around it takes several: 看不清."""
    return "\u2060".join(word)


_WORD = 8
"""Characters up to which a part of a text is kept whole; a longer one may have to be broken."""


def kept_whole(text: str, between: str = " · ") -> str:
    """`text` for a label that wraps: lines end `between` its parts, never in one, never before a dot."""
    joint = between[:-1].replace(" ", "\u00a0") + between[-1:]
    parts = text.split(between)
    return joint.join(unbroken(p.replace(" ", "\u00a0")) if len(p) <= _WORD else p for p in parts)


class OneLine(TextLabel):
    """一行字. `full` is what it says; a screen reader hears all of it.

    It takes what room there is; with `wants` it asks for the room of its words and gives it back where it is short.
    What stands `between` its parts keeps them whole: those that do not fit go, from the end.
    """

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        role: str = "",
        name: str = "",
        wants: bool = False,
        between: str = "",
    ) -> None:
        self.full, self._between = text, between
        super().__init__(text, parent, role=role)
        self.setObjectName(name)
        policies = QSizePolicy.Policy
        self.setSizePolicy(policies.Preferred if wants else policies.Ignored, policies.Fixed)

    def setText(self, text: str) -> None:
        """Say something else."""
        self.full = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self._fit()

    def restyle(self) -> None:
        super().restyle()
        self._fit()

    def _fit(self) -> None:
        metrics = QFontMetricsF(self.font())
        whole = whole_parts(metrics, self.full, self._between, self.width())
        shown = metrics.elidedText(whole, Qt.TextElideMode.ElideRight, max(0, self.width()))
        super().setText(shown)
        self.setToolTip(plain_tip(self.full if shown != self.full else ""))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:
        """Room for all of it."""
        wide = QFontMetricsF(self.font()).horizontalAdvance(self.full)
        return QSize(ceil(wide) + 2, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Any width; the height of the line."""
        return QSize(0, super().minimumSizeHint().height())
