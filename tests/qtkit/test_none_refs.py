"""The Qt binding must not eat references to None (ADR 4)."""

from __future__ import annotations

import sys

from PySide6.QtCore import QPoint


def test_a_call_that_returns_nothing_leaves_none_alone() -> None:
    point, before = QPoint(), sys.getrefcount(None)
    for n in range(1000):
        point.setX(n)
    assert before - sys.getrefcount(None) < 500
