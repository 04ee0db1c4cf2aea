"""What a screen reader is told: a walk of Qt's accessible interfaces below a widget."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget

ROLE = QAccessible.Role
ASKING = {
    ROLE.PushButton, ROLE.CheckBox, ROLE.RadioButton, ROLE.EditableText, ROLE.ComboBox, ROLE.SpinBox,
    ROLE.Slider, ROLE.Link, ROLE.MenuItem, ROLE.PageTab, ROLE.List, ROLE.Table, ROLE.Tree, ROLE.ButtonMenu,
    ROLE.ButtonDropDown, ROLE.HotkeyField, ROLE.Dial,
}  # fmt: skip
"""Roles a person acts on: each needs a name that says what it is for."""
GRAPHICS = {ROLE.Graphic, ROLE.Chart, ROLE.Canvas, ROLE.Animation}
CHINESE = re.compile(r"[㐀-鿿0-9]")


@dataclass(frozen=True)
class Heard:
    """One thing on the screen as it is announced. `where` names its object for the reader of a failed test."""

    role: QAccessible.Role
    name: str
    where: str
    rect: QRect


def heard(root: QWidget) -> list[Heard]:
    """Everything visible below `root` in the order of the tree, cells and items of views left out."""
    interface = QAccessible.queryAccessibleInterface(root)
    assert interface is not None, "no accessible interface"
    return list(_walk(interface))


def nameless(root: QWidget) -> list[str]:
    """Controls whose name is missing or not Chinese, as `role objectName 'name'`."""
    return [
        f"{h.role.name} {h.where} {h.name!r}"
        for h in heard(root)
        if h.role in ASKING | GRAPHICS and not CHINESE.search(h.name)
    ]


def _walk(interface: QAccessibleInterface) -> Iterator[Heard]:
    state = interface.state()
    if state.invisible:
        return
    widget = interface.object()
    yield Heard(interface.role(), interface.text(QAccessible.Text.Name), _path(widget), interface.rect())
    if interface.role() in (ROLE.Table, ROLE.Tree, ROLE.List, ROLE.ComboBox):
        return
    for number in range(interface.childCount()):
        if (child := interface.child(number)) is not None:
            yield from _walk(child)


def _path(thing: QObject | None) -> str:
    names = []
    while thing is not None and len(names) < 3:
        names.append(thing.objectName() or type(thing).__name__)
        thing = thing.parent()
    return " < ".join(names)
