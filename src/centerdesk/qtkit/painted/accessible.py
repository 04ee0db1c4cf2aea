"""Roles of painted widgets for screen readers: Qt knows a painted QWidget only as "client"."""

from __future__ import annotations

import ctypes

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QWidget

Role = QAccessible.Role


def give_role(widget: QWidget, role: QAccessible.Role) -> None:
    """Let a screen reader meet `widget` as `role`. Call it in the constructor, before anything asks."""
    interface = QAccessibleWidget(widget, role)
    QAccessible.registerAccessibleInterface(interface)
    # WORKAROUND(pyside 6.12): Qt's cache now owns the interface and deletes it with the widget, but the
    # Python side is not told and would delete it too; one reference more than is ever given back keeps it
    # from that. To be removed when registerAccessibleInterface hands the ownership over.
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(interface))
