"""Roles of painted widgets for screen readers: Qt knows a painted QWidget only as "client"."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleActionInterface, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QAccessibleWidget, QWidget

Role = QAccessible.Role
_PROPERTY = "accessible_role"
_installed: list[bool] = []


def give_role(widget: QWidget, role: QAccessible.Role) -> None:
    """Let a screen reader meet `widget` as `role`. In the constructor, before anything asks for it."""
    if not _installed:
        # A factory, not registerAccessibleInterface: Qt files interfaces under the object's class, and PySide
        # makes a new one whenever a Python slot is connected; the registered one would no longer be found.
        QAccessible.installFactory(_make)
        _installed.append(True)
    widget.setProperty(_PROPERTY, role.value)


class _PressedByReader(QAccessibleWidget):
    """A painted button under another role: it can still be pressed, and says whether it is the chosen one."""

    def actionNames(self) -> list[str]:
        """Pressing comes first: a reader's plain "activate" takes the first."""
        return [QAccessibleActionInterface.pressAction(), *super().actionNames()]

    def doAction(self, name: str) -> None:
        button = self.widget()
        if name != QAccessibleActionInterface.pressAction() or not isinstance(button, QAbstractButton):
            super().doAction(name)
        elif button.isEnabled():
            button.click()

    def state(self) -> QAccessible.State:
        state, button = super().state(), self.widget()
        if isinstance(button, QAbstractButton) and button.isCheckable():
            state.selectable = state.checkable = True
            state.selected = state.checked = button.isChecked()
        return state


def _make(_class_name: str, subject: QObject) -> QAccessibleInterface | None:
    """Qt's factory: answers for our widgets only; Qt keeps what is returned and deletes it with the widget."""
    value = subject.property(_PROPERTY) if isinstance(subject, QWidget) else None
    if isinstance(subject, QWidget) and isinstance(value, int):
        kind = _PressedByReader if isinstance(subject, QAbstractButton) else QAccessibleWidget
        return kind(subject, QAccessible.Role(value))
    return None
