"""Tab goes on in the order one reads: by where things stand, not by when they were made.

Qt's own chain follows the making, so a row that came late is reached after the status bar. A window or sheet
answers `focusNextPrevChild` with `tab_on(self, forward)` and needs no setTabOrder anywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

_STOPS = Qt.FocusPolicy.TabFocus
_BORDER = 2
"""What stands side by side may share so many px."""


@runtime_checkable
class OwnOrder(Protocol):
    """自有次序. A part that knows a better order than where its children stand: the route on a facade."""

    def tab_stops(self) -> list[QWidget]:
        """Its stops, shown or not."""
        ...


def reading_order(box: QWidget) -> list[QWidget]:
    """What Tab halts at below `box`: rows from top to bottom, in a row from left to right, parts as a whole.

    Hidden and disabled widgets, and those whose focus goes to another, are no stops. GUI thread.
    """
    if isinstance(box, OwnOrder):
        return list(filter(_halts, box.tab_stops()))
    parts = [part for part in box.children() if isinstance(part, QWidget) and _in_sight(part)]
    found: list[QWidget] = []
    for part in _as_read(parts):
        found += filter(_halts, [part])
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


def _halts(part: QWidget) -> bool:
    wants = part.focusPolicy() & _STOPS and part.focusProxy() is None
    return bool(wants) and part.isEnabled() and part.isVisible()


def _as_read(parts: list[QWidget]) -> list[QWidget]:
    """Siblings as one reads them: cut into rows where a line goes through between them, else into columns."""
    for start, end in ((QRect.top, QRect.bottom), (QRect.left, QRect.right)):
        groups = _cut(parts, start, end)
        if len(groups) > 1:
            return [part for group in groups for part in _as_read(group)]
    return sorted(parts, key=lambda part: (part.y(), part.x()))


def _cut(
    parts: list[QWidget], start: Callable[[QRect], int], end: Callable[[QRect], int]
) -> list[list[QWidget]]:
    """Groups in a row along one direction, none reaching into the next by more than a border."""
    groups: list[list[QWidget]] = []
    reach = 0
    for part in sorted(parts, key=lambda part: start(part.geometry())):
        if groups and start(part.geometry()) <= reach - _BORDER:
            groups[-1].append(part)
        else:
            groups.append([part])
        reach = max(reach, end(part.geometry())) if len(groups[-1]) > 1 else end(part.geometry())
    return groups


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
