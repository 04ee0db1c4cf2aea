"""Walking a window by the Tab key alone, and whether that is the order one reads in."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QRadioButton, QWidget

from centerdesk.qtkit.painted.window_list import WindowList

LONGEST = 400
"""More stops than any page has: a walk that does not come back is a trap."""


def stops(root: QWidget) -> list[QWidget]:
    """What can be reached by Tab: visible, enabled, wanting it, and with a place inside the window."""
    window = root.window().rect()
    found = []
    for widget in root.findChildren(QWidget):
        if not (widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()):
            continue
        if widget.focusProxy() is not None or not _rect(widget).intersects(window):
            continue
        found.append(widget)
    return found


def walk(root: QWidget) -> list[QWidget]:
    """Press Tab from the first stop until it comes round; the stops below `root` in the order they came.

    Text fields that take Tab for themselves, and a ring that never closes, fail the walk by not closing it.
    """
    focused = QApplication.focusWidget() or root
    came: list[QWidget] = []
    for _ in range(LONGEST):
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        after = QApplication.focusWidget()
        assert after is not None, f"no focus after {name(focused)}"
        assert after is not focused, f"Tab does not leave {name(focused)}"
        if after in came:
            return [w for w in came if root.isAncestorOf(w)]
        came.append(after)
        focused = after
    raise AssertionError(f"no way round in {LONGEST} steps, last at {name(focused)}")


def unreached(root: QWidget, came: Sequence[QWidget]) -> list[str]:
    """Stops that the walk did not visit. Buttons of one exclusive group count as one stop, as arrows go on there."""
    missing = [w for w in stops(root) if w not in came]
    return [name(w) for w in missing if not _in_visited_group(w, came)]


def out_of_order(root: QWidget, came: Sequence[QWidget]) -> list[str]:
    """Steps against reading order: within each box rows from top to bottom, in a row from left to right.

    The walk is a ring: it may begin anywhere, so the beginning with the fewest such steps counts.
    """
    tries: list[list[str]] = []
    for first in range(len(came)):
        _check(root, [*came[first:], *came[:first]], lines := [])
        tries.append(lines)
    return min(tries, key=len, default=[])


def name(widget: QWidget) -> str:
    said = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
    return f"{type(widget).__name__} {widget.objectName() or '?'} {said!r}"


def _check(box: QWidget, came: list[QWidget], lines: list[str]) -> None:
    """`came` are stops below `box`: group by the direct child they lie in, compare the groups, go down."""
    groups: list[tuple[QWidget, list[QWidget]]] = []
    for widget in came:
        part = _part_of(box, widget)
        if groups and groups[-1][0] is part:
            groups[-1][1].append(widget)
        else:
            groups.append((part, [widget]))
    seen: set[QWidget] = set()
    for part, widgets in groups:
        if part in seen:
            lines.append(f"{name(widgets[0])}: back into {name(part)} after leaving it")
        seen.add(part)
    if isinstance(box, WindowList):
        return  # the walking route, which tests/qtkit/test_facade.py looks at
    for (one, first), (other, second) in pairwise(groups):
        if not _reads_before(_rect(one), _rect(other)):
            lines.append(f"{name(first[-1])} before {name(second[0])}")
    for part, widgets in groups:
        inner = [w for w in widgets if w is not part]
        if inner:
            _check(part, inner, lines)


def _part_of(box: QWidget, widget: QWidget) -> QWidget:
    part = widget
    while (parent := part.parentWidget()) is not None and parent is not box:
        part = parent
    return part


def _reads_before(a: QRect, b: QRect) -> bool:
    shared = min(a.bottom(), b.bottom()) - max(a.top(), b.top())
    if shared * 2 > min(a.height(), b.height()):
        return a.left() <= b.left()
    return a.top() <= b.top()


def _rect(widget: QWidget) -> QRect:
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def _in_visited_group(widget: QWidget, came: Sequence[QWidget]) -> bool:
    if not isinstance(widget, QAbstractButton):
        return False
    group = widget.group()
    if group is not None and group.exclusive():
        return any(isinstance(w, QAbstractButton) and w.group() is group for w in came)
    if isinstance(widget, QRadioButton) or widget.autoExclusive():
        return any(w.parentWidget() is widget.parentWidget() for w in came if isinstance(w, QAbstractButton))
    return False
