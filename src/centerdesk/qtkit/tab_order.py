"""Tab goes on in the order one reads: by where things stand, not by when they were made.

Qt's own chain follows the making, so a row that came late is reached after the status bar. A window or sheet
answers `focusNextPrevChild` with `tab_on(self, forward)` and needs no setTabOrder anywhere.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

_STOPS = Qt.FocusPolicy.TabFocus


def reading_order(box: QWidget) -> list[QWidget]:
    """What Tab halts at below `box`: rows from top to bottom, in a row from left to right, each part as a whole.

    Hidden and disabled widgets, and those whose focus goes to another, are no stops. GUI thread.
    """
    parts = [part for part in box.children() if isinstance(part, QWidget) and _in_sight(part)]
    found: list[QWidget] = []
    for part in _rows(parts):
        if part.focusPolicy() & _STOPS and part.isEnabled() and part.focusProxy() is None:
            found.append(part)
        found += reading_order(part)
    return found


def tab_on(box: QWidget, forward: bool) -> bool:
    """Move the focus to the next stop below `box`, round its end, and bring it into sight. True: it moved."""
    stops = reading_order(box)
    if not stops:
        return False
    here = _holder(QApplication.focusWidget(), stops)
    if here is None:
        target = stops[0 if forward else -1]
    else:
        target = stops[(stops.index(here) + (1 if forward else -1)) % len(stops)]
    target.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
    _show(target)
    return True


def _in_sight(part: QWidget) -> bool:
    return part.isVisible() and not part.isWindow()


def _rows(parts: list[QWidget]) -> list[QWidget]:
    """Siblings as one reads them. What shares more than half of the lower one's height stands in one row."""
    left = sorted(parts, key=lambda part: (part.y(), part.x()))
    ordered: list[QWidget] = []
    while left:
        first = left[0].geometry()
        row = [part for part in left if _beside(first, part.geometry())] or left[:1]
        ordered += sorted(row, key=QWidget.x)
        left = [part for part in left if part not in row]
    return ordered


def _beside(first: QRect, other: QRect) -> bool:
    shared = min(first.bottom(), other.bottom()) - max(first.top(), other.top()) + 1
    return shared * 2 > min(first.height(), other.height())


def _holder(widget: QWidget | None, stops: list[QWidget]) -> QWidget | None:
    """The stop that holds the focus: an editor in a table stands for the table."""
    while widget is not None and widget not in stops:
        widget = widget.parentWidget()
    return widget


def _show(target: QWidget) -> None:
    part = target.parentWidget()
    while part is not None:
        if isinstance(part, QScrollArea):
            corner = target.mapTo(part, QPoint(0, 0))
            if not part.rect().contains(QRect(corner, target.size())):
                part.ensureWidgetVisible(target)
        part = part.parentWidget()
